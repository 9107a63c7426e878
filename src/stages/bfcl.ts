/**
 * Evaluation on BFCL: a model answers the items of chosen categories; the answers are kept in the official format, then
 * judged. Multi-turn items of a chunk advance together, step by step, so that every call of the model is a batch.
 */

import { z } from "zod";
import type { CallOptions, JsonValue, Message, RowReader, Tool } from "../spec/index.js";
import { type BfclFiles, bfclFileName, rowParser } from "../store/index.js";
import {
  type BfclBench,
  type BfclCategory,
  BfclGrader,
  type BfclItem,
  type BfclSummary,
  classDocuments,
  documentsFor,
  TranscriptRun,
  toMessage,
  toolsOf,
  withSystemPrompt,
} from "../tasks/bfcl/index.js";
import { processChunks } from "./chunks.js";
import type { StagePorts } from "./ports.js";

/** What a model is asked. */
export interface BfclQuestion {
  readonly messages: readonly Message[];
  /** Shown by the model's own template; empty where the messages describe the functions. */
  readonly tools: readonly Tool[];
}

/** An answer; a note says what kept the model from giving one, e.g. a prompt beyond its context. */
export interface BfclAnswer {
  readonly text: string;
  readonly note?: string;
}

/**
 * Who answers: a policy of an engine, or a server. Native tool calling joins here: an answer in that form is the
 * official list of `{name: arguments}`, which the grader reads already.
 */
export type BfclResponder = (
  questions: readonly BfclQuestion[],
  call: CallOptions,
) => Promise<readonly BfclAnswer[]>;

/** What the evaluation works on. */
export interface BfclInputs {
  readonly bench: BfclBench;
  readonly files: BfclFiles;
  readonly categories: readonly BfclCategory[];
  /** Items of each category that are run, from its beginning; absent: all. */
  readonly limit?: number;
  /** Whether the functions are described in the benchmark's prompt or shown by the model's template. */
  readonly prompt: "benchmark" | "template";
  readonly chunkRows: number;
  /** Chunks under way at once. @default 1 */
  readonly chunksAtOnce?: number;
  readonly respond: BfclResponder;
}

/** The line of a result file; `note` is ours, and official evaluators ignore it. */
interface ResultLine {
  readonly id: string;
  readonly result: JsonValue;
  readonly note?: string | undefined;
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
  const { chunkRows, chunksAtOnce = 1 } = inputs;
  const rows = inMemory(items);
  await processChunks(
    { stage: "bfcl", unit: "items", rows, log: BFCL_PATHS.log, chunkRows, chunksAtOnce, work },
    ports,
  );
  const lines: ResultLine[] = [];
  for await (const line of ports.store.readRows(BFCL_PATHS.log, rowParser(resultSchema, BFCL_PATHS.log)))
    lines.push(line);
  await writeResults(lines, items, ports);
  return judgeLines(lines, inputs.bench, ports);
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
  bench: BfclBench,
  { store }: StagePorts,
): Promise<BfclEvaluation> {
  const grader = new BfclGrader(bench, { strict: false });
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

/** One result line an item, in order. */
async function answerItems(
  items: readonly BfclItem[],
  inputs: BfclInputs,
  call: CallOptions,
): Promise<ResultLine[]> {
  const single = items.filter(({ multiTurn }) => multiTurn === undefined);
  const answers = await inputs.respond(
    single.map((item) => questionOf(item, inputs)),
    call,
  );
  const lines = new Map<string, ResultLine>();
  for (const [index, { id }] of single.entries())
    lines.set(id, lineOf(id, answers[index]!.text, answers[index]!.note));
  for (const line of await answerTranscripts(items, inputs, call)) lines.set(line.id, line);
  return items.map(({ id }) => lines.get(id)!);
}

function lineOf(id: string, result: JsonValue, note: string | undefined): ResultLine {
  return note === undefined ? { id, result } : { id, result, note };
}

function questionOf(item: BfclItem, { prompt }: BfclInputs): BfclQuestion {
  const docs = documentsFor(
    item.category,
    item.docs.map(({ source }) => source),
  );
  const messages = item.turns[0] ?? [];
  if (prompt === "benchmark") return { messages: withSystemPrompt(messages, docs), tools: [] };
  return { messages: messages.map(toMessage), tools: toolsOf(docs) };
}

/** Multi-turn items, a step of all of them at a time. */
async function answerTranscripts(
  items: readonly BfclItem[],
  inputs: BfclInputs,
  call: CallOptions,
): Promise<ResultLine[]> {
  const { bench, files, prompt } = inputs;
  const runs = items.flatMap((item) => {
    const { multiTurn: task } = item;
    if (task === undefined) return [];
    const docs = classDocuments(task.classes, files.functionDocs);
    const describesFunctions = prompt === "benchmark";
    const run = new TranscriptRun({ item, task, docs, setting: bench.setting, describesFunctions });
    return [{ id: item.id, run, notes: new Set<string>() }];
  });
  for (let active = runs; active.length > 0; active = active.filter(({ run }) => !run.done)) {
    const questions = active.map(({ run }) => ({
      messages: run.messages,
      tools: prompt === "benchmark" ? [] : toolsOf(run.functions),
    }));
    const answers = await inputs.respond(questions, call);
    for (const [index, { run, notes }] of active.entries()) {
      const { text, note } = answers[index]!;
      if (note !== undefined) notes.add(note);
      run.answer(text);
    }
  }
  return runs.map(({ id, run, notes }) =>
    lineOf(
      id,
      run.result.map((turn) => [...turn]),
      [...notes][0],
    ),
  );
}
