/** A benchmark's summary → what the page shows of it: figures, and deficiencies by category and by function. */
import type { BfclSummary } from "../tasks/bfcl/index.js";
import type { BenchmarkView } from "./report-data.js";

/** Functions that are shown: those with the most failed items. */
const MOST_TOOLS = 60;

/** The view of an evaluation on BFCL. */
export function bfclView(summary: BfclSummary): BenchmarkView {
  const { valid, judged, scores, categories, deficienciesByCategory, deficienciesByTool } = summary;
  const tools = Object.entries(deficienciesByTool).map(([name, deficiencies]) => ({ name, deficiencies }));
  return {
    name: "BFCL",
    correct: valid,
    total: judged,
    figures: [
      ...scores.v4.filter(isNamed).map((figure) => ({ ...figure, group: "Leaderboard of 2026" })),
      ...scores.v3.filter(isNamed).map((figure) => ({ ...figure, group: "At the paper's time" })),
    ],
    categories: categories.map(({ category, correct, total }) => ({
      name: category,
      correct,
      total,
      deficiencies: deficienciesByCategory[category] ?? {},
    })),
    tools: tools.slice(0, MOST_TOOLS),
    omittedTools: Math.max(0, tools.length - MOST_TOOLS),
  };
}

/** Figures have names for people; the others are categories, which have a table of their own. */
function isNamed({ name }: { readonly name: string }): boolean {
  return /^[A-Z]/.test(name);
}
