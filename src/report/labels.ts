/**
 * The words that people read for the names that records hold: policies, stages, categories, deficiency classes.
 * The report's page and the terminal's table share them. A name that is not known here is shown as it is.
 */
import type { Deficiency } from "../spec/index.js";

/** The deficiency classes with a phrase each, in the order of `Deficiency`. */
export const deficiencyLabels = {
  "function-name": "Wrong function name",
  "argument-count": "Wrong number of arguments",
  "argument-name": "Wrong argument name",
  "argument-value": "Wrong argument value",
  "argument-type": "Wrong argument type",
  "call-count": "Too many or too few calls",
  format: "Call cannot be read",
  "unexpected-call": "Call where none was right",
  "missing-call": "No call where one was due",
} as const satisfies Readonly<Record<Deficiency, string>>;

/** Every deficiency class, in the order of `Deficiency`. */
export const deficiencyOrder: readonly Deficiency[] = [
  "function-name",
  "argument-count",
  "argument-name",
  "argument-value",
  "argument-type",
  "call-count",
  "format",
  "unexpected-call",
  "missing-call",
];

/** The name of a policy for people: `base` → Base, `warmup` → Warm-up, `round-03` → Round 3. */
export function policyLabel(policy: string): string {
  if (policy === "base") return "Base";
  if (policy === "warmup") return "Warm-up";
  const round = roundOf(policy);
  return round === undefined ? policy : `Round ${round}`;
}

/** The same for the axis of a chart: base, warm-up, r3. */
export function policyShortLabel(policy: string): string {
  if (policy === "warmup") return "warm-up";
  const round = roundOf(policy);
  return round === undefined ? policy : `r${round}`;
}

/** The name of a stage for people: `pretrain` → Pre-training, `round-03/prefer` → Round 3, prefer. */
export function stageLabel(stage: string): string {
  if (stage === "pretrain") return "Pre-training";
  const [first = "", ...rest] = stage.split("/");
  return [policyLabel(first), ...rest].join(", ");
}

const categoryLabels: ReadonlyMap<string, string> = new Map([
  ["single", "Single call"],
  ["multiple", "Multiple"],
  ["parallel", "Parallel"],
  ["parallel-multiple", "Parallel multiple"],
  ["multi-turn", "Multi-turn"],
  ["refusal", "Refusals"],
]);

/**
 * The name of a category for people. `parallel` covers several calls of any kind where the evaluation has no category
 * `multiple` of its own; then it is called so.
 *
 * @param all every category of the evaluation
 */
export function categoryLabel(category: string, all: readonly string[]): string {
  if (category === "parallel" && !all.includes("multiple")) return "Multiple and parallel";
  return categoryLabels.get(category) ?? category;
}

/** The categories without repetition: known ones in a fixed order, then the others in the order they first appear. */
export function orderCategories(categories: readonly string[]): string[] {
  const seen = [...new Set(categories)];
  const known = [...categoryLabels.keys()].filter((name) => seen.includes(name));
  return [...known, ...seen.filter((name) => !categoryLabels.has(name))];
}

function roundOf(policy: string): number | undefined {
  const match = /^round-(\d+)$/.exec(policy);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
