/**
 * Where the rows of a run come from, and which of them are kept for the evaluation. A source is a stream; the split is
 * decided row by row, from the row's own content, so no row and no copy of it is ever on both sides.
 */
import { z } from "zod";
import { deriveSeed } from "../method/index.js";
import type { Example, Rejection } from "../spec/index.js";
import { readDataRows } from "../store/index.js";
import { FORMAT_NAMES, importRows, isRejection, splitKey } from "../tasks/index.js";
import { generateToolworld, type ToolworldRow, toolworldExamples } from "../tasks/toolworld/index.js";

const shareSchema = z.number().min(0).max(1);
const weightsSchema = z.record(z.string(), z.number().min(0));

/** Rows of the built-in world. */
const toolworldSchema = z.strictObject({
  source: z.literal("toolworld").describe("Rows of the built-in world, generated from a seed."),
  trainRows: z.int().min(0).default(2000).describe("Rows of the training domains."),
  evaluationRows: z.int().min(0).default(1000).describe("Rows of the held-out domains and tools."),
  evaluationSeed: z
    .int()
    .default(0)
    .describe(
      "Seed of the evaluation rows, apart from the recipe's, so that runs with other seeds are comparable.",
    ),
  categories: weightsSchema
    .default({ single: 40, multiple: 20, parallel: 15, "multi-turn": 10, refusal: 15 })
    .describe("Weights of the categories of rows."),
  argumentWork: z
    .union([shareSchema, weightsSchema])
    .default(0.7)
    .describe(
      "Share of rows whose values need work beyond copying, or weights of the kinds of work. 0 is off.",
    ),
  explicitness: shareSchema.default(0.3).describe("Share of arguments that the request calls by their name."),
  mixedWork: shareSchema
    .default(0.1)
    .describe(
      "Share of further arguments that need work of their own, in rows that need work at all. 0 is off.",
    ),
  composedTools: shareSchema
    .default(0.25)
    .describe("Share of tools composed at random within a domain. 0 is off."),
  longShare: shareSchema.default(0).describe("Share of rows with six to ten tools, all described. 0 is off."),
  maxTools: z.int().min(1).default(4).describe("Most tools that a row offers, long rows aside."),
  freshNames: shareSchema
    .default(0)
    .describe("Share of the training rows' names that are new words. 0 is off."),
});

/** Rows of a file; `file` finds out the format. */
const fileSchema = z.strictObject({
  source: z
    .enum(["file", ...FORMAT_NAMES])
    .describe(
      "Rows of a file in the named format; `file` detects it. JSON, JSONL or parquet, also .gz: docs/data-formats.md.",
    ),
  path: z.string().min(1).describe("The file."),
  evaluationShare: shareSchema
    .default(0.1)
    .describe("Share of the tool lists whose rows are kept for the evaluation."),
  trainRows: z
    .int()
    .min(0)
    .default(0)
    .describe("Most training examples, the first of the file. 0 is no limit."),
  evaluationRows: z
    .int()
    .min(0)
    .default(0)
    .describe("Most evaluation examples, the first of the file. 0 is no limit."),
});

/** Settings of the data. */
export const dataSettingsSchema = z.discriminatedUnion("source", [toolworldSchema, fileSchema]);

export type DataSettings = z.infer<typeof dataSettingsSchema>;

/** An item of a source: an example and its side, or something set aside. */
export type SourceItem =
  | { readonly kind: "example"; readonly side: Side; readonly example: Example }
  | { readonly kind: "rejection"; readonly rejection: Rejection };

/** Where an example goes. */
export type Side = "train" | "evaluation";

/** How many examples of each side are wanted, of those that fit; for the built-in world, whatever its rows give. */
export function limitsOf(settings: DataSettings): Record<Side, number> {
  const limit = (rows: number) =>
    settings.source !== "toolworld" && rows > 0 ? rows : Number.POSITIVE_INFINITY;
  return { train: limit(settings.trainRows), evaluation: limit(settings.evaluationRows) };
}

/** The items of a source in order. @throws StoreError or DataError when the file cannot be read */
export function readSource(settings: DataSettings, seed: number): AsyncIterable<SourceItem> {
  return settings.source === "toolworld" ? readToolworld(settings, seed) : readFile(settings, seed);
}

async function* readToolworld(
  settings: z.infer<typeof toolworldSchema>,
  seed: number,
): AsyncGenerator<SourceItem> {
  const { source: _, trainRows, evaluationRows, evaluationSeed, freshNames, ...common } = settings;
  const train = { ...common, freshNames, seed: deriveSeed(seed, "toolworld"), split: "train" as const };
  for (const row of generateToolworld({ ...train, count: trainRows })) yield* examplesOf(row, "train");
  const evaluation = { ...common, seed: evaluationSeed, split: "evaluation" as const };
  for (const row of generateToolworld({ ...evaluation, count: evaluationRows }))
    yield* examplesOf(row, "evaluation").filter(canFail);
}

/** Summaries of tool results are trained, not evaluated: any text would count as right. */
function canFail(item: SourceItem): boolean {
  return item.kind !== "example" || !item.example.tags.includes("summary");
}

function examplesOf(row: ToolworldRow, side: Side): SourceItem[] {
  return toolworldExamples(row).map((example) => ({ kind: "example", side, example }));
}

async function* readFile(settings: z.infer<typeof fileSchema>, seed: number): AsyncGenerator<SourceItem> {
  const { source, path, evaluationShare } = settings;
  const options = { file: path, ...(source === "file" ? {} : { format: source }) };
  for await (const item of importRows(readDataRows(path), options)) {
    if (isRejection(item)) yield { kind: "rejection", rejection: item };
    else yield { kind: "example", side: sideOf(item, evaluationShare, seed), example: item };
  }
}

/**
 * The side is drawn from the tools, or without tools from the first request: all rows with the same tools go together, so
 * the evaluation has tools that training has not seen, and no dialogue or copy of one is on both sides.
 */
function sideOf(example: Example, evaluationShare: number, seed: number): Side {
  const key = splitKey(example);
  return deriveSeed(seed, "split", key) / 2 ** 32 < evaluationShare ? "evaluation" : "train";
}
