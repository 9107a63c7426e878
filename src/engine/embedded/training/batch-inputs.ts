/** Turns a batch of sequences into the inputs of the decoder graph. */
import { Tensor } from "onnxruntime-node";
import type { DecoderConfig } from "../transformer/decoder-config.js";
import { rotaryFrequencies, rotaryTables } from "../transformer/rotary-scaling.js";
import type { BatchItem } from "./batches.js";

/** Added to a score that must not count: exp(score + this) is exactly 0, and it stays finite in every sum. */
const hidden = -1e30;

/** Makes the inputs; keeps the tables that most batches share. */
export class BatchInputs {
  readonly #frequencies: readonly number[];
  readonly #contextLength: number;
  #rotary: { readonly length: number; readonly cosine: Float32Array; readonly sine: Float32Array };
  #bias: { readonly length: number; readonly tensor: Tensor } | undefined;

  constructor(config: DecoderConfig) {
    this.#frequencies = rotaryFrequencies(config.headSize, config.ropeTheta, config.ropeScaling);
    this.#contextLength = config.contextLength;
    this.#rotary = { length: 0, cosine: new Float32Array(), sine: new Float32Array() };
  }

  /** The inputs of a batch, padded at the end to its longest item. The pads come after all that look at them. */
  make(batch: readonly BatchItem[]): Record<string, Tensor> {
    const length = Math.max(...batch.map((item) => item.length));
    const grid = [batch.length, length];
    const at = (row: number, t: number): number => batch[row]!.sequence[t]!;
    const tokens = fillGrid(batch, length, at);
    const positions = fillGrid(batch, length, (_, t) => t);
    return {
      tokens: int64Tensor(tokens, grid),
      positions: int64Tensor(positions, grid),
      bias: this.#causalBias(length),
      ...this.#rotaryInputs(length),
      ...wantedInputs(batch, length),
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

  /** [1, 1, length, length]: a token sees itself and what came before. */
  #causalBias(length: number): Tensor {
    if (this.#bias?.length === length) return this.#bias.tensor;
    const data = new Float32Array(length * length);
    for (let row = 0; row < length; row += 1) data.fill(hidden, row * length + row + 1, (row + 1) * length);
    const tensor = new Tensor("float32", data, [1, 1, length, length]);
    this.#bias = { length, tensor };
    return tensor;
  }
}

/** One number for each wanted log-probability of the batch, in the order of the graph's output. */
export function gatherWanted(batch: readonly BatchItem[], values: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(wantedCount(batch));
  let next = 0;
  for (const item of batch) {
    for (const t of item.wanted) {
      result[next] = values[item.index]![t - 1]!;
      next += 1;
    }
  }
  return result;
}

/** Puts the numbers of the graph's output where they belong: t − 1 of each sequence's array. */
export function scatterWanted(
  batch: readonly BatchItem[],
  output: Float32Array,
  results: readonly Float32Array[],
): void {
  let next = 0;
  for (const item of batch) {
    for (const t of item.wanted) {
      results[item.index]![t - 1] = output[next]!;
      next += 1;
    }
  }
}

/** How many log-probabilities a batch wants. */
export function wantedCount(batch: readonly BatchItem[]): number {
  return batch.reduce((sum, item) => sum + item.wanted.length, 0);
}

function fillGrid(
  batch: readonly BatchItem[],
  length: number,
  value: (row: number, t: number) => number,
): Int32Array {
  const grid = new Int32Array(batch.length * length);
  for (const [row, item] of batch.entries()) {
    for (let t = 0; t < item.length; t += 1) grid[row * length + t] = value(row, t);
  }
  return grid;
}

/** log p(x_t | x_<t) is read at token t − 1; every wanted one has a row of its own. */
function wantedInputs(batch: readonly BatchItem[], length: number): Record<"rows" | "picks", Tensor> {
  const count = wantedCount(batch);
  const rows = new Int32Array(count);
  const picks = new Int32Array(2 * count);
  let next = 0;
  for (const [row, item] of batch.entries()) {
    for (const t of item.wanted) {
      rows[next] = row * length + t - 1;
      picks[2 * next] = next;
      picks[2 * next + 1] = item.sequence[t]!;
      next += 1;
    }
  }
  return { rows: int64Tensor(rows, [count]), picks: int64Tensor(picks, [count, 2]) };
}

/** Non-negative integers as int64. Written as low halves: making a BigInt of each would take most of the time. */
function int64Tensor(values: Int32Array, shape: readonly number[]): Tensor {
  const wide = new BigInt64Array(values.length);
  const halves = new Int32Array(wide.buffer);
  for (let i = 0; i < values.length; i += 1) halves[2 * i] = values[i]!;
  return new Tensor("int64", wide, shape);
}
