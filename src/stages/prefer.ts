/**
 * Preference optimisation (paper §3.2; method.md §3d): trains the policy of the round on its pairs of fragments, by SimPO
 * or one of the losses it is compared with. The policy before the stage is the frozen reference of DPO and IPO; what
 * it says of the pairs is computed once and kept. At the end the round's hard rows are scored again.
 */
import { z } from "zod";
import { createRandom, deriveSeed, layoutPairs, objectives, readsOfResponse } from "../method/index.js";
import type { CallOptions, Example, Objective, Policy, PreferencePair, RowReader } from "../spec/index.js";
import {
  exampleSchema,
  numberSchema,
  pairSchema,
  type RoundPaths,
  rowParser,
  runPaths,
} from "../store/index.js";
import { type RenderContext, renderExample } from "../text/index.js";
import { chunksToFill, processChunks } from "./chunks.js";
import type { StagePorts } from "./ports.js";
import { perplexityRowSchema, scoreExamples } from "./rank.js";
import { supervisedParts } from "./supervised-parts.js";
import { type BatchPart, train } from "./training-loop.js";
import { trainingFields } from "./training-settings.js";
import { type AdapterSettings, writePolicy } from "./warmup.js";

/** Settings of the preference stage. Defaults: method.md §3d and §4. */
export const preferSettingsSchema = z.strictObject({
  loss: z.enum(["simpo", "dpo", "ipo", "orpo", "cpo"]).default("simpo").describe("The preference loss."),
  beta: z
    .number()
    .gt(0)
    .nullable()
    .default(null)
    .describe(
      "Scale of the loss; null is the loss's own: 2.5 for SimPO, 0.1 for DPO, IPO and CPO. ORPO has none.",
    ),
  gamma: z.number().min(0).default(0.5).describe("Target margin of SimPO, absolute. 0 is off."),
  lambda: z.number().min(0).default(0.1).describe("Weight of ORPO's odds-ratio term. 0 is off."),
  supervisedWeight: z
    .number()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      "Weight of the supervised loss of the chosen fragments; null is the loss's own: 1 for ORPO and CPO, 0 else.",
    ),
  replayWeight: z
    .number()
    .min(0)
    .default(0)
    .describe(
      "Weight of the supervised loss of the gold responses of the batch's rows, a mean over their tokens, beside the preference loss. 0 is off.",
    ),
  ...trainingFields({ epochs: 2, batchRows: 8, learningRate: 1e-6 }),
});

export type PreferSettings = z.infer<typeof preferSettingsSchema>;

/** What the stage works on. */
export interface PreferInputs {
  /** The policy of the round; it is trained. */
  readonly policy: Policy;
  readonly context: RenderContext;
  readonly seed: number;
  /** Counted from 1. */
  readonly round: number;
  readonly train: AdapterSettings["train"];
}

/** One line of `prefer/reference.jsonl`: Σ log π of the fragments under the frozen policy. */
export interface ReferenceRow {
  readonly chosen: number;
  readonly rejected: number;
}

const referenceRowSchema: z.ZodType<ReferenceRow> = z.strictObject({
  chosen: numberSchema,
  rejected: numberSchema,
});

/** One line of `prefer/perplexity.jsonl`: a hard row before and after the stage. */
export interface HardRow {
  readonly id: string;
  readonly before: number;
  readonly after: number;
}

export const hardRowSchema: z.ZodType<HardRow> = z.strictObject({
  id: z.string(),
  before: numberSchema,
  after: numberSchema,
});

/** Trains on the round's pairs, writes the adapter (or model) of the round, and scores its hard rows again. */
export async function prefer(
  settings: PreferSettings,
  inputs: PreferInputs,
  ports: StagePorts,
): Promise<void> {
  const paths = runPaths.round(inputs.round);
  const pairs = await ports.store.openRows(paths.pairs, rowParser(pairSchema, paths.pairs));
  const hard = await openHardRows(paths, ports);
  try {
    const references = await referenceOf(settings, inputs, pairs, paths, ports);
    const batches = orderPairs(pairs.count, settings, deriveSeed(inputs.seed, "prefer", inputs.round));
    const training = {
      stage: `${paths.name}/prefer`,
      checkpoints: paths.checkpoints,
      steps: batches.length,
      settings,
      batch: async (step: number) => {
        const batch = await readPairs(pairs, batches[step - 1]!, references);
        return [
          ...preferenceParts(batch, settings),
          ...(await replayParts(batch, settings, hard, inputs.context)),
        ];
      },
    };
    await train(training, inputs.policy, ports);
  } finally {
    await pairs.close();
    await hard.close();
  }
  await scoreHardAgain(inputs, paths, ports);
  await writePolicy(inputs, paths, ports);
}

