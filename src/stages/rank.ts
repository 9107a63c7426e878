/**
 * Hard sampling (paper §3.2; method.md §3a): the policy of the round re-scores the gold response of every training row,
 * and the rows with the highest perplexity, taken separately from rows with and without a call, go on to the search.
 */
import { z } from "zod";
import {
  generationPerplexity,
  type RankedItem,
  readsOfMask,
  type StratumCount,
  selectHard,
} from "../method/index.js";
import type { CallOptions, Example, Policy, RowReader } from "../spec/index.js";
import { exampleSchema, numberSchema, rowParser, runPaths, writeDocument } from "../store/index.js";
import { type RenderContext, renderExample } from "../text/index.js";
import { chunksToFill, processChunks } from "./chunks.js";
import type { StagePorts } from "./ports.js";

/** Settings of the ranking. */
export const rankSettingsSchema = z.strictObject({
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe("Share of the training rows that counts as hard, of rows with and without a call each."),
  skipShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      "Share of the rows of highest perplexity that is passed over first, as out of the policy's reach; the hard rows are those below. 0 is off.",
    ),
  maximumRows: z.int().min(0).default(0).describe("Most hard rows of a round. 0 is no limit."),
  chunkRows: z.int().min(1).default(64).describe("Rows that are scored together; what a kill loses at most."),
});

export type RankSettings = z.infer<typeof rankSettingsSchema>;

/** What the ranking works on. */
export interface RankInputs {
  /** The policy of the round; not changed. */
  readonly policy: Policy;
  readonly context: RenderContext;
  /** Counted from 1. */
  readonly round: number;
}

/** One line of `hard/perplexity.jsonl`. */
export type PerplexityRow = RankedItem;

export const perplexityRowSchema: z.ZodType<PerplexityRow> = z.strictObject({
  id: z.string(),
  perplexity: numberSchema,
  hasCall: z.boolean(),
});

/** `hard/summary.json`. */
export interface RankRecord {
  readonly rows: number;
  readonly selected: number;
  readonly strata: readonly StratumCount[];
  /** Ids of rows whose perplexity is not a number. */
  readonly unranked: readonly string[];
}

/** Scores `data/train.jsonl` and writes the hard rows of the round, hardest first. */
export async function rank(settings: RankSettings, inputs: RankInputs, ports: StagePorts): Promise<void> {
  const { store } = ports;
  const paths = runPaths.round(inputs.round);
  const rows = await store.openRows(runPaths.train, rowParser(exampleSchema, runPaths.train));
  try {
    const work = (examples: readonly Example[], call: CallOptions) => scoreExamples(examples, inputs, call);
    const { chunkRows } = settings;
    const stage = `${paths.name}/rank`;
    const chunksAtOnce = chunksToFill(inputs.policy, chunkRows);
    await processChunks(
      { stage, unit: "rows", rows, log: paths.perplexity, chunkRows, chunksAtOnce, work },
      ports,
    );
    const summary = await selectRows(settings, rows, paths, ports);
    await writeDocument(store, paths.ranking, summary);
  } finally {
    await rows.close();
  }
}

/** The perplexity of each example's gold response under the policy. */
export async function scoreExamples(
  examples: readonly Example[],
  { policy, context }: Pick<RankInputs, "policy" | "context">,
  call: CallOptions = {},
): Promise<PerplexityRow[]> {
  const rendered = examples.map((example) => renderExample(context, example));
  const sequences = rendered.map((sequence) => sequence.tokens);
  const reads = rendered.map(({ mask }) => readsOfMask(mask));
  const logprobs = await policy.score(sequences, { ...call, reads });
  return examples.map((example, index) => ({
    id: example.id,
    perplexity: generationPerplexity(logprobs[index]!, rendered[index]!.mask),
    hasCall: example.calls.length > 0,
  }));
}

/** A row's score and where the row lies. */
interface NumberedItem extends RankedItem {
  readonly row: number;
}

async function selectRows(
  settings: RankSettings,
  rows: RowReader<Example>,
  paths: { readonly perplexity: string; readonly hard: string },
  ports: StagePorts,
): Promise<RankRecord> {
  const items: NumberedItem[] = [];
  const parse = rowParser(perplexityRowSchema, paths.perplexity);
  const read = ports.store.readRows(paths.perplexity, (value, row) => ({ ...parse(value, row), row }));
  for await (const item of read) items.push(item);
  const { share, skipShare, maximumRows } = settings;
  const limit = maximumRows === 0 ? {} : { maximum: maximumRows };
  const { selected, strata, unranked } = selectHard(items, { share, skipShare, ...limit });
  await ports.store.writeRows(paths.hard, readSelected(rows, selected));
  return { rows: items.length, selected: selected.length, strata, unranked: unranked.map((item) => item.id) };
}

async function* readSelected(
  rows: RowReader<Example>,
  selected: readonly NumberedItem[],
): AsyncGenerator<Example> {
  for (const { row } of selected) yield await rows.read(row);
}
