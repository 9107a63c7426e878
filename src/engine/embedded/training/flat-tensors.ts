import type { WeightTensor } from "../weights/loaded-weights.js";

/** One tensor within a flat array. */
export interface FlatEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** First number, in the flat array. */
  readonly offset: number;
  /** Number of numbers. */
  readonly size: number;
}

/** How named tensors lie in one flat array: one after the other, each at a multiple of 16 numbers. */
export interface FlatLayout {
  readonly entries: readonly FlatEntry[];
  /** Length of the flat array. */
  readonly length: number;
}

const alignment = 16;

/** The layout of these tensors in their order. */
export function flatLayout(shapes: Iterable<readonly [string, readonly number[]]>): FlatLayout {
  const entries: FlatEntry[] = [];
  let offset = 0;
  for (const [name, shape] of shapes) {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    entries.push({ name, shape, offset, size });
    offset = Math.ceil((offset + size) / alignment) * alignment;
  }
  return { entries, length: offset };
}

/** The tensors as views into the flat array: a change of one is a change of the other. */
export function flatViews(layout: FlatLayout, data: Float32Array): Map<string, WeightTensor> {
  return new Map(
    layout.entries.map(({ name, shape, offset, size }) => [
      name,
      { shape, data: data.subarray(offset, offset + size) },
    ]),
  );
}
