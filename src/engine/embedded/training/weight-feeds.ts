/** The weights of a graph run, unpacked just before it where they are packed. */
import type { Tensor } from "onnxruntime-node";
import type { WeightTensor } from "../weights/loaded-weights.js";
import { type PackedMatrix, unpackRows } from "../weights/packed-weights.js";
import { tensorOf } from "./decoder-session.js";

/** Weights by name. Each is either in float32, or packed. */
export class WeightFeeds {
  readonly #tensors: ReadonlyMap<string, WeightTensor>;
  readonly #packed: ReadonlyMap<string, PackedMatrix>;
  /** Unpacked matrices by slot, overwritten again and again. */
  readonly #scratch = new Map<string, Float32Array>();

  constructor(
    tensors: ReadonlyMap<string, WeightTensor>,
    packed: ReadonlyMap<string, PackedMatrix> = new Map(),
  ) {
    this.#tensors = tensors;
    this.#packed = packed;
  }

  /**
   * The weight as the runtime takes it. A packed one is unpacked into the memory of `slot`, where it stays until the next
   * weight of that slot: one for each weight of a run, the same from run to run.
   */
  tensor(name: string, slot: string): Tensor {
    const packed = this.#packed.get(name);
    if (packed === undefined) return tensorOf(this.#plain(name));
    const [rows, columns] = packed.shape;
    const data = this.#memory(slot, rows * columns);
    unpackRows(packed, 0, rows, data);
    return tensorOf({ shape: packed.shape, data });
  }

  /** The given rows of a matrix, one below the other. */
  rows(name: string, rows: BigInt64Array): WeightTensor {
    const matrix = this.#packed.get(name) ?? this.#plain(name);
    const width = matrix.shape[1]!;
    const result = new Float32Array(rows.length * width);
    for (const [index, row] of rows.entries()) {
      const target = result.subarray(index * width, (index + 1) * width);
      copyRow(matrix, Number(row), target);
    }
    return { shape: [rows.length, width], data: result };
  }

  /** Frees what was unpacked. */
  rest(): void {
    this.#scratch.clear();
  }

  #memory(slot: string, size: number): Float32Array {
    const known = this.#scratch.get(slot);
    if (known?.length === size) return known;
    const fresh = new Float32Array(size);
    this.#scratch.set(slot, fresh);
    return fresh;
  }

  #plain(name: string): WeightTensor {
    const weight = this.#tensors.get(name);
    if (weight === undefined) throw new Error(`The graph reads ${name}, which is not among its weights.`);
    return weight;
  }
}

function copyRow(matrix: PackedMatrix | WeightTensor, row: number, target: Float32Array): void {
  if ("kind" in matrix) unpackRows(matrix, row, 1, target);
  else target.set(matrix.data.subarray(row * target.length, (row + 1) * target.length));
}
