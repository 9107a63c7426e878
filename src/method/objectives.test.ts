import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError, type Objective } from "../spec/index.js";
import { layoutPairs } from "./objectives/preference.js";
import { objectives } from "./objectives.js";

interface Golden {
  readonly lengths: number[];
  readonly responseStarts: number[];
  readonly logprobs: number[][];
  readonly referenceSums: number[];
  readonly losses: Record<PreferenceName, number>;
}
type PreferenceName = "simpo" | "dpo" | "ipo" | "orpo" | "cpo";
const names: readonly PreferenceName[] = ["simpo", "dpo", "ipo", "orpo", "cpo"];

const golden: Golden = JSON.parse(
  readFileSync(new URL("objectives/golden/numerics-llama.json", import.meta.url), "utf8"),
);
const { lengths, responseStarts, referenceSums } = golden;
const layout = { lengths, responseStarts, referenceSums };
const goldenLogprobs = golden.logprobs.map((row) => Float32Array.from(row));
const sharedFile = path.resolve("../shared/numerics/llama/expected.json");
const sharedPresent = existsSync(sharedFile);

const sequenceOf = (responses: readonly number[], prefix: number, lengthsOf = responses) => ({
  lengths: lengthsOf.map((length) => prefix + length),
  responseStarts: responses.map(() => prefix),
});

/** Multiples of 2^-10, so that a step of 2^-10 is exact in float32. */
const step = 2 ** -10;
const logprob = fc.integer({ min: -6 * 1024, max: -150 }).map((units) => units * step);
const batch = fc
  .record({ pairs: fc.integer({ min: 1, max: 3 }), prefix: fc.integer({ min: 1, max: 4 }) })
  .chain(({ pairs, prefix }) =>
    fc
      .array(fc.array(logprob, { minLength: 1, maxLength: 6 }), {
        minLength: 2 * pairs,
        maxLength: 2 * pairs,
      })
      .map((responses) => ({
        ...sequenceOf(
          responses.map((response) => response.length),
          prefix,
        ),
        referenceSums: responses.map((_, index) => -3 - index),
        logprobs: responses.map((response) =>
          Float32Array.from([...new Array(prefix - 1).fill(-1), ...response]),
        ),
      })),
  );