/** Row numbers of each step's pairs: `epochs` passes, newly shuffled every time. */
function orderPairs(count: number, settings: PreferSettings, seed: number): readonly (readonly number[])[] {
  const batches: number[][] = [];
  const numbers = Array.from({ length: count }, (_, row) => row);
  for (let epoch = 0; epoch < settings.epochs; epoch += 1) {
    const order = createRandom(deriveSeed(seed, epoch)).shuffle(numbers);
    for (let start = 0; start < count; start += settings.batchRows) {
      batches.push(order.slice(start, start + settings.batchRows));
    }
  }
  return batches;
}

/** A pair with the sums of the reference, where the loss has one. */
interface TrainedPair {
  readonly pair: PreferencePair;
  readonly reference: ReferenceRow | undefined;
}

function readPairs(
  pairs: RowReader<PreferencePair>,
  numbers: readonly number[],
  references: readonly ReferenceRow[],
): Promise<readonly TrainedPair[]> {
  return Promise.all(
    numbers.map(async (row) => ({ pair: await pairs.read(row), reference: references[row] })),
  );
}

/**
 * The gold responses of the batch's rows, each once. Pairs compare what the policy writes; beside them, replay holds the
 * policy to what is right: alone, SimPO lowers chosen and rejected fragments together, and a small policy soon prefers a
 * refusal to any call (docs/log.md).
 */
async function replayParts(
  batch: readonly TrainedPair[],
  { replayWeight, partTokens }: PreferSettings,
  hard: HardRows,
  context: RenderContext,
): Promise<readonly BatchPart[]> {
  if (replayWeight === 0) return [];
  const ids = [...new Set(batch.map(({ pair }) => pair.exampleId))];
  const examples = await Promise.all(ids.map((id) => hard.read(id)));
  const rendered = examples.map((example) => renderExample(context, example));
  return supervisedParts(rendered, partTokens, replayWeight).map((part) => ({ ...part, share: 0 }));
}

/** The round's hard rows by their ids. */
interface HardRows {
  read(id: string): Promise<Example>;
  close(): Promise<void>;
}

async function openHardRows(paths: RoundPaths, { store }: StagePorts): Promise<HardRows> {
  const parse = rowParser(exampleSchema, paths.hard);
  const numbers = new Map<string, number>();
  for await (const { id } of store.readRows(paths.hard, parse)) numbers.set(id, numbers.size);
  const rows = await store.openRows(paths.hard, parse);
  return { read: (id) => rows.read(numbers.get(id)!), close: () => rows.close() };
}

function preferenceParts(batch: readonly TrainedPair[], settings: PreferSettings): readonly BatchPart[] {
  return cutByTokens(batch, settings.partTokens).map((part) => {
    const share = part.length / batch.length;
    return { ...preferencePart(part, settings, share), share };
  });
}

function preferencePart(part: readonly TrainedPair[], settings: PreferSettings, share: number) {
  const { sequences, lengths, responseStarts } = layoutPairs(part.map(({ pair }) => pair));
  const referenceSums = part.flatMap(({ reference }) =>
    reference === undefined ? [] : [reference.chosen, reference.rejected],
  );
  return {
    sequences,
    objective: objectiveOf(settings, { lengths, responseStarts, referenceSums, weight: share }),
  };
}

interface ObjectiveInputs {
  readonly lengths: readonly number[];
  readonly responseStarts: readonly number[];
  readonly referenceSums: readonly number[];
  readonly weight: number;
}

