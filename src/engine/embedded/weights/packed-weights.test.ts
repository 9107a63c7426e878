import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../spec/index.js";
import type { WeightTensor } from "./loaded-weights.js";
import { narrowToBfloat16, widenBfloat16 } from "./number-format.js";
import { BLOCK_SIZES, packBfloat16, packBlocks, packedBytes, unpack, unpackRows } from "./packed-weights.js";

const float = fc.float({ min: -1e6, max: 1e6, noNaN: true });
/** Matrices with rows of one to four blocks of 16. */
const matrix = fc.integer({ min: 1, max: 4 }).chain((blocks) =>
  fc
    .array(fc.array(float, { minLength: 16 * blocks, maxLength: 16 * blocks }), {
      minLength: 1,
      maxLength: 3,
    })
    .map(
      (rows): WeightTensor => ({ shape: [rows.length, 16 * blocks], data: Float32Array.from(rows.flat()) }),
    ),
);

describe("packBlocks", () => {
  it("is never further off than half a step, and one step at the end without a partner", () => {
    fc.assert(
      fc.property(matrix, fc.constantFrom(...BLOCK_SIZES), (tensor, size) => {
        const packed = packBlocks("w", tensor, size)!;
        const { data } = unpack(packed);
        for (const [index, value] of tensor.data.entries()) {
          const step = Math.abs(packed.scales[Math.floor(index / packed.blockSize)]!);
          const isOpposite = Math.abs(value) > 7.5 * step;
          expect(Math.abs(data[index]! - value)).toBeLessThanOrEqual((isOpposite ? 1 : 0.5) * step * 1.0001);
        }
      }),
    );
  });

  it("keeps what it has packed: packing again gives the same", () => {
    fc.assert(
      fc.property(matrix, (tensor) => {
        const once = unpack(packBlocks("w", tensor, 16)!);
        expect(unpack(packBlocks("w", once, 16)!)).toEqual(once);
      }),
    );
  });

  it("takes the largest block that divides the rows, and refuses rows that none divides", () => {
    const of = (columns: number) => ({ shape: [2, columns], data: new Float32Array(2 * columns).fill(1) });
    expect(packBlocks("w", of(192), 64)!.blockSize).toBe(64);
    expect(packBlocks("w", of(96), 64)!.blockSize).toBe(32);
    expect(packBlocks("w", of(112), 256)!.blockSize).toBe(16);
    expect(packBlocks("w", of(24), 64)).toBeUndefined();
  });

  it("takes 4 bits a number and a scale a block", () => {
    const tensor = { shape: [64, 128], data: new Float32Array(64 * 128).fill(0.5) };
    expect(packedBytes(packBlocks("w", tensor, 64)!)).toBe(64 * 128 * (1 / 2 + 4 / 64));
    expect(packedBytes(packBfloat16("w", tensor))).toBe(64 * 128 * 2);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", (value) => {
    const data = new Float32Array(16);
    data[3] = value;
    expect(() => packBlocks("w", { shape: [1, 16], data }, 16)).toThrow(ModelError);
    expect(() => packBfloat16("w", { shape: [1, 16], data })).toThrow(ModelError);
  });
});

it("unpacks rows as it unpacks the whole, in both forms", () => {
  fc.assert(
    fc.property(matrix, fc.nat(), (tensor, seed) => {
      const [rows, columns] = tensor.shape as [number, number];
      for (const packed of [packBlocks("w", tensor, 32)!, packBfloat16("w", tensor)]) {
        const first = seed % rows;
        const target = new Float32Array((rows - first) * columns);
        unpackRows(packed, first, rows - first, target);
        expect(target).toEqual(unpack(packed).data.slice(first * columns));
      }
    }),
  );
});

it("gives back bfloat16 values unchanged", () => {
  const data = widenBfloat16(narrowToBfloat16(Float32Array.from({ length: 64 }, (_, i) => Math.sin(i))).bits);
  expect(unpack(packBfloat16("w", { shape: [4, 16], data }))).toEqual({ shape: [4, 16], data });
});
