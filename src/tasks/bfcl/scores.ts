/**
 * The leaderboard's figures. Each figure is a mean of others; one whose parts were not all run is absent, where the
 * official code would count the missing part as 0.
 */
import { quantileSorted } from "simple-statistics";
import { createRandom, deriveSeed, type Random } from "../../method/random.js";
import { BFCL_CATEGORIES, type BfclCategory } from "./category.js";

/** Which formulas: `v3` is the paper's, `v4` the leaderboard's of 2026. */
export type ScoreVersion = "v3" | "v4";

/** Right and all items of a category. */
export interface CategoryCount {
  readonly correct: number;
  readonly total: number;
}

/** Counts of the categories that were run. */
export type CategoryCounts = ReadonlyMap<BfclCategory, CategoryCount>;

/** A share with its 95 % bootstrap interval. */
export interface BfclFigure {
  readonly name: string;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

/** Figures that a version shows, in the order of the leaderboard's table. */
const FIGURES: Readonly<Record<ScoreVersion, readonly string[]>> = {
  v3: ["Overall", "Non-live", "Non-live AST", "Simple", "Live", "Multi-turn", "Relevance", "Irrelevance"],
  v4: ["Overall, agentic 0", "Non-live AST", "Simple", "Live", "Multi-turn", "Relevance", "Irrelevance"],
};

/** The value of a figure, or `undefined` where a part of it was not run. */
export function figureOf(name: string, version: ScoreVersion, counts: CategoryCounts): number | undefined {
  return new Formulas(version, counts).value(name);
}

class Formulas {
  readonly #version: ScoreVersion;
  readonly #counts: CategoryCounts;

  constructor(version: ScoreVersion, counts: CategoryCounts) {
    this.#version = version;
    this.#counts = counts;
  }

  value(name: string): number | undefined {
    switch (name) {
      case "Overall":
        return this.#mean(["Live", "Non-live", "Multi-turn"]);
      case "Overall, agentic 0":
        return this.#weighted([
          ["Non-live AST", 0.1],
          ["Live", 0.1],
          ["Irrelevance", 0.1],
          ["Multi-turn", 0.3],
        ]);
      case "Non-live":
        return this.#mean(["Simple", "multiple", "parallel", "parallel_multiple", "irrelevance"]);
      case "Non-live AST":
        return this.#mean(["Simple", "multiple", "parallel", "parallel_multiple"]);
      case "Simple":
        return this.#mean(["simple_python", "simple_java", "simple_javascript"]);
      case "Live":
        return this.#pooled(this.#version === "v3" ? [...LIVE, "live_irrelevance", "live_relevance"] : LIVE);
      case "Multi-turn":
        return this.#mean(BFCL_CATEGORIES.filter((category) => category.startsWith("multi_turn")));
      case "Relevance":
        return this.value("live_relevance");
      case "Irrelevance":
        return this.#mean(["irrelevance", "live_irrelevance"]);
      default:
        return this.#accuracy(name);
    }
  }

  #accuracy(name: string): number | undefined {
    const category = BFCL_CATEGORIES.find((known) => known === name);
    const count = category === undefined ? undefined : this.#counts.get(category);
    return count === undefined || count.total === 0 ? undefined : count.correct / count.total;
  }

  #mean(names: readonly string[]): number | undefined {
    return this.#weighted(names.map((name) => [name, 1 / names.length]));
  }

  #weighted(parts: readonly (readonly [name: string, weight: number])[]): number | undefined {
    let sum = 0;
    for (const [name, weight] of parts) {
      const value = this.value(name);
      if (value === undefined) return undefined;
      sum += value * weight;
    }
    return sum;
  }

  /** Every item counts the same. */
  #pooled(categories: readonly BfclCategory[]): number | undefined {
    const counts = categories.map((category) => this.#counts.get(category));
    if (counts.some((count) => count === undefined || count.total === 0)) return undefined;
    const sum = (of: "correct" | "total") => counts.reduce((total, count) => total + count![of], 0);
    return sum("correct") / sum("total");
  }
}

const LIVE: readonly BfclCategory[] = [
  "live_simple",
  "live_multiple",
  "live_parallel",
  "live_parallel_multiple",
];

/** How the intervals are drawn. */
export interface ScoreOptions {
  readonly seed: number;
  /** @default 1000 */
  readonly resamples?: number;
}

/**
 * The figures that can be computed, then every category that was run, with percentile bootstrap intervals: items are
 * drawn with replacement within their category.
 */
export function scoreFigures(
  version: ScoreVersion,
  counts: CategoryCounts,
  { seed, resamples = 1000 }: ScoreOptions,
): BfclFigure[] {
  const names = [...FIGURES[version], ...BFCL_CATEGORIES].filter(
    (name) => figureOf(name, version, counts) !== undefined,
  );
  const drawn = new Map(names.map((name) => [name, new Float64Array(resamples)]));
  const random = createRandom(deriveSeed(seed, "bfcl", version));
  for (let index = 0; index < resamples; index++) {
    const formulas = new Formulas(version, resample(counts, random));
    for (const name of names) drawn.get(name)![index] = formulas.value(name)!;
  }
  return names.map((name) => {
    const sorted = [...drawn.get(name)!].sort((one, other) => one - other);
    const accuracy = figureOf(name, version, counts)!;
    return { name, accuracy, low: quantileSorted(sorted, 0.025), high: quantileSorted(sorted, 0.975) };
  });
}

function resample(counts: CategoryCounts, random: Random): CategoryCounts {
  const drawn = new Map<BfclCategory, CategoryCount>();
  for (const [category, { correct, total }] of counts) {
    let hits = 0;
    for (let item = 0; item < total; item++) if (random.integer(total) < correct) hits++;
    drawn.set(category, { correct: hits, total });
  }
  return drawn;
}
