/** Turns a batch into the inputs of the decoder graph. */
import { Tensor } from "onnxruntime-node";
import type { DecoderConfig } from "../transformer/decoder-config.js";
import { queryStretches } from "../transformer/decoder-graph.js";
import { rotaryFrequencies, rotaryTables } from "../transformer/rotary-scaling.js";
import { type AttentionLayout, attentionLayout, type Stretch } from "./attention-layout.js";
import type { Batch } from "./batches.js";
import type { PrefixTree } from "./prefix-tree.js";

/** Added to a score that must not count: exp(score + this) is exactly 0, and it stays finite in every sum. */
const hidden = -1e30;

/** Makes the inputs; keeps the tables that most batches share. */
export class BatchInputs {
  readonly #frequencies: readonly number[];
  readonly #contextLength: number;
  #rotary: { readonly length: number; readonly cosine: Float32Array; readonly sine: Float32Array };
  #bias: { readonly queries: number; readonly keys: number; readonly tensor: Tensor } | undefined;

  constructor(config: DecoderConfig) {
    this.#frequencies = rotaryFrequencies(config.headSize, config.ropeTheta, config.ropeScaling);
    this.#contextLength = config.contextLength;
    this.#rotary = { length: 0, cosine: new Float32Array(), sine: new Float32Array() };
  }

  /** The inputs of a batch. */
  make(batch: Batch, layout = attentionLayout(batch.tree)): Record<string, Tensor> {
    const { tree, rows, picks } = batch;
    // The token that fills places without one is any token, at any position: nothing reads what becomes of it.
    const count = tree.tokens.length + (layout.filled ? 1 : 0);
    const deepest = tree.depths.reduce((most, depth) => Math.max(most, depth), 0);
    return {
      tokens: int64Tensor(lengthened(tree.tokens, count), [count]),
      positions: int64Tensor(lengthened(tree.depths, count), [count, 1]),
      ...gridInputs(layout, count),
      bias: layout.blocks === undefined ? this.#causalBias(layout) : blockBias(tree, layout, layout.blocks),
      ...stretchInputs(tree, layout),
      rows: int64Tensor(Int32Array.from(rows), [rows.length]),
      picks: int64Tensor(Int32Array.from(picks.flat()), [picks.length, 2]),
      ...this.#rotaryInputs(deepest + 1),
    };
  }

  #rotaryInputs(length: number): Record<"cosine" | "sine", Tensor> {
    const pairs = this.#frequencies.length;
    if (this.#rotary.length < length) {
      const rows = Math.min(Math.max(2 * length, 512), Math.max(this.#contextLength, length));
      this.#rotary = { length: rows, ...rotaryTables(this.#frequencies, rows) };
    }
    const table = (data: Float32Array): Tensor =>
      new Tensor("float32", data.subarray(0, length * pairs), [length, pairs]);
    return { cosine: table(this.#rotary.cosine), sine: table(this.#rotary.sine) };
  }

  /** [1, 1, queries, keys]: a place sees itself and those before. */
  #causalBias({ queries, keys }: AttentionLayout): Tensor {
    const known = this.#bias;
    if (known !== undefined && known.queries === queries && known.keys === keys) return known.tensor;
    const data = new Float32Array(queries * keys);
    for (let row = 0; row < queries; row += 1) data.fill(hidden, row * keys + row + 1, (row + 1) * keys);
    const tensor = new Tensor("float32", data, [1, 1, queries, keys]);
    this.#bias = { queries, keys, tensor };
    return tensor;
  }
}

/** The seed of each pick of the batch: the numbers of all that want it, added up. */
export function gatherWanted({ items, picks }: Batch, values: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(picks.length);
  for (const item of items) {
    for (const [place, t] of item.wanted.entries())
      result[item.picks[place]!]! += values[item.index]![t - 1]!;
  }
  return result;
}

/** Puts the numbers of the graph's output where they are wanted: t − 1 of each sequence's array. */
export function scatterWanted(
  { items }: Batch,
  output: Float32Array,
  results: readonly Float32Array[],
): void {
  for (const item of items) {
    for (const [place, t] of item.wanted.entries()) results[item.index]![t - 1] = output[item.picks[place]!]!;
  }
}

/** The values with zeros behind them. */
function lengthened(values: Int32Array, length: number): Int32Array {
  const longer = new Int32Array(length);
  longer.set(values);
  return longer;
}

function gridInputs(layout: AttentionLayout, tokens: number): Record<string, Tensor> {
  const { rows, queries, keys, uses } = layout;
  const shared = layout.sharedTokens.length;
  return {
    query_tokens: int64Tensor(layout.queryTokens, [rows, queries]),
    query_places: int64Tensor(layout.queryPlaces, [tokens, 2]),
    key_tokens: int64Tensor(layout.keyTokens, [rows, keys]),
    key_places: int64Tensor(layout.keyPlaces, [tokens, 2]),
    shared_tokens: int64Tensor(layout.sharedTokens, [shared, 1]),
    shared_places: int64Tensor(layout.sharedPlaces, [shared, uses, 2]),
  };
}

/** Stretches of queries as equal as can be, and the keys up to the last that one of each looks at, in any row. */
function stretchInputs(
  tree: PrefixTree,
  { queries, keys, blocks = [] }: AttentionLayout,
): Record<string, Tensor> {
  const above = blocks.reduce((most, { from }) => Math.max(most, tree.depths[from]!), 0);
  const ends = Array.from({ length: queryStretches }, (_, i) =>
    Math.floor(((i + 1) * queries) / queryStretches),
  );
  const keyCounts = ends.map((end) => Math.min(keys, above + end));
  keyCounts[queryStretches - 1] = keys;
  const pads = keyCounts.flatMap((count) => [0, 0, 0, 0, 0, 0, keys - count, 0]);
  return {
    query_counts: int64Tensor(
      Int32Array.from(ends, (end, i) => end - (ends[i - 1] ?? 0)),
      [queryStretches],
    ),
    key_counts: int64Tensor(Int32Array.from(keyCounts), [queryStretches, 1]),
    key_pads: int64Tensor(Int32Array.from(pads), [queryStretches, 8]),
  };
}

/** [rows, 1, queries, keys]: a token sees its ancestors and itself. */
function blockBias(
  tree: PrefixTree,
  { rows, queries, keys }: AttentionLayout,
  blocks: readonly Stretch[],
): Tensor {
  const data = new Float32Array(rows * queries * keys).fill(hidden);
  for (const [row, { from, to }] of blocks.entries()) {
    const above = tree.depths[from]!;
    for (let node = from; node < to; node += 1) {
      const line = (row * queries + node - from) * keys;
      const parent = tree.parents[node]!;
      if (parent >= from) {
        const known = (row * queries + parent - from) * keys;
        data.copyWithin(line, known, known + above + parent - from + 1);
      } else data.fill(0, line, line + tree.depths[node]!);
      data[line + above + node - from] = 0;
    }
  }
  return new Tensor("float32", data, [rows, 1, queries, keys]);
}

/** Non-negative integers as int64. Written as low halves: making a BigInt of each would take most of the time. */
function int64Tensor(values: Int32Array, shape: readonly number[]): Tensor {
  const wide = new BigInt64Array(values.length);
  const halves = new Int32Array(wide.buffer);
  for (let i = 0; i < values.length; i += 1) halves[2 * i] = values[i]!;
  return new Tensor("int64", wide, shape);
}
