/**
 * From a loss of one pair to an objective over a batch.
 *
 * Layout: the sequences of a batch are [chosen 0, rejected 0, chosen 1, rejected 1, …], each a prefix followed by its
 * fragment (the response). Only response tokens count. `layoutPairs` makes such a batch; an engine that computes
 * shared prefixes once then pays for each prefix once.
 */
import { InputError, type Objective, type PreferencePair } from "../../spec/index.js";
import type { PairLossFunction, ResponseScore } from "./pair-losses.js";
import { readsOfResponse } from "./reads.js";
import { requireShape } from "./shape.js";

/** Where the responses are in a batch of P pairs; both arrays have 2P entries, in the order of the sequences. */
export interface PairLayout {
  /** Tokens of each sequence. */
  readonly lengths: readonly number[];
  /** Index of the first response token of each sequence, at least 1; the response runs to the end of the sequence. */
  readonly responseStarts: readonly number[];
}

/** What all preference objectives share. */
export interface PreferenceOptions extends PairLayout {
  /**
   * Factor of the supervised term on chosen responses: the mean over the pairs of −(1/|y_w|) Σ log π.
   * @default 0 for SimPO, DPO and IPO; 1 for ORPO and CPO, where it is part of the definition
   */
  readonly supervisedWeight?: number;
  /**
   * Factor on loss and gradients. For a batch split into parts: the part's share of the batch's pairs.
   * @default 1
   */
  readonly weight?: number;
}

/** The token sequences of some pairs and their layout: `accumulate(sequences, objectives.simpo({ ...layout }))`. */
export function layoutPairs(
  pairs: readonly Pick<PreferencePair, "prefix" | "chosen" | "rejected">[],
): PairLayout & { readonly sequences: readonly (readonly number[])[] } {
  const sequences = pairs.flatMap(({ prefix, chosen, rejected }) => [
    [...prefix, ...chosen],
    [...prefix, ...rejected],
  ]);
  return {
    sequences,
    lengths: sequences.map((sequence) => sequence.length),
    responseStarts: pairs.flatMap(({ prefix }) => [prefix.length, prefix.length]),
  };
}

/**
 * The mean over P pairs of `pairLoss` plus the supervised term, times `weight`, with exact gradients. Sets `reads`.
 * Metrics, means over the pairs: `margin` (h_w − h_l), `accuracy` (share of margins above 0), `chosenLogprob` and
 * `rejectedLogprob` (length-averaged, in nats), `supervisedLoss` (before its weight).
 *
 * @throws InputError for an odd or empty batch, or a response without tokens or without a token before it.
 */
export function preferenceObjective(
  options: PreferenceOptions & { readonly referenceSums?: readonly number[] },
  pairLoss: PairLossFunction,
): Objective {
  requireLayout(options);
  const reads = options.lengths.map((length, row) => readsOfResponse(length, options.responseStarts[row]!));
  const objective: Objective = (logprobs) => {
    requireShape(
      logprobs,
      options.lengths.map((length) => length - 1),
    );
    return evaluate(logprobs, options, pairLoss);
  };
  return Object.assign(objective, { reads });
}

function evaluate(
  logprobs: readonly Float32Array[],
  options: PreferenceOptions & { readonly referenceSums?: readonly number[] },
  pairLoss: PairLossFunction,
): ReturnType<Objective> {
  const scores = logprobs.map((row, index) => scoreOf(row, index, options));
  const pairs = scores.length / 2;
  const scale = (options.weight ?? 1) / pairs;
  const supervisedWeight = options.supervisedWeight ?? 0;
  const totals = { loss: 0, margin: 0, accuracy: 0, chosenLogprob: 0, rejectedLogprob: 0, supervisedLoss: 0 };
  const slopes: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const chosen = scores[2 * pair]!;
    const rejected = scores[2 * pair + 1]!;
    const result = pairLoss(chosen, rejected);
    const chosenMean = chosen.sum / chosen.length;
    totals.loss += result.loss - supervisedWeight * chosenMean;
    totals.margin += result.margin / pairs;
    totals.accuracy += result.margin > 0 ? 1 / pairs : 0;
    totals.chosenLogprob += chosenMean / pairs;
    totals.rejectedLogprob += rejected.sum / rejected.length / pairs;
    totals.supervisedLoss -= chosenMean / pairs;
    slopes.push(
      scale * (result.chosenSlope - supervisedWeight / chosen.length),
      scale * result.rejectedSlope,
    );
  }
  const { loss, ...metrics } = totals;
  const gradients = logprobs.map((row, index) =>
    new Float32Array(row.length).fill(slopes[index]!, options.responseStarts[index]! - 1),
  );
  return { loss: loss * scale, gradients, metrics };
}

function scoreOf(
  logprobs: Float32Array,
  index: number,
  options: PairLayout & { readonly referenceSums?: readonly number[] },
): ResponseScore {
  const first = options.responseStarts[index]! - 1;
  let sum = 0;
  for (let position = first; position < logprobs.length; position++) sum += logprobs[position]!;
  return { sum, length: logprobs.length - first, referenceSum: options.referenceSums?.[index] ?? 0 };
}

function requireLayout(options: PairLayout & { readonly referenceSums?: readonly number[] }): void {
  const { lengths, responseStarts, referenceSums } = options;
  const counts = { lengths: lengths.length, responseStarts: responseStarts.length };
  if (lengths.length === 0 || lengths.length % 2 === 1 || responseStarts.length !== lengths.length) {
    throw new InputError(
      `A preference batch needs chosen and rejected in turn: ${lengths.length} lengths and ${responseStarts.length} response starts; pass an even number, as many of both.`,
      counts,
    );
  }
  if (referenceSums !== undefined && referenceSums.length !== lengths.length) {
    throw new InputError(
      `${referenceSums.length} reference sums for ${lengths.length} sequences; pass one for each sequence.`,
      { ...counts, referenceSums: referenceSums.length },
    );
  }
  const row = lengths.findIndex((length, index) => !isInside(responseStarts[index]!, length));
  if (row < 0) return;
  throw new InputError(
    `Sequence ${row}: a response from token ${responseStarts[row]} in ${lengths[row]} tokens; it needs a token before it and at least one of its own.`,
    { row, start: responseStarts[row], length: lengths[row] },
  );
}

function isInside(start: number, length: number): boolean {
  return Number.isInteger(start) && start >= 1 && start < length;
}
