import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeText, inventRun } from "../../test/fixtures/report-run.js";
import type { SearchNode, SearchTree, StepRecord } from "../spec/index.js";
import { buildReportData } from "./build-report-data.js";
import { clipText } from "./clip-text.js";
import { createCurveBuilder } from "./curve.js";
import { summarizePerplexity } from "./perplexity-change.js";
import type { ReportInput } from "./report-input.js";
import { pairsPerRound, treesPerRound } from "./round-view.js";
import { largestSiblingGap, nodesPerTree, toTreeView } from "./tree-view.js";

const run = inventRun({ rounds: 2, treesPerRound: 40, warmupSteps: 50 });
const empty: ReportInput = {
  title: "empty",
  settings: {},
  evaluations: [],
  comparisons: [],
  steps: [],
  perplexities: [],
  trees: [],
  pairs: [],
  rejections: [],
  stages: [],
  decode: () => "",
};

describe("buildReportData", () => {
  it("counts all and shows a handful of each round", async () => {
    const { rounds } = await buildReportData(run);
    expect(rounds.map(({ round, trees, nodes, pairs }) => [round, trees, nodes, pairs])).toEqual([
      [1, 40, 400, 40],
      [2, 40, 400, 40],
    ]);
    expect(rounds.map(({ shownTrees, shownPairs }) => [shownTrees.length, shownPairs.length])).toEqual(
      rounds.map(() => [treesPerRound, pairsPerRound]),
    );
  });

  it("shows the same trees and pairs in whatever order they come", async () => {
    const again = inventRun({ rounds: 2, treesPerRound: 40, warmupSteps: 50 });
    const reversed = {
      ...again,
      trees: [...rowsOf(again.trees)].reverse(),
      pairs: [...rowsOf(again.pairs)].reverse(),
    };
    const fresh = inventRun({ rounds: 2, treesPerRound: 40, warmupSteps: 50 });
    expect((await buildReportData(reversed)).rounds).toEqual((await buildReportData(fresh)).rounds);
  });

  it("splits a pair's prefix into prompt and response", async () => {
    const pair = (await buildReportData(run)).rounds[0]!.shownPairs[0]!;
    expect(pair.prompt.head).toMatch(/^<\|system\|>.*<\|assistant\|>$/s);
    expect(pair.prefix.head).toBe('[Reserve Table(venue="Harbour Café", ');
    expect(pair.gold?.head).toContain("Reserve Table(");
  });

  it("is whole JSON: nothing is lost by writing and reading it", async () => {
    const data = await buildReportData(run);
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
  });

  it("takes a run of nothing", async () => {
    expect(await buildReportData(empty)).toEqual({
      version: 1,
      title: "empty",
      facts: [],
      evaluations: [],
      comparisons: [],
      benchmarks: [],
      training: [],
      perplexities: [],
      rounds: [],
      imports: { sources: [], rejected: 0, rules: [] },
      stages: [],
      settings: {},
    });
  });

  it("groups rows set aside by rule, most frequent first, and keeps where they are", async () => {
    const { rejected, rules } = (await buildReportData(run)).imports;
    expect([rejected, ...rules.map(({ rule, count, shown }) => [rule, count, shown.length])]).toEqual([
      44,
      ["too-long", 31, 5],
      ["unclosed-bracket", 12, 5],
      ["tools-unreadable", 1, 1],
    ]);
    expect(rules[2]!.shown[0]).toMatchObject({ file: "data/train.jsonl", row: 6021, field: "system" });
  });
});

describe("training curves", () => {
  const step = (stage: string, number: number, metrics: Record<string, number> = {}): StepRecord => ({
    kind: "step",
    stage,
    step: number,
    loss: number,
    learningRate: 0.1,
    gradientNorm: 2,
    tokens: 10,
    metrics,
  });

  it("keeps stages in their order and metrics in a fixed one", async () => {
    const steps = [step("warmup", 1), step("round-01/prefer", 1, { margin: 3, accuracy: 1 })];
    const { training } = await buildReportData({ ...empty, steps });
    expect(training.map(({ stage, curves }) => [stage, ...curves.map(({ metric }) => metric)])).toEqual([
      ["warmup", "loss", "gradientNorm", "learningRate"],
      ["round-01/prefer", "loss", "accuracy", "margin", "gradientNorm", "learningRate"],
    ]);
  });

  it("counts a step that a resumed run wrote again once", async () => {
    const steps = [1, 2, 3, 2, 3, 4].map((number) => step("warmup", number));
    const [stage] = (await buildReportData({ ...empty, steps })).training;
    expect(stage).toMatchObject({ steps: 4, tokens: 40 });
    expect(stage!.curves[0]!.steps).toEqual([1, 2, 3, 4]);
  });

  it("thins a series without changing its mean or extremes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 200 }),
        (values) => {
          const builder = createCurveBuilder(8);
          for (const [index, value] of values.entries()) builder.add(index + 1, value);
          const { means, steps, range } = builder.build("loss");
          expect(means.length).toBeLessThanOrEqual(8);
          expect(steps).toEqual([...steps].sort((left, right) => left - right));
          expect(Math.max(...(range?.highs ?? means))).toBe(Math.max(...values));
          expect(Math.min(...(range?.lows ?? means))).toBe(Math.min(...values));
          if (range === undefined) expect(means).toEqual(values);
        },
      ),
    );
  });

  it("gives every point the same number of steps", () => {
    const builder = createCurveBuilder(4);
    for (let index = 1; index <= 16; index++) builder.add(index, index);
    expect(builder.build("loss")).toEqual({
      metric: "loss",
      steps: [2.5, 6.5, 10.5, 14.5],
      means: [2.5, 6.5, 10.5, 14.5],
      range: { lows: [1, 5, 9, 13], highs: [4, 8, 12, 16] },
      notFinite: 0,
    });
  });

  it("counts values that are not finite", () => {
    const builder = createCurveBuilder();
    const values = [1, Number.NaN, Number.POSITIVE_INFINITY, 2];
    for (const [index, value] of values.entries()) builder.add(index + 1, value);
    expect(builder.build("loss")).toMatchObject({ means: [1, 2], steps: [1, 4], notFinite: 2 });
  });
});

