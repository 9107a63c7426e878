import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../method/index.js";
import { createDuplicateFinder, hashText } from "./duplicates.js";
import { createHashTable } from "./hash-table.js";

const random = createRandom(5);
const word = (): string => `w${random.integer(5000)}`;
const text = (length: number): string[] => Array.from({ length }, word);
const compared = (row: number, said: string, whole = said) => ({
  row,
  whole,
  said: [said],
  request: said.slice(0, 20),
});

describe("createDuplicateFinder", () => {
  it("finds copies, and the first of them", () => {
    const finder = createDuplicateFinder();
    expect(finder.add(compared(0, "Weather in Oslo?"))).toBeUndefined();
    expect(finder.add(compared(1, "Something else altogether, my friend"))).toBeUndefined();
    expect(finder.add(compared(2, "Weather in Oslo?"))).toEqual({ kind: "duplicate-row", of: 0 });
    expect(finder.add(compared(3, "weather, in OSLO!"))).toEqual({ kind: "near-duplicate", of: 0 });
    expect(finder.compared()).toBe(4);
    expect(finder.sameRequest()).toBe(1);
  });

  it("finds texts of which one word in a hundred differs, and not those that share half their words", () => {
    const finder = createDuplicateFinder();
    let found = 0;
    let wrong = 0;
    for (let pair = 0; pair < 200; pair += 1) {
      const words = text(100);
      finder.add(compared(3 * pair, words.join(" ")));
      const changed = words.with(random.integer(100), "changed").join(" ");
      if (finder.add(compared(3 * pair + 1, changed))?.of === 3 * pair) found += 1;
      const half = [...words.slice(0, 50), ...text(50)].join(" ");
      if (finder.add(compared(3 * pair + 2, half)) !== undefined) wrong += 1;
    }
    // Jaccard of the triples: 95 of 101 = 0.94; and about 48 of 148 = 0.32.
    expect(found).toBeGreaterThan(180);
    expect(wrong).toBe(0);
  });

  it("tells short rows apart", () => {
    const finder = createDuplicateFinder();
    const texts = ["Hi", "Yes", "No", "a b c d", "a b c e", "", "東京の天気", "大阪の天気"];
    expect(texts.map((said, row) => finder.add(compared(row, said))).filter(Boolean)).toEqual([]);
  });
});

describe("createHashTable", () => {
  it("is a map of numbers whose first values stay", () => {
    const hashes = fc.array(fc.oneof(fc.integer({ min: 2, max: 20 }), fc.maxSafeNat()), {
      maxLength: 3000,
      size: "max",
    });
    fc.assert(
      fc.property(hashes, fc.constantFrom<32 | 53>(32, 53), (anyHashes, bits) => {
        const table = createHashTable(bits);
        const all = anyHashes.map((hash) => 2 + (hash % (2 ** bits - 2)));
        const map = new Map<number, number>();
        for (const [index, hash] of all.entries()) {
          expect(table.findOrAdd(hash, index)).toBe(map.get(hash));
          if (!map.has(hash)) map.set(hash, index);
        }
        expect(table.size()).toBe(map.size);
        for (const [hash, index] of map) expect(table.find(hash)).toBe(index);
        expect(table.find(12345.5)).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });
});

describe("hashText", () => {
  it("is a whole number below 2^53 and differs for different texts", () => {
    const seen = new Map<number, string>();
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const hash = hashText(value);
        expect(Number.isSafeInteger(hash) && hash >= 0).toBe(true);
        expect(seen.get(hash) ?? value).toBe(value);
        seen.set(hash, value);
      }),
      { numRuns: 1000 },
    );
  });
});
