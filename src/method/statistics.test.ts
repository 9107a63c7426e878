import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Deficiency, InputError, type ItemRecord } from "../spec/index.js";
import { createRandom } from "./random.js";
import { bootstrapMean, comparePolicies, evaluationOf, scoreOf, wilsonInterval } from "./statistics.js";

const item = (exampleId: string, correct: boolean, more: Partial<ItemRecord> = {}): ItemRecord => {
  const share = correct ? 1 : 0;
  const agreement = { functionName: share, argumentName: share, argumentType: share, argumentValue: share };
  const deficiencies: Deficiency[] = correct ? [] : ["argument-value"];
  return {
    exampleId,
    category: "single",
    tags: [],
    response: "",
    grade: { correct, agreement, deficiencies },
    ...more,
  };
};
const items = (outcomes: readonly boolean[]) =>
  outcomes.map((correct, index) => item(`row-${index}`, correct));

describe("wilsonInterval", () => {
  // Reference values: the quadratic |p − share| = z √(p(1−p)/n), solved in Python to ten digits.
  it.each([
    [8, 10, 0.4901624715, 0.9433178485],
    [0, 10, 0, 0.2775327999],
    [10, 10, 0.7224672001, 1],
    [500, 1000, 0.4690696004, 0.5309303996],
    [1, 1, 0.2065493144, 1],
  ])("%i of %i", (correct, total, low, high) => {
    const interval = wilsonInterval(correct, total);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
  });

  it("ends where the normal test of the share just fails", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(400), (total, any) => {
        const correct = any % (total + 1);
        const { estimate, low, high } = wilsonInterval(correct, total);
        for (const end of [low, high].filter((bound) => bound > 0 && bound < 1)) {
          const distance = Math.abs(estimate - end) / Math.sqrt((end * (1 - end)) / total);
          expect(distance).toBeCloseTo(1.959963984540054, 6);
        }
        expect(low).toBeLessThanOrEqual(estimate);
        expect(high).toBeGreaterThanOrEqual(estimate);
      }),
    );
  });

  it("knows nothing after no trials", () => {
    expect(wilsonInterval(0, 0)).toEqual({ estimate: 0, low: 0, high: 1 });
  });
});

describe("bootstrapMean", () => {
  const random = createRandom(4);
  const values = Array.from({ length: 400 }, () => random.normal() * 3 + 1);
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;

  it("comes near the interval of the central limit theorem", () => {
    const { estimate, low, high } = bootstrapMean(values, { seed: 1 });
    const deviation =
      Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0)) / values.length;
    expect(estimate).toBeCloseTo(average, 12);
    expect(Math.abs(low - (average - 1.96 * deviation))).toBeLessThan(0.03);
    expect(Math.abs(high - (average + 1.96 * deviation))).toBeLessThan(0.03);
  });

  it("is the same for the same seed", () => {
    expect(bootstrapMean(values, { seed: 1 })).toEqual(bootstrapMean(values, { seed: 1 }));
    expect(bootstrapMean(values, { seed: 1 })).not.toEqual(bootstrapMean(values, { seed: 2 }));
  });

  it("is a point for equal values, and refuses none", () => {
    expect(bootstrapMean([2, 2, 2], { seed: 1 })).toEqual({ estimate: 2, low: 2, high: 2 });
    expect(() => bootstrapMean([], { seed: 1 })).toThrow(InputError);
  });
});

describe("comparePolicies", () => {
  const names = { from: "warmup", to: "round-01", seed: 3 };
  const before = Array.from({ length: 400 }, (_, index) => index % 2 === 0);
  const after = before.map((correct, index) => correct || index % 20 === 1);

  it("sees a small improvement that the two shares' own intervals hide", () => {
    const comparison = comparePolicies({ ...names, runs: [{ from: items(before), to: items(after) }] });
    expect(comparison).toMatchObject({ from: "warmup", to: "round-01", difference: 0.05 });
    // 20 of 400 rows improve: the standard error of the paired difference is √(0.05 · 0.95 / 400) = 0.0109.
    expect(Math.abs(comparison.low - (0.05 - 1.96 * 0.0109))).toBeLessThan(0.005);
    expect(Math.abs(comparison.high - (0.05 + 1.96 * 0.0109))).toBeLessThan(0.005);
    expect(scoreOf("a", items(before)).high).toBeGreaterThan(scoreOf("b", items(after)).low);
  });

  it("pairs by id, whatever the order", () => {
    const run = { from: items(before), to: items(after) };
    const turned = { from: run.from.toReversed(), to: run.to };
    expect(comparePolicies({ ...names, runs: [turned] })).toEqual(comparePolicies({ ...names, runs: [run] }));
  });

  it("averages seeds per row; drawing seeds too widens the interval", () => {
    const runs = [
      { from: items(before), to: items(after) },
      { from: items(before), to: items(before) },
    ];
    const fixed = comparePolicies({ ...names, runs });
    const drawn = comparePolicies({ ...names, runs, resample: "rows-and-runs" });
    expect(fixed.difference).toBeCloseTo(0.025, 12);
    expect(drawn.difference).toBeCloseTo(0.025, 12);
    expect(drawn.high - drawn.low).toBeGreaterThan(1.5 * (fixed.high - fixed.low));
  });

  it.each([
    ["no run", []],
    ["no row", [{ from: [], to: [] }]],
    ["other rows", [{ from: items([true]), to: [item("x", true)] }]],
    ["a row more", [{ from: items([true]), to: items([true, true]) }]],
    ["a row twice", [{ from: [item("a", true), item("a", true)], to: items([true, true]) }]],
    [
      "runs over other rows",
      [
        { from: items([true]), to: items([true]) },
        { from: items([true, true]), to: items([true, true]) },
      ],
    ],
  ])("refuses %s", (_, runs) => {
    expect(() => comparePolicies({ ...names, runs })).toThrow(InputError);
  });
});

describe("evaluationOf", () => {
  it("groups by category and tag in order of name and counts deficiencies", () => {
    const record = evaluationOf("base", [
      item("a", true, { category: "single", tags: ["date", "unit"] }),
      item("b", false, { category: "refusal", tags: ["date"] }),
      item("c", false, { category: "single" }),
    ]);
    const share = ({ name, correct, total }: { name: string; correct: number; total: number }) => [
      name,
      correct,
      total,
    ];
    expect(share(record.overall)).toEqual(["overall", 1, 3]);
    expect(record.categories.map(share)).toEqual([
      ["refusal", 0, 1],
      ["single", 1, 2],
    ]);
    expect(record.tags.map(share)).toEqual([
      ["date", 1, 2],
      ["unit", 1, 1],
    ]);
    expect(record.deficiencies).toEqual({ "argument-value": 2 });
    expect(record.categories[1]).toMatchObject({ accuracy: 0.5, ...pick(wilsonInterval(1, 2)) });
  });
});

function pick({ low, high }: { low: number; high: number }) {
  return { low, high };
}
