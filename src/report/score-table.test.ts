import { describe, expect, it } from "vitest";
import { inventRun } from "../../test/fixtures/report-run.js";
import type { EvaluationRecord, Score } from "../spec/index.js";
import { categoryLabel, deficiencyLabels, deficiencyOrder, policyLabel, stageLabel } from "./labels.js";
import { scoreTable } from "./score-table.js";
import { renderScoreTable } from "./score-text.js";

const score = (name: string, correct: number, total: number, low: number, high: number): Score => ({
  name,
  correct,
  total,
  accuracy: correct / total,
  low,
  high,
});

const evaluation = (policy: string, categories: readonly Score[]): EvaluationRecord => ({
  policy,
  overall: score("overall", 50, 100, 0.4, 0.6),
  categories,
  tags: [],
  deficiencies: {},
});

describe("scoreTable", () => {
  it("orders the categories, and leaves a cell empty where a policy was not scored", () => {
    const table = scoreTable(
      [
        evaluation("base", [score("refusal", 1, 10, 0, 0.4), score("own", 1, 1, 1, 1)]),
        evaluation("round-02", [score("single", 0, 10, 0, 0.3)]),
      ],
      [],
    );
    expect(table.columns.map(({ label }) => label)).toEqual(["Single call", "Refusals", "own", "Overall"]);
    expect(table.rows.map(({ label, cells }) => [label, ...cells.map((cell) => cell?.correct)])).toEqual([
      ["Base", undefined, 1, 1, 50],
      ["Round 2", 0, undefined, undefined, 50],
    ]);
  });

  it.each([
    [0.02, 0.01, 0.03, "better"],
    [-0.02, -0.03, -0.01, "worse"],
    [0.02, -0.01, 0.03, "undecided"],
    [0.02, 0, 0.03, "undecided"],
  ])("a difference of %d in [%d, %d] is %s", (difference, low, high, verdict) => {
    const table = scoreTable([], [{ from: "base", to: "warmup", difference, low, high }]);
    expect(table.differences[0]).toMatchObject({ verdict, label: "Base → Warm-up" });
  });
});

describe("renderScoreTable", () => {
  it("aligns everything", () => {
    const records = [
      evaluation("base", [score("single", 4, 100, 0.012, 0.081), score("parallel", 10, 40, 0.12, 0.41)]),
      evaluation("warmup", [score("single", 100, 100, 0.964, 1)]),
    ];
    const comparisons = [
      { from: "base", to: "warmup", difference: 0.123, low: 0.101, high: 0.145 },
      { from: "warmup", to: "round-01", difference: -0.0001, low: -0.02, high: 0.02 },
    ];
    expect(renderScoreTable(scoreTable(records, comparisons))).toBe(
      [
        "Percent right, with the 95 % interval.",
        "",
        "                                     Multiple and",
        "                  Single call            parallel             Overall",
        "Rows                      100                  40                 100",
        "Base        4.0 [ 1.2,   8.1]   25.0 [12.0, 41.0]   50.0 [40.0, 60.0]",
        "Warm-up   100.0 [96.4, 100.0]                   –   50.0 [40.0, 60.0]",
        "",
        "Paired difference on the same rows, in percentage points, with the 95 % interval.",
        "",
        "Base → Warm-up      +12.3 [+10.1, +14.5]   better",
        "Warm-up → Round 1     0.0 [ -2.0,  +2.0]   not decided",
        "",
      ].join("\n"),
    );
  });

  it("says so when nothing has been run", () => {
    expect(renderScoreTable(scoreTable([], []))).toBe("No evaluation has been run.\n");
  });

  it("has one width for all lines of a table and fits a wide terminal", () => {
    const run = inventRun({ rounds: 10, treesPerRound: 0, warmupSteps: 0 });
    const text = renderScoreTable(scoreTable(run.evaluations, run.comparisons));
    const lines = text.split("\n").filter((line) => /^(Base|Warm-up|Round \d+) +\d/.test(line));
    expect(lines).toHaveLength(12);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[0]!.length).toBeLessThanOrEqual(120);
  });
});

describe("labels", () => {
  it.each([
    ["base", "Base"],
    ["warmup", "Warm-up"],
    ["round-01", "Round 1"],
    ["round-12", "Round 12"],
    ["other", "other"],
  ])("policy %s is %s", (policy, label) => expect(policyLabel(policy)).toBe(label));

  it.each([
    ["pretrain", "Pre-training"],
    ["warmup", "Warm-up"],
    ["round-01/prefer", "Round 1, prefer"],
  ])("stage %s is %s", (stage, label) => expect(stageLabel(stage)).toBe(label));

  it("calls parallel what it is where multiple stands apart", () => {
    expect(categoryLabel("parallel", ["parallel"])).toBe("Multiple and parallel");
    expect(categoryLabel("parallel", ["parallel", "multiple"])).toBe("Parallel");
  });

  it("orders every deficiency class", () => {
    expect([...deficiencyOrder].sort()).toEqual(Object.keys(deficiencyLabels).sort());
  });
});
