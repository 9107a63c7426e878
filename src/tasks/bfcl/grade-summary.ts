/** What verdicts amount to: scores of both versions, and deficiencies by category and tool. */
import type { Deficiency } from "../../spec/index.js";
import { BFCL_CATEGORIES, type BfclCategory, CATEGORY_SIZES } from "./category.js";
import type { CountedFault } from "./deficiency.js";
import { type BfclFigure, type CategoryCounts, scoreFigures } from "./scores.js";

/** The document that `--json` writes. */
export interface BfclSummary {
  readonly valid: number;
  readonly judged: number;
  /** Lines whose id is not in the data, or that have no result. */
  readonly unknown: number;
  /** Valid lines without the official code's quirks; with `--strict` only. */
  readonly strictValid?: number;
  readonly categories: readonly CategoryScore[];
  /** Figures of the paper's time and of today's leaderboard; those that lack a category are absent. */
  readonly scores: { readonly v3: readonly BfclFigure[]; readonly v4: readonly BfclFigure[] };
  /** Failed lines by official error type. */
  readonly errorTypes: Readonly<Record<string, number>>;
  /** Failed lines by class. */
  readonly deficiencies: Readonly<Partial<Record<Deficiency, number>>>;
  readonly deficienciesByCategory: Readonly<
    Partial<Record<BfclCategory, Readonly<Partial<Record<Deficiency, number>>>>>
  >;
  /** By the function that the first fault concerns. */
  readonly deficienciesByTool: Readonly<Record<string, Readonly<Partial<Record<Deficiency, number>>>>>;
}

/** Right and judged lines of a category, and how many items it has. */
export interface CategoryScore {
  readonly category: BfclCategory;
  readonly correct: number;
  readonly total: number;
  readonly items: number;
}

/** What a summary is made of. */
export interface SummaryParts {
  readonly counts: CategoryCounts;
  readonly faults: readonly CountedFault[];
  readonly unknown: number;
  readonly strictValid: number | undefined;
}

/** Seed of the bootstrap: fixed, so that the same verdicts give the same intervals. */
const SEED = 0;

/** The summary of verdicts. */
export function summarise({ counts, faults, unknown, strictValid }: SummaryParts): BfclSummary {
  const categories = BFCL_CATEGORIES.flatMap((category) => {
    const count = counts.get(category);
    return count === undefined ? [] : [{ category, ...count, items: CATEGORY_SIZES[category] }];
  });
  const judged = categories.reduce((sum, { total }) => sum + total, 0);
  return {
    valid: judged - faults.length,
    judged,
    unknown,
    ...(strictValid === undefined ? {} : { strictValid }),
    categories,
    scores: {
      v3: scoreFigures("v3", counts, { seed: SEED }),
      v4: scoreFigures("v4", counts, { seed: SEED }),
    },
    errorTypes: countBy(faults, ({ type }) => type),
    deficiencies: countBy(faults, ({ deficiency }) => deficiency),
    deficienciesByCategory: nested(faults, ({ category }) => category),
    deficienciesByTool: nested(faults, ({ tool }) => tool),
  };
}

/** How often each name occurs, most often first. */
function countBy<T>(items: readonly T[], nameOf: (item: T) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return Object.fromEntries(
    [...counts].sort(([one, more], [other, most]) => most - more || (one < other ? -1 : 1)),
  );
}

function nested(
  faults: readonly CountedFault[],
  nameOf: (fault: CountedFault) => string | undefined,
): Record<string, Record<string, number>> {
  const groups = new Map<string, CountedFault[]>();
  for (const fault of faults) {
    const name = nameOf(fault);
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), fault]);
  }
  const sorted = [...groups].sort(
    ([one, ones], [other, others]) => others.length - ones.length || (one < other ? -1 : 1),
  );
  return Object.fromEntries(
    sorted.map(([name, group]) => [name, countBy(group, ({ deficiency }) => deficiency)]),
  );
}

/** The summary as text. */
export function renderBfclSummary(summary: BfclSummary): string {
  const { valid, judged, unknown, strictValid } = summary;
  return [
    `${valid} of ${judged} results are right.`,
    ...(strictValid === undefined ? [] : [`Without the official evaluator's quirks: ${strictValid}.`]),
    ...(unknown === 0 ? [] : [`${unknown} lines have an id that is not in the data, or no result.`]),
    ...figureLines("Leaderboard of 2026 (v4)", summary.scores.v4),
    ...figureLines(
      "At the paper's time (v3)",
      summary.scores.v3.filter(({ name }) => /^[A-Z]/.test(name)),
    ),
    "",
    "Deficiencies of failed results",
    ...Object.entries(summary.deficiencies).map(
      ([name, count]) => `  ${name.padEnd(24)}${String(count).padStart(7)}`,
    ),
  ].join("\n");
}

function figureLines(title: string, figures: readonly BfclFigure[]): string[] {
  if (figures.length === 0) return [];
  const percent = (share: number) => (100 * share).toFixed(2).padStart(7);
  const lines = figures.map(
    ({ name, accuracy, low, high }) =>
      `  ${name.padEnd(24)}${percent(accuracy)}   [${percent(low)},${percent(high)} ]`,
  );
  return ["", `${title}, percent with 95 % intervals`, ...lines];
}
