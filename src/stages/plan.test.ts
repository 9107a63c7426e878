import { describe, expect, it } from "vitest";
import type { DataRecord } from "./data-tally.js";
import { planRun } from "./plan.js";
import { parseRecipe } from "./recipe.js";

const text = `
name: a
model: m
data: { source: toolworld }
rounds: 2
warmup: { epochs: 3, batchRows: 8 }
rank: { share: 0.1 }
explore: { samples: 4, iterations: 5, simulation: sampled-continuation }
prefer: { epochs: 2, batchRows: 10 }
`;

const counts = { difficulties: { easy: 0, medium: 0, hard: 0 }, categories: {}, longest: 0 };
const data: DataRecord = {
  sources: [],
  train: { ...counts, examples: 1000, tokens: 200_000, responseTokens: 40_000 },
  evaluation: { ...counts, examples: 100, tokens: 20_000, responseTokens: 3_000 },
  rejections: {},
};

function plan(...overrides: string[]) {
  return planRun(parseRecipe({ file: "r", text, overrides }), data);
}

function stage(name: string, ...overrides: string[]) {
  return plan(...overrides).stages.find((candidate) => candidate.stage === name);
}

describe("planRun", () => {
  it("lists the stages of a run in order", () => {
    expect(plan().stages.map((planned) => planned.stage)).toEqual([
      "base/evaluate",
      "warmup",
      "warmup/evaluate",
      ...["round-01", "round-02"].flatMap((round) =>
        ["rank", "explore", "prefer", "evaluate"].map((name) => `${round}/${name}`),
      ),
    ]);
  });

  it.each([
    ["base/evaluate", { rows: 100, scoredTokens: 17_000, sampledTokens: 3_000, steps: 0 }],
    ["warmup", { rows: 1000, trainedTokens: 600_000, steps: 375 }],
    ["round-01/rank", { rows: 1000, scoredTokens: 200_000 }],
    // 100 trees of 5 expansions: each reads a prompt of 160 tokens once and writes 4 samples of 40.
    ["round-01/explore", { rows: 100, scoredTokens: 80_000, sampledTokens: 80_000, atMost: true }],
    // A pair at most for each expansion; two sequences of 200 tokens each; two passes; hard rows scored again.
    [
      "round-01/prefer",
      { rows: 500, steps: 100, trainedTokens: 400_000, scoredTokens: 20_000, atMost: true },
    ],
  ])("counts the work of %s", (name, expected) => {
    expect(stage(name)).toMatchObject(expected);
  });

  it.each([
    [["warmup.share=0.5"], "warmup", { rows: 500, steps: 188 }],
    [["rank.maximumRows=7"], "round-02/explore", { rows: 7 }],
    [["pair.maximumPairs=30"], "round-01/prefer", { rows: 30, steps: 6 }],
    [["pair.maximumPairsPerTree=2"], "round-01/prefer", { rows: 200 }],
    [["explore.simulation=separate"], "round-01/explore", { scoredTokens: 400_000, sampledTokens: 160_000 }],
  ])("follows --set %j", (overrides, name, expected) => {
    expect(stage(name, ...overrides)).toMatchObject(expected);
  });

  it("leaves out what the recipe leaves out", () => {
    const names = plan("rounds=0", "evaluate.policies=[warmup]").stages.map((planned) => planned.stage);
    expect(names).toEqual(["warmup", "warmup/evaluate"]);
  });

  it("gives the time by measured speeds, and none without", () => {
    expect(stage("warmup")?.seconds).toBeUndefined();
    const recipe = parseRecipe({ file: "r", text, overrides: ["rounds=0", "evaluate.policies=[base]"] });
    const timed = planRun(recipe, data, { score: 1000, train: 600, sample: 100 });
    expect(timed.stages.map(({ seconds }) => seconds)).toEqual([17 + 30, 1000]);
    expect(timed.total.seconds).toBeCloseTo(1047);
  });

  it("of no data is no work", () => {
    const none = { ...counts, examples: 0, tokens: 0, responseTokens: 0 };
    const recipe = parseRecipe({ file: "r", text });
    const { total } = planRun(recipe, { ...data, train: none, evaluation: none });
    expect(total).toMatchObject({ scoredTokens: 0, trainedTokens: 0, sampledTokens: 0, steps: 0 });
  });
});
