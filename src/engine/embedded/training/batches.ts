/**
 * Which token of which sequence goes through the model in which run. Sequences that begin alike share a run, and those of
 * similar length; a run is bounded, so memory does not grow with the number of sequences.
 */
import { InputError } from "../../../spec/index.js";
import { type PrefixTree, PrefixTreeBuilder, prefixOrder, type ReadSequence } from "./prefix-tree.js";

/** A sequence and the tokens of it whose log-probability is wanted. */
export interface BatchItem extends ReadSequence {
  /** Ascending indices t ≥ 1 of wanted log p(x_t | x_<t); never empty. */
  readonly wanted: readonly number[];
}

/** An item in a run: for each of its wanted log-probabilities the pick of the run that gives it. */
export interface PlacedItem extends BatchItem {
  readonly picks: readonly number[];
}

/** One run of the graph. */
export interface Batch {
  readonly items: readonly PlacedItem[];
  readonly tree: PrefixTree;
  /** Distinct nodes where the output layer is computed. */
  readonly rows: readonly number[];
  /** Distinct (index into `rows`, token): log p of the token behind the node. */
  readonly picks: readonly (readonly [row: number, token: number])[];
}

/** Bounds of one run of the graph. A sequence that exceeds one by itself runs alone. */
export interface BatchLimits {
  /** Nodes of the tree. */
  readonly tokens: number;
  /** Nodes from which on only sequences join that share at least half of their tokens: small runs stay in the caches. */
  readonly cachedTokens: number;
  /** Pairs of a token and one that it looks at, roughly: attention keeps numbers for each. */
  readonly cells: number;
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
 * The runs that compute everything wanted, in a fixed order (`prefixOrder`). Sequences that begin alike share what they have
 * in common; where a run is full, the next one computes its first sequence whole. Sequences of which nothing is wanted are
 * in no run.
 */
export function planBatches(
  sequences: readonly (readonly number[])[],
  isWanted: (sequence: number, t: number) => boolean,
  limits: BatchLimits,
): Batch[] {
  const items = sequences
    .map((sequence, index) => batchItem(sequence, index, isWanted))
    .filter((item) => item.wanted.length > 0);
  const batches: Batch[] = [];
  let current = new BatchBuilder(limits);
  for (const item of prefixOrder(items)) {
    if (!current.fits(item)) {
      batches.push(current.build());
      current = new BatchBuilder(limits);
    }
    current.add(item);
  }
  if (items.length > 0) batches.push(current.build());
  return batches;
}

/** Keys that a token looks at besides those before it in its sequence, at most, as the rows of attention are cut. */
const foreignKeys = 128;

class BatchBuilder {
  readonly #limits: BatchLimits;
  readonly #tree = new PrefixTreeBuilder();
  readonly #items: PlacedItem[] = [];
  readonly #rows = new Map<number, number>();
  readonly #picks: [row: number, token: number][] = [];
  /** Numbers of the picks, by row and token. */
  readonly #pickNumbers = new Map<string, number>();
  #longest = 0;
  #wanted = 0;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  /** Whether the item has room. The first always has. */
  fits({ sequence, length, wanted }: BatchItem): boolean {
    if (this.#items.length === 0) return true;
    const cost = this.#tree.cost(sequence, length);
    const tokens = this.#tree.size + cost;
    if (tokens > this.#limits.cachedTokens && 2 * cost > length) return false;
    const cells = tokens * (Math.max(this.#longest, length) + foreignKeys);
    const limits = this.#limits;
    return tokens <= limits.tokens && cells <= limits.cells && this.#wanted + wanted.length <= limits.wanted;
  }

  add(item: BatchItem): void {
    const path = this.#tree.add(item.sequence, item.length);
    const picks = item.wanted.map((t) => this.#pick(path[t - 1]!, item.sequence[t]!));
    this.#items.push({ ...item, picks });
    this.#longest = Math.max(this.#longest, item.length);
    this.#wanted += item.wanted.length;
  }

  build(): Batch {
    return {
      items: this.#items,
      tree: this.#tree.tree(),
      rows: [...this.#rows.keys()],
      picks: this.#picks,
    };
  }

  #pick(node: number, token: number): number {
    const row = numberOf(this.#rows, node);
    const pick = numberOf(this.#pickNumbers, `${row}:${token}`);
    if (pick === this.#picks.length) this.#picks.push([row, token]);
    return pick;
  }
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

/** The number of a key: its own, or the next. */
function numberOf<Key>(numbers: Map<Key, number>, key: Key): number {
  const known = numbers.get(key) ?? numbers.size;
  numbers.set(key, known);
  return known;
}

function checkTokens(sequence: readonly number[], index: number, vocabularySize: number): void {
  for (let t = 0; t < sequence.length; t += 1) {
    const token = sequence[t]!;
    if (Number.isInteger(token) && token >= 0 && token < vocabularySize) continue;
    const message = `Sequence ${index} holds ${token} at position ${t}, which is no token: ids are 0 to ${vocabularySize - 1}.`;
    throw new InputError(message, { index, position: t, token, vocabularySize });
  }
}
