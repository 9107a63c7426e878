import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../spec/index.js";
import { generationPerplexity, type RankedItem, selectHard } from "./perplexity.js";

describe("generationPerplexity", () => {
  it("is the geometric mean of the inverse probabilities of the response", () => {
    const logprobs = [0.9, 0.5, 0.25, 0.125].map(Math.log);
    expect(generationPerplexity(logprobs, [0, 0, 1, 0, 1])).toBeCloseTo(Math.sqrt(2 * 8), 12);
    expect(generationPerplexity(Float32Array.of(0, 0), [true, true, true])).toBe(1);
  });

  it.each([
    ["no response token", [-1], [1, 0]],
    ["lengths that do not fit", [-1, -1], [1, 1]],
  ])("refuses %s", (_, logprobs, mask) => {
    expect(() => generationPerplexity(logprobs, mask)).toThrow(InputError);
  });
});

const item = (id: string, perplexity: number, hasCall = true): RankedItem => ({ id, perplexity, hasCall });
const ids = (items: readonly RankedItem[]) => items.map(({ id }) => id);
const anyItems = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1 }),
    perplexity: fc.integer({ min: 1, max: 5 }),
    hasCall: fc.boolean(),
  }),
  { selector: ({ id }) => id, maxLength: 60 },
);

describe("selectHard", () => {
  it("takes the share from calls and texts separately", () => {
    const items = [
      ...Array.from({ length: 20 }, (_, index) => item(`c${index}`, 100 + index)),
      ...Array.from({ length: 10 }, (_, index) => item(`t${index}`, 1 + index, false)),
    ];
    const { selected, strata } = selectHard(items);
    expect(ids(selected)).toEqual(["c19", "c18", "t9"]);
    expect(strata).toEqual([
      { name: "call", total: 20, skipped: 0, selected: 2, threshold: 118 },
      { name: "text", total: 10, skipped: 0, selected: 1, threshold: 10 },
    ]);
  });

  it("breaks ties by id and ignores the order of the rows", () => {
    const items = [item("b", 2), item("a", 2), item("c", 2), item("d", 1)];
    expect(ids(selectHard(items, { share: 0.5 }).selected)).toEqual(["a", "b"]);
    expect(ids(selectHard(items.toReversed(), { share: 0.5 }).selected)).toEqual(["a", "b"]);
  });

  it.each([
    [0, 0],
    [0.07, 7],
    [0.1, 10],
    [0.101, 11],
    [1, 100],
  ])("share %f of 100 rows is %i rows", (share, expected) => {
    const items = Array.from({ length: 100 }, (_, index) => item(`${index}`, index));
    expect(selectHard(items, { share }).selected).toHaveLength(expected);
  });

  it("passes over the top of each stratum first, and takes what is left where that is less than the share", () => {
    const items = Array.from({ length: 30 }, (_, index) => item(`${index}`, index, index < 20));
    const { selected, strata } = selectHard(items, { share: 0.2, skipShare: 0.3 });
    expect(ids(selected)).toEqual(["26", "25", "13", "12", "11", "10"]);
    expect(strata.map(({ skipped }) => skipped)).toEqual([6, 3]);
    expect(ids(selectHard(items, { share: 0.5, skipShare: 0.9 }).selected)).toEqual(["20", "1", "0"]);
  });

  it("keeps to a maximum in proportion", () => {
    const items = Array.from({ length: 30 }, (_, index) => item(`${index}`, index, index < 20));
    const { strata } = selectHard(items, { share: 1, maximum: 10 });
    expect(strata.map(({ selected }) => selected)).toEqual([7, 3]);
  });

  it("sets rows without a perplexity aside and ranks infinity first", () => {
    const { selected, unranked } = selectHard([item("a", Number.NaN), item("b", 9), item("c", Infinity)], {
      share: 0.5,
    });
    expect([ids(selected), ids(unranked)]).toEqual([["c"], ["a"]]);
  });

  it("takes other strata", () => {
    const items = [item("a1", 1), item("a2", 2), item("b1", 3)];
    const { strata } = selectHard(items, { strata: ({ id }) => id.slice(0, 1) });
    expect(strata.map(({ name, selected }) => [name, selected])).toEqual([
      ["a", 1],
      ["b", 1],
    ]);
  });

  it("never selects a row that is easier than one left in its stratum, nor more than the maximum", () => {
    fc.assert(
      fc.property(
        anyItems,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(30),
        (items, share, maximum) => {
          const { selected } = selectHard(items, { share, maximum });
          expect(selected.length).toBeLessThanOrEqual(maximum);
          const chosen = new Set(ids(selected));
          for (const hasCall of [true, false]) {
            const group = items.filter((row) => row.hasCall === hasCall);
            const lowest = Math.min(
              ...group.filter((row) => chosen.has(row.id)).map((row) => row.perplexity),
            );
            const highestLeft = Math.max(
              ...group.filter((row) => !chosen.has(row.id)).map((row) => row.perplexity),
            );
            expect(lowest).toBeGreaterThanOrEqual(highestLeft);
          }
        },
      ),
    );
  });

  it.each([
    { share: -0.1 },
    { share: 1.1 },
    { share: Number.NaN },
    { skipShare: 1.1 },
    { maximum: 1.5 },
    { maximum: -1 },
  ])("refuses %o", (options) => {
    expect(() => selectHard([], options)).toThrow(InputError);
  });
});
