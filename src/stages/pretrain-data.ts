/**
 * The pre-training stream of a small base model: rows of the built-in world and copy rows, tokenised, gathered into
 * batches of similar length. Row i is a pure function of the settings and i, and rows are never repeated, so a run
 * resumes by its row number alone.
 */
import { createRandom, deriveSeed } from "../method/index.js";
import type { Example } from "../spec/index.js";
import { copyRow, toolworldExamples, toolworldRow } from "../tasks/toolworld/index.js";
import { checkLength, type RenderContext, renderExample } from "../text/index.js";
import type { PretrainPhase } from "./pretrain-settings.js";

/** A tokenised decision: `mask` marks the trained tokens. */
export interface TrainingSequence {
  readonly tokens: readonly number[];
  readonly mask: Uint8Array;
}

/** Several sequences of similar length, for one optimiser step. */
export type TrainingBatch = readonly TrainingSequence[];

/** Where a stream stands; plain data. */
export interface StreamPosition {
  /** Rows read so far. */
  readonly nextRow: number;
  /** Decisions that did not fit the context; counted, never silent. */
  readonly tooLong: number;
}

/** The phase in force after `progress` (share of all tokens, 0 … 1). */
export function phaseAt(phases: readonly PretrainPhase[], progress: number): PretrainPhase {
  return phases.find((phase) => progress < phase.until) ?? phases.at(-1)!;
}

/** The decisions of row `index`: one copy row, or one row of the world with a decision for each assistant turn. */
export function pretrainExamples(seed: number, index: number, phase: PretrainPhase): readonly Example[] {
  const random = createRandom(deriveSeed(seed, "pretrain-row", index));
  if (random.uniform() < phase.copyShare) return [copyRow(deriveSeed(seed, "copy"), index)];
  const row = toolworldRow(
    {
      seed: deriveSeed(seed, "world"),
      split: "pretrain",
      freshNames: phase.freshNames,
      explicitness: phase.explicitness,
      categories: phase.categories,
      argumentWork: phase.argumentWork,
      longShare: phase.longShare,
    },
    index,
  );
  return toolworldExamples(row);
}

/** Options of `readPool`. */
export interface PoolOptions {
  readonly seed: number;
  readonly phase: PretrainPhase;
  /** Rows in a pool: more gives batches of more equal length. */
  readonly poolRows: number;
  /** Tokens of a batch at most, padding included, where the phase does not say otherwise. */
  readonly batchTokens: number;
}

/** The next pool of rows as batches in a shuffled order, and where the stream stands after it. */
export function readPool(
  context: RenderContext,
  position: StreamPosition,
  options: PoolOptions,
): { readonly batches: readonly TrainingBatch[]; readonly position: StreamPosition } {
  const sequences: TrainingSequence[] = [];
  let tooLong = position.tooLong;
  const end = position.nextRow + options.poolRows;
  for (let index = position.nextRow; index < end; index++) {
    for (const example of pretrainExamples(options.seed, index, options.phase)) {
      const rendered = renderExample(context, example);
      if (checkLength(context, rendered.tokens.length).ok) sequences.push(rendered);
      else tooLong++;
    }
  }
  const random = createRandom(deriveSeed(options.seed, "pool", position.nextRow));
  const batches = random.shuffle(packByLength(sequences, options.phase.batchTokens ?? options.batchTokens));
  return { batches, position: { nextRow: end, tooLong } };
}

/** Sorted by length and cut where rows × longest would pass the budget; every batch holds at least one sequence. */
export function packByLength(sequences: readonly TrainingSequence[], batchTokens: number): TrainingBatch[] {
  const sorted = [...sequences].sort((left, right) => left.tokens.length - right.tokens.length);
  const batches: TrainingSequence[][] = [];
  let current: TrainingSequence[] = [];
  for (const sequence of sorted) {
    if (current.length > 0 && (current.length + 1) * sequence.tokens.length > batchTokens) {
      batches.push(current);
      current = [];
    }
    current.push(sequence);
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
