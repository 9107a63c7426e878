import fc from "fast-check";
import { expect, it } from "vitest";
import { KeyValueCache, type NewKeyValues } from "./key-value-cache.js";

const layout = { layerCount: 2, keyHeadCount: 2, headSize: 3 };
const width = layout.keyHeadCount * layout.headSize;

/** A number that says which token, layer and channel it is. */
function mark(token: number, layer: number, channel: number): number {
  return token * 100 + layer * 10 + channel + 1;
}

/** New tokens `first` … of one row, padded to `padded`. */
function fresh(first: number, count: number, padded: number): NewKeyValues {
  const side = (sign: number): Float32Array[] =>
    [0, 1].map((layer) =>
      Float32Array.from({ length: padded * width }, (_, index) => {
        const token = Math.floor(index / width);
        return token < count ? sign * mark(first + token, layer, index % width) : 7777;
      }),
    );
  return { keys: side(1), values: side(-1), width: padded };
}

function expectRow(cache: KeyValueCache, row: number, tokens: readonly number[]): void {
  for (let layer = 0; layer < layout.layerCount; layer++) {
    const { key, value } = cache.view(layer, row, row + 1);
    for (const [position, token] of tokens.entries()) {
      for (let channel = 0; channel < width; channel++) {
        const [head, inner] = [Math.floor(channel / layout.headSize), channel % layout.headSize];
        const index = (head * cache.capacity + position) * layout.headSize + inner;
        expect(key[index]).toBe(mark(token, layer, channel));
        expect(value[index]).toBe(-mark(token, layer, channel));
      }
    }
  }
}

it("keeps every row through appending, copying and resizing", () => {
  const operation = fc.oneof(
    fc.record({
      kind: fc.constant("append" as const),
      row: fc.nat(2),
      count: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant("copy" as const), row: fc.nat(2), from: fc.nat(2) }),
    fc.record({ kind: fc.constant("resize" as const), extra: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
      const cache = new KeyValueCache(layout, 3, 4);
      const rows: number[][] = [[], [], []];
      let next = 0;
      for (const step of operations) {
        if (step.kind === "append") {
          const row = rows[step.row]!;
          if (row.length + step.count > cache.capacity) continue;
          cache.append(step.row, row.length, fresh(next, step.count, step.count + 1), 0, step.count);
          for (let i = 0; i < step.count; i++) row.push(next++);
        } else if (step.kind === "copy") {
          cache.copyRow(step.row, cache, step.from, rows[step.from]!.length);
          rows[step.row] = [...rows[step.from]!];
        } else {
          const longest = Math.max(...rows.map(({ length }) => length));
          cache.resize(
            longest + step.extra,
            rows.map(({ length }) => length),
          );
        }
        for (const [row, tokens] of rows.entries()) expectRow(cache, row, tokens);
      }
    }),
    { numRuns: 50 },
  );
});

it("counts its bytes", () => {
  expect(KeyValueCache.bytesPerPosition(layout)).toBe(2 * 2 * 3 * 2 * 4);
});
