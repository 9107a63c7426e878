import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTally, quantiles } from "./tally.js";

const tallyOf = (values: readonly number[]) => {
  const tally = createTally<number>();
  for (const value of values) tally.add(value);
  return tally;
};

describe("quantiles", () => {
  it.each<[readonly number[], object | undefined]>([
    [[], undefined],
    [[7], { count: 1, minimum: 7, q25: 7, q50: 7, q99: 7, maximum: 7 }],
    [[4, 1, 3, 2], { count: 4, minimum: 1, q25: 1, q50: 2, q75: 3, q90: 4, maximum: 4 }],
    [[0, 0, 0, 9], { q25: 0, q50: 0, q75: 0, q90: 9 }],
  ])("of %j", (values, expected) => {
    if (expected === undefined) expect(quantiles(tallyOf(values))).toBeUndefined();
    else expect(quantiles(tallyOf(values))).toMatchObject(expected);
  });

  it("are the smallest values that enough others do not exceed", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 }), (values) => {
        const reached = (share: number) =>
          Math.min(
            ...values.filter((value) => values.filter((v) => v <= value).length >= share * values.length),
          );
        const result = quantiles(tallyOf(values));
        expect([result?.q25, result?.q50, result?.q90, result?.q99]).toEqual(
          [0.25, 0.5, 0.9, 0.99].map(reached),
        );
      }),
    );
  });
});

describe("createTally", () => {
  it("lists the most frequent first", () => {
    const tally = createTally<string>();
    for (const key of ["a", "b", "c", "b"]) tally.add(key);
    expect(tally.entries()).toEqual([
      ["b", 2],
      ["a", 1],
      ["c", 1],
    ]);
  });
});
