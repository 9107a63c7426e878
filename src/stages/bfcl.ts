/**
 * Evaluation on BFCL: a model answers the items of chosen categories; the answers are kept in the official format, then
 * judged.
 */

import { z } from "zod";
import type { CallOptions, JsonValue, RowReader } from "../spec/index.js";
import { bfclFileName, rowParser } from "../store/index.js";
import { type BfclCategory, BfclGrader, type BfclItem, type BfclSummary } from "../tasks/bfcl/index.js";
import { type AnsweringInputs, answerItems, type ResultLine } from "./bfcl-answers.js";
import { chunksToFill, processChunks } from "./chunks.js";
import type { StagePorts } from "./ports.js";

/** What the evaluation works on. */
export interface BfclInputs extends AnsweringInputs {
  readonly categories: readonly BfclCategory[];
  /** Items of each category that are run, from its beginning; absent: all. */
  readonly limit?: number;
  /** Items that are answered together; what a kill loses at most. */
  readonly chunkRows: number;
  /** Adds the verdicts without the official code's quirks. @default false */
  readonly strict?: boolean;
}

const resultSchema: z.ZodType<ResultLine> = z.looseObject({
  id: z.string(),
  result: z.custom<JsonValue>((value) => value !== undefined),
  note: z.string().optional(),
});

/** Where an evaluation on BFCL leaves its files. */
export const BFCL_PATHS = {
  /** One line an item, in order. */
  log: "results.jsonl",
  /** One line an item: the verdicts. */
  verdicts: "verdicts.jsonl",
  /** Scores and deficiencies. */
  scores: "scores.json",
  /** Official result files, by category. */
  results: (category: BfclCategory) => `result/${bfclFileName(category).replace(".json", "_result.json")}`,
} as const;

/** What an evaluation came to. */
export interface BfclEvaluation {
  readonly summary: BfclSummary;
  readonly text: string;
  /** Items that the model could not be asked, by note. */
  readonly notes: Readonly<Record<string, number>>;
}

/** Answers what is not answered yet, writes the official files, and judges. */
export async function evaluateBfcl(inputs: BfclInputs, ports: StagePorts): Promise<BfclEvaluation> {
  const items = inputs.categories.flatMap((category) => itemsOf(inputs, category));
  const work = (chunk: readonly BfclItem[], call: CallOptions) => answerItems(chunk, inputs, call);
  const { chunkRows, responder } = inputs;
  const chunksAtOnce = chunksToFill(responder, chunkRows);
  const rows = inMemory(items);
  await processChunks(
    { stage: "bfcl", unit: "items", rows, log: BFCL_PATHS.log, chunkRows, chunksAtOnce, work },
    ports,
  );
  const lines: ResultLine[] = [];
  for await (const line of ports.store.readRows(BFCL_PATHS.log, rowParser(resultSchema, BFCL_PATHS.log)))
    lines.push(line);
  await writeResults(lines, items, ports);
  return judgeLines(lines, inputs, ports);
}

function itemsOf({ bench, limit }: BfclInputs, category: BfclCategory): BfclItem[] {
  const known = bench.categories.get(category);
  const ids = known === undefined ? [] : known.ids.slice(0, limit);
  return ids.map((id) => known!.item(id)!);
}

function inMemory<T>(items: readonly T[]): RowReader<T> {
  return { count: items.length, read: async (row) => items[row]!, close: async () => undefined };
}

async function writeResults(
  lines: readonly ResultLine[],
  items: readonly BfclItem[],
  { store }: StagePorts,
): Promise<void> {
  const categories = new Map(items.map(({ id, category }) => [id, category]));
  const groups = new Map<BfclCategory, ResultLine[]>();
  for (const line of lines) {
    const category = categories.get(line.id);
    if (category !== undefined) groups.set(category, [...(groups.get(category) ?? []), line]);
  }
  for (const [category, group] of groups) await store.writeRows(BFCL_PATHS.results(category), group);
}

async function judgeLines(
  lines: readonly ResultLine[],
  { bench, prompt, strict = false }: BfclInputs,
  { store }: StagePorts,
): Promise<BfclEvaluation> {
  const grader = new BfclGrader(bench, { strict, native: prompt === "native" });
  await store.writeRows(
    BFCL_PATHS.verdicts,
    lines.map(({ id, result }) => grader.grade({ id, result })),
  );
  const notes: Record<string, number> = {};
  for (const { note } of lines) if (note !== undefined) notes[note] = (notes[note] ?? 0) + 1;
  const summary = grader.result();
  await store.writeText(BFCL_PATHS.scores, `${JSON.stringify({ ...summary, notes }, undefined, 2)}\n`);
  return { summary, text: grader.summary().text, notes };
}