function objectiveOf(settings: PreferSettings, { referenceSums, ...inputs }: ObjectiveInputs): Objective {
  const supervised =
    settings.supervisedWeight === null ? {} : { supervisedWeight: settings.supervisedWeight };
  const scale = settings.beta === null ? {} : { beta: settings.beta };
  const options = { ...inputs, ...supervised, ...scale };
  switch (settings.loss) {
    case "simpo":
      return objectives.simpo({ ...options, gamma: settings.gamma });
    case "orpo":
      return objectives.orpo({ ...inputs, ...supervised, lambda: settings.lambda });
    case "dpo":
      return objectives.dpo({ ...options, referenceSums });
    case "ipo":
      return objectives.ipo({ ...options, referenceSums });
    case "cpo":
      return objectives.cpo(options);
  }
}

/** Pairs in order of length, cut where the tokens of a part, padding included, would pass the limit. */
function cutByTokens(batch: readonly TrainedPair[], partTokens: number): TrainedPair[][] {
  const sorted = batch.toSorted((one, other) => longestOf(one) - longestOf(other));
  const parts: TrainedPair[][] = [];
  for (const item of sorted) {
    const part = parts.at(-1);
    if (part === undefined || (part.length + 1) * 2 * longestOf(item) > partTokens) parts.push([item]);
    else part.push(item);
  }
  return parts;
}

function longestOf({ pair }: TrainedPair): number {
  return pair.prefix.length + Math.max(pair.chosen.length, pair.rejected.length);
}

/** The reference's sums, one a pair; empty for losses without a reference. */
async function referenceOf(
  settings: PreferSettings,
  inputs: PreferInputs,
  pairs: RowReader<PreferencePair>,
  paths: RoundPaths,
  ports: StagePorts,
): Promise<readonly ReferenceRow[]> {
  if (settings.loss !== "dpo" && settings.loss !== "ipo") return [];
  const work = (chunk: readonly PreferencePair[], call: CallOptions) => sumsOf(chunk, inputs.policy, call);
  const [stage, log] = [`${paths.name}/prefer`, paths.reference];
  const chunks = { chunkRows: 32, chunksAtOnce: chunksToFill(inputs.policy, 32) };
  await processChunks({ stage, unit: "reference pairs", rows: pairs, log, ...chunks, work }, ports);
  const references: ReferenceRow[] = [];
  for await (const row of ports.store.readRows(log, rowParser(referenceRowSchema, log))) references.push(row);
  return references;
}

async function sumsOf(
  pairs: readonly PreferencePair[],
  policy: Policy,
  call: CallOptions,
): Promise<ReferenceRow[]> {
  const { sequences, responseStarts } = layoutPairs(pairs);
  const reads = sequences.map(({ length }, index) => readsOfResponse(length, responseStarts[index]!));
  const logprobs = await policy.score(sequences, { ...call, reads });
  const sums = logprobs.map((row, index) =>
    row.subarray(responseStarts[index]! - 1).reduce((total, value) => total + value, 0),
  );
  return pairs.map((_, index) => ({ chosen: sums[2 * index]!, rejected: sums[2 * index + 1]! }));
}

/** Perplexity of the round's hard rows under the trained policy, beside what it was. */
async function scoreHardAgain(inputs: PreferInputs, paths: RoundPaths, ports: StagePorts): Promise<void> {
  const { store } = ports;
  const before = new Map<string, number>();
  const parse = rowParser(perplexityRowSchema, paths.perplexity);
  for await (const { id, perplexity } of store.readRows(paths.perplexity, parse)) before.set(id, perplexity);
  const rows = await store.openRows(paths.hard, rowParser(exampleSchema, paths.hard));
  try {
    const work = async (chunk: readonly Example[], call: CallOptions): Promise<HardRow[]> => {
      const scored = await scoreExamples(chunk, inputs, call);
      return scored.map(({ id, perplexity }) => ({
        id,
        before: before.get(id) ?? Number.NaN,
        after: perplexity,
      }));
    };
    const [stage, log] = [`${paths.name}/prefer`, paths.hardAfter];
    const chunks = { chunkRows: 64, chunksAtOnce: chunksToFill(inputs.policy, 64) };
    await processChunks({ stage, unit: "hard rows", rows, log, ...chunks, work }, ports);
  } finally {
    await rows.close();
  }
}
