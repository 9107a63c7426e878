import { describe, expect, it } from "vitest";
import type { BfclSummary } from "../tasks/bfcl/index.js";
import { bfclView } from "./benchmark-view.js";

const figure = (name: string) => ({ name, accuracy: 0.5, low: 0.4, high: 0.6 });

describe("bfclView", () => {
  it("keeps figures for people, all categories, and the functions with the most failures", () => {
    const tools = Object.fromEntries(
      Array.from({ length: 70 }, (_, index) => [`f${index}`, { "argument-value": 70 - index }]),
    );
    const summary: BfclSummary = {
      valid: 1,
      judged: 3,
      unknown: 0,
      categories: [{ category: "simple_python", correct: 1, total: 3, items: 400 }],
      scores: { v3: [figure("Live")], v4: [figure("Live"), figure("simple_python")] },
      errorTypes: {},
      deficiencies: { "argument-value": 2 },
      deficienciesByCategory: { simple_python: { "argument-value": 2 } },
      deficienciesByTool: tools,
    };
    const view = bfclView(summary);
    expect(view).toMatchObject({ name: "BFCL", correct: 1, total: 3, omittedTools: 10 });
    expect(view.figures.map(({ name, group }) => [name, group])).toEqual([
      ["Live", "Leaderboard of 2026"],
      ["Live", "At the paper's time"],
    ]);
    expect(view.categories).toEqual([
      { name: "simple_python", correct: 1, total: 3, deficiencies: { "argument-value": 2 } },
    ]);
    expect(view.tools).toHaveLength(60);
    expect(view.tools[0]).toEqual({ name: "f0", deficiencies: { "argument-value": 70 } });
  });
});
