/** The benchmark's categories and what their names say. */
import type { CallLanguage } from "./decode/call.js";

/** A category of items. */
export type BfclCategory = (typeof BFCL_CATEGORIES)[number];

/** All categories, in the leaderboard's order. */
export const BFCL_CATEGORIES = [
  "simple_python",
  "simple_java",
  "simple_javascript",
  "multiple",
  "parallel",
  "parallel_multiple",
  "irrelevance",
  "live_simple",
  "live_multiple",
  "live_parallel",
  "live_parallel_multiple",
  "live_irrelevance",
  "live_relevance",
  "multi_turn_base",
  "multi_turn_miss_func",
  "multi_turn_miss_param",
  "multi_turn_long_context",
] as const;

/** How the items of a category are judged. */
export type JudgingKind = "calls" | "irrelevance" | "relevance" | "multi-turn";

/** How many items each category has. */
export const CATEGORY_SIZES: Readonly<Record<BfclCategory, number>> = {
  simple_python: 400,
  simple_java: 100,
  simple_javascript: 50,
  multiple: 200,
  parallel: 200,
  parallel_multiple: 200,
  irrelevance: 240,
  live_simple: 258,
  live_multiple: 1053,
  live_parallel: 16,
  live_parallel_multiple: 24,
  live_irrelevance: 884,
  live_relevance: 16,
  multi_turn_base: 200,
  multi_turn_miss_func: 200,
  multi_turn_miss_param: 200,
  multi_turn_long_context: 200,
};

/** The category of an item's id, `<category>_<number>` with more numbers in the live ones. */
export function categoryOf(id: string): BfclCategory | undefined {
  const name = /^(.+?)_\d+(?:-\d+-\d+)?$/.exec(id)?.[1];
  return BFCL_CATEGORIES.find((category) => category === name);
}

/** How a category is judged. */
export function judgingOf(category: BfclCategory): JudgingKind {
  if (category.startsWith("multi_turn")) return "multi-turn";
  if (category.includes("irrelevance")) return "irrelevance";
  return category.includes("relevance") ? "relevance" : "calls";
}

/** The language of a category's calls. */
export function languageOf(category: BfclCategory): CallLanguage {
  if (category === "simple_java") return "java";
  return category === "simple_javascript" ? "javascript" : "python";
}

/** Which of the official checkers judges a category's calls. */
export function formOf(category: BfclCategory): "simple" | "multiple" | "parallel" {
  if (category.includes("parallel")) return "parallel";
  return category.includes("multiple") ? "multiple" : "simple";
}
