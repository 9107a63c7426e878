/**
 * Which token of which sequence goes through the model in which run. Sequences of similar length share a run, so little is
 * padding, and a run is bounded, so memory does not grow with the number of sequences.
 */
import { InputError } from "../../../spec/index.js";

/** A sequence and the tokens of it whose log-probability is wanted. */
export interface BatchItem {
  /** Position among the sequences of the call. */
  readonly index: number;
  readonly sequence: readonly number[];
  /** Ascending indices t ≥ 1 of wanted log p(x_t | x_<t); never empty. */
  readonly wanted: readonly number[];
  /** Tokens that the model has to read: all before the last wanted one. */
  readonly length: number;
}

/** Bounds of one run of the graph. A sequence that is longer by itself runs alone. */
export interface BatchLimits {
  /** Tokens, with padding. */
  readonly tokens: number;
  /** Wanted log-probabilities: each costs a row over the vocabulary. */
  readonly wanted: number;
}

/** What a call reads of a sequence: bytes of T − 1, 0 where a log-probability is not wanted. Absent: all are. */
export type Reads = readonly Uint8Array[] | undefined;

/**
 * @throws InputError naming the first sequence that is empty, longer than the context, or holds an id that is no token.
 */
export function checkSequences(
  sequences: readonly (readonly number[])[],
  limits: { readonly vocabularySize: number; readonly contextLength: number },
): void {
  for (const [index, sequence] of sequences.entries()) {
    if (sequence.length === 0)
      throw new InputError(`Sequence ${index} is empty: it needs at least one token.`, { index });
    if (sequence.length > limits.contextLength) {
      const message = `Sequence ${index} has ${sequence.length} tokens; the model's context is ${limits.contextLength}. Shorten it.`;
      throw new InputError(message, { index, length: sequence.length, contextLength: limits.contextLength });
    }
    checkTokens(sequence, index, limits.vocabularySize);
  }
}

/** @throws InputError unless there is one array of T − 1 numbers per sequence. */
export function checkShape(
  sequences: readonly (readonly number[])[],
  arrays: readonly ArrayLike<number>[],
  what: string,
): void {
  if (arrays.length !== sequences.length) {
    const message = `There are ${arrays.length} arrays of ${what} for ${sequences.length} sequences: give one each.`;
    throw new InputError(message, { arrays: arrays.length, sequences: sequences.length });
  }
  for (const [index, sequence] of sequences.entries()) {
    const length = arrays[index]!.length;
    if (length === sequence.length - 1) continue;
    const message = `The ${what} of sequence ${index} have length ${length}; a sequence of ${sequence.length} tokens needs ${sequence.length - 1}.`;
    throw new InputError(message, { index, length, expected: sequence.length - 1 });
  }
}

/**
 * The runs that compute everything wanted, in a fixed order: shortest sequences first, equal ones in the order given.
 * Sequences of which nothing is wanted are in no run.
 */
export function planBatches(
  sequences: readonly (readonly number[])[],
  isWanted: (sequence: number, t: number) => boolean,
  limits: BatchLimits,
): BatchItem[][] {
  const items = sequences
    .map((sequence, index) => batchItem(sequence, index, isWanted))
    .filter((item) => item.wanted.length > 0)
    .sort((a, b) => a.length - b.length || a.index - b.index);
  const batches: BatchItem[][] = [];
  let wanted = 0;
  for (const item of items) {
    const batch = batches.at(-1);
    wanted += item.wanted.length;
    const fits =
      batch !== undefined && (batch.length + 1) * item.length <= limits.tokens && wanted <= limits.wanted;
    if (fits) batch.push(item);
    else {
      batches.push([item]);
      wanted = item.wanted.length;
    }
  }
  return batches;
}

function batchItem(
  sequence: readonly number[],
  index: number,
  isWanted: (sequence: number, t: number) => boolean,
): BatchItem {
  const wanted: number[] = [];
  for (let t = 1; t < sequence.length; t += 1) if (isWanted(index, t)) wanted.push(t);
  return { index, sequence, wanted, length: wanted.at(-1) ?? 0 };
}

function checkTokens(sequence: readonly number[], index: number, vocabularySize: number): void {
  for (let t = 0; t < sequence.length; t += 1) {
    const token = sequence[t]!;
    if (Number.isInteger(token) && token >= 0 && token < vocabularySize) continue;
    const message = `Sequence ${index} holds ${token} at position ${t}, which is no token: ids are 0 to ${vocabularySize - 1}.`;
    throw new InputError(message, { index, position: t, token, vocabularySize });
  }
}