/** Compares every gradient with a central difference of the loss. */
function checkGradients(objective: Objective, logprobs: readonly Float32Array[]): void {
  const { gradients } = objective(logprobs);
  for (const [row, values] of logprobs.entries()) {
    for (let index = 0; index < values.length; index++) {
      const nudged = (by: number) =>
        objective(logprobs.map((other, at) => (at === row ? other.with(index, values[index]! + by) : other)))
          .loss;
      const slope = (nudged(step) - nudged(-step)) / (2 * step);
      expect(Math.abs(slope - gradients[row]![index]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
    }
  }
}

/** Gradient and `reads` are zero at the same places or the read gradient is a true zero. */
function checkReads(objective: Objective, logprobs: readonly Float32Array[]): void {
  const garbled = logprobs.map((row, at) =>
    row.map((value, index) => (objective.reads?.[at]?.[index] === 1 ? value : 12345)),
  );
  expect(objective(garbled)).toEqual(objective(logprobs));
  const { gradients } = objective(logprobs);
  for (const [at, row] of gradients.entries()) {
    row.forEach((value, index) => {
      if (objective.reads?.[at]?.[index] === 0) expect(value).toBe(0);
    });
  }
}

describe("preference objectives", () => {
  it.each(names)("%s agrees with an independent computation", (name) => {
    expect(objectives[name](layout)(goldenLogprobs).loss).toBeCloseTo(golden.losses[name], 5);
  });

  it.skipIf(!sharedPresent).each(names)("%s agrees with PyTorch (skipped: no shared/numerics)", (name) => {
    const expected = JSON.parse(readFileSync(sharedFile, "utf8")).objectives[name].loss;
    const loss = objectives[name](layout)(goldenLogprobs).loss;
    expect(Math.abs(loss - expected)).toBeLessThan(1e-4);
  });

  it.each(names)("%s: gradients are the derivatives, unread log-probabilities play no part", (name) => {
    fc.assert(
      fc.property(
        batch,
        fc.double({ min: 0, max: 2, noNaN: true }),
        ({ logprobs, ...rest }, supervisedWeight) => {
          const objective = objectives[name]({ ...rest, supervisedWeight, weight: 0.7 });
          checkGradients(objective, logprobs);
          checkReads(objective, logprobs);
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each(names)("%s: a batch in parts, weighted by their shares, is the batch", (name) => {
    fc.assert(
      fc.property(batch, ({ logprobs, ...rest }) => {
        const whole = objectives[name](rest)(logprobs);
        const pairs = logprobs.length / 2;
        const parts = Array.from({ length: pairs }, (_, pair) => {
          const cut = <T>(items: readonly T[]) => items.slice(2 * pair, 2 * pair + 2);
          const options = {
            lengths: cut(rest.lengths),
            responseStarts: cut(rest.responseStarts),
            referenceSums: cut(rest.referenceSums),
            weight: 1 / pairs,
          };
          return objectives[name](options)(cut(logprobs));
        });
        expect(parts.reduce((sum, part) => sum + part.loss, 0)).toBeCloseTo(whole.loss, 6);
        const gradients = parts.flatMap((part) => part.gradients.map((row) => [...row]));
        whole.gradients.forEach((row, at) => {
          row.forEach((value, index) => {
            expect(gradients[at]![index]).toBeCloseTo(value, 6);
          });
        });
      }),
      { numRuns: 25 },
    );
  });

  it.each(names)("%s stays finite at certainty and at log-probabilities of −10^4", (name) => {
    const options = { ...sequenceOf([1, 1], 1), referenceSums: [-1, -1] };
    for (const [chosen, rejected] of [
      [0, -1e4],
      [-1e4, 0],
      [0, 0],
    ] as const) {
      const result = objectives[name](options)([Float32Array.of(chosen), Float32Array.of(rejected)]);
      expect(Number.isFinite(result.loss)).toBe(true);
      expect(result.gradients.flatMap((row) => [...row]).every(Number.isFinite)).toBe(true);
    }
  });

  it("reports margin, accuracy and mean log-probabilities", () => {
    const objective = objectives.simpo({ ...sequenceOf([2, 1, 1, 2], 2), beta: 2, gamma: 0.25 });
    const logprobs = [
      [-9, -1, -2],
      [-9, -2],
      [-9, -4],
      [-9, -1, -1],
    ].map((row) => Float32Array.from(row));
    const { loss, metrics } = objective(logprobs);
    // Margins by hand: 2 · (−1.5 + 2) = 1 and 2 · (−4 + 1) = −6.
    expect(loss).toBeCloseTo((Math.log1p(Math.exp(-0.75)) + Math.log1p(Math.exp(6.25))) / 2, 12);
    expect(metrics).toEqual({
      margin: -2.5,
      accuracy: 0.5,
      chosenLogprob: -2.75,
      rejectedLogprob: -1.5,
      supervisedLoss: 2.75,
    });
  });

  it("adds the supervised term on chosen responses when asked", () => {
    const options = sequenceOf([2, 1], 1);
    const logprobs = [Float32Array.of(-1, -3), Float32Array.of(-2)];
    const difference =
      objectives.simpo({ ...options, supervisedWeight: 0.5 })(logprobs).loss -
      objectives.simpo(options)(logprobs).loss;
    expect(difference).toBeCloseTo(0.5 * 2, 12);
  });

  it.each([
    ["no pair", { lengths: [], responseStarts: [] }],
    ["half a pair", { lengths: [3], responseStarts: [1] }],
    ["a start too few", { lengths: [3, 3], responseStarts: [1] }],
    ["a response without a token before it", { lengths: [3, 3], responseStarts: [1, 0] }],
    ["an empty response", { lengths: [3, 3], responseStarts: [1, 3] }],
  ])("refuses %s", (_, options) => {
    expect(() => objectives.simpo(options)).toThrow(InputError);
  });

  it("refuses log-probabilities of another batch, and reference sums that do not fit", () => {
    const options = sequenceOf([1, 1], 2);
    const objective = objectives.simpo(options);
    expect(() => objective([new Float32Array(2)])).toThrow(InputError);
    expect(() => objective([new Float32Array(2), new Float32Array(3)])).toThrow(/Sequence 1/);
    expect(() => objectives.dpo({ ...options, referenceSums: [1] })).toThrow(InputError);
  });

  it("lays out pairs as chosen and rejected in turn", () => {
    expect(layoutPairs([{ prefix: [1, 2], chosen: [3], rejected: [4, 5] }])).toEqual({
      sequences: [
        [1, 2, 3],
        [1, 2, 4, 5],
      ],
      lengths: [3, 4],
      responseStarts: [2, 2],
    });
  });
});

describe("objectives.supervised", () => {
  const logprobs = [Float32Array.of(-1, -2, -4), Float32Array.of(-8)];
  const masks = [
    [1, 0, 1, 1],
    [0, 1],
  ];

  it.each([
    ["token", (2 + 4 + 8) / 3],
    ["sequence", (3 + 8) / 2],
  ] as const)("averages by %s", (reduction, expected) => {
    const objective = objectives.supervised({ masks, reduction });
    expect(objective(logprobs).loss).toBeCloseTo(expected, 12);
    checkGradients(objective, logprobs);
    checkReads(objective, logprobs);
    expect(objective.linearGradients).toEqual(objective(logprobs).gradients);
  });

  it("averages by token unless told otherwise, takes boolean masks, scales with weight", () => {
    const truths = masks.map((mask) => mask.map(Boolean));
    expect(objectives.supervised({ masks: truths, weight: 3 })(logprobs).loss).toBeCloseTo(14, 12);
  });

  it("has loss 0 where nothing is trained, also with a sequence of one token", () => {
    const result = objectives.supervised({ masks: [[0, 0], [1]] })([
      Float32Array.of(-5),
      new Float32Array(0),
    ]);
    expect(result).toEqual({
      loss: 0,
      gradients: [Float32Array.of(0), new Float32Array(0)],
      metrics: { trainedTokens: 0 },
    });
  });

  it("refuses log-probabilities that do not fit the masks", () => {
    expect(() => objectives.supervised({ masks })([Float32Array.of(-1, -2), Float32Array.of(-8)])).toThrow(
      InputError,
    );
  });
});