describe("perplexity", () => {
  it("gives quantiles, the geometric mean and the share that fell", () => {
    const change = summarizePerplexity({ round: 1, before: [1, 2, 4, 8, 16], after: [1, 1, 2, 9, 4] });
    expect(change.before.quantiles[2]).toBe(4);
    expect(change.before.geometricMean).toBeCloseTo(4, 12);
    expect(change.fell).toBeCloseTo(3 / 5, 12);
  });

  it("counts rows without a finite perplexity and leaves them out", () => {
    const change = summarizePerplexity({ round: 1, before: [2, Number.POSITIVE_INFINITY], after: [1, 1] });
    expect(change).toMatchObject({ before: { count: 1, notFinite: 1 }, fell: 1 });
  });

  it("has no share without a second scoring", () => {
    expect(summarizePerplexity({ round: 1, before: [2] })).not.toHaveProperty("fell");
  });
});

describe("trees", () => {
  const [tree] = rowsOf(inventRun({ rounds: 1, treesPerRound: 1, warmupSteps: 0 }).trees);
  const decode = (ids: readonly number[]): string => String.fromCodePoint(...ids);

  it.each([
    [[], 0],
    [[0.5], 0],
    [[0.5, -0.25, 0.1], 0.75],
  ])("the largest gap between siblings with Q %j is %d", (values, gap) => {
    expect(largestSiblingGap(starOf(values))).toBeCloseTo(gap, 12);
  });

  it("cuts a large tree to the most visited nodes, with their ancestors", () => {
    const large = starOf(Array.from({ length: 200 }, (_, index) => index / 200));
    const view = toTreeView(large, { decode });
    expect(view.nodes).toHaveLength(nodesPerTree);
    expect(view.omitted).toBe(201 - nodesPerTree);
    const ids = new Set(view.nodes.map(({ id }) => id));
    expect(view.nodes.every(({ parent }) => parent === null || ids.has(parent))).toBe(true);
  });

  it("decodes prompt and continuation", () => {
    const view = toTreeView(tree!, { decode });
    expect(view.prompt.head).toContain("Harbour Café");
    expect(view.nodes[1]!.continuation.head).toBe('time="19:00", people=4)]');
  });

  function starOf(values: readonly number[]): SearchTree {
    const root = tree!.nodes[0]!;
    const leaf = tree!.nodes[1]!;
    const leaves = values.map(
      (q, index): SearchNode => ({ ...leaf, id: index + 1, parent: 0, q, visits: index }),
    );
    return {
      exampleId: "star",
      round: 1,
      prompt: encodeText("p"),
      nodes: [{ ...root, visits: 1000 }, ...leaves],
    };
  }
});

describe("clipText", () => {
  it.each([
    ["short", 10, { head: "short", omitted: 0, tail: "" }],
    ["abcdefghi", 6, { head: "abcd", omitted: 3, tail: "hi" }],
    ["abc😀efg😀", 6, { head: "abc", omitted: 5, tail: "😀" }],
  ])("%j in %d", (text, limit, expected) => {
    expect(clipText(text, limit)).toEqual(expected);
  });

  it("never makes a lone surrogate and always adds up", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, limit) => {
        const { head, omitted, tail } = clipText(text, limit);
        expect(head.length + omitted + tail.length).toBe(text.length);
        expect(head + text.slice(head.length, head.length + omitted) + tail).toBe(text);
        expect(() => encodeURIComponent(head) + encodeURIComponent(tail)).not.toThrow();
      }),
    );
  });
});

function rowsOf<T>(rows: Iterable<T> | AsyncIterable<T>): Iterable<T> {
  if (Symbol.iterator in rows) return rows;
  throw new Error("the fixture is in memory");
}
