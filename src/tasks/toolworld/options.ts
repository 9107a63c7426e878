/** What a caller can ask of the generator. */
import type { Random } from "../../method/index.js";
import { InputError } from "../../spec/index.js";
import type { Side } from "./pseudo.js";
import { ARGUMENT_WORKS, type WorkOrNone } from "./work.js";

/** The kinds of rows. */
export const CATEGORIES = ["single", "multiple", "parallel", "multi-turn", "refusal"] as const;

/** A kind of row. */
export type ToolworldCategory = (typeof CATEGORIES)[number];

/** `pretrain` and `train` draw from the training domains, with different streams; `evaluation` from its own. */
export type ToolworldSplit = "pretrain" | "train" | "evaluation";

/** Options of the generator. A row depends on all of them but `start` and `count`, and on its index. */
export interface ToolworldOptions {
  /** Any finite number. */
  readonly seed: number;
  readonly split: ToolworldSplit;
  /** Index of the first row. @default 0 */
  readonly start?: number;
  /** Number of rows. Absent: rows without end. */
  readonly count?: number;
  /** Weights of the categories. @default single 40, multiple 20, parallel 15, multi-turn 10, refusal 15 */
  readonly categories?: Readonly<Record<string, number>>;
  /**
   * Weights of the kinds of argument work, beside `none` for rows whose values are copied; `"none"` for only such rows;
   * a number for the share of rows with work, every kind as often. @default 0.7
   */
  readonly argumentWork?: Readonly<Record<string, number>> | number | "none";
  /** Share of nouns, attributes, parameter names and words of tool names that are new words. @default 0 */
  readonly freshNames?: number;
  /** Share of arguments that the request calls by their name. @default 0.3 */
  readonly explicitness?: number;
  /** Share of arguments beyond the first that need work of their own, in rows that need work at all. @default 0.1 */
  readonly mixedWork?: number;
  /** Share of tools composed from verbs, objects and attributes of a domain at random. @default 0.25 */
  readonly composedTools?: number;
  /** Share of rows with six to ten tools and every parameter described. @default 0 */
  readonly longShare?: number;
  /** Most tools that a row offers, long rows aside. @default 4 */
  readonly maxTools?: number;
}

/** The options with every default filled in and checked. */
export interface RowOptions {
  readonly seed: number;
  readonly split: ToolworldSplit;
  readonly side: Side;
  readonly categories: Weights<ToolworldCategory>;
  readonly argumentWork: Weights<WorkOrNone>;
  readonly freshNames: number;
  readonly explicitness: number;
  readonly mixedWork: number;
  readonly composedTools: number;
  readonly longShare: number;
  readonly maxTools: number;
}

/** Things with the weights by which one of them is drawn. */
export type Weights<T> = readonly (readonly [item: T, weight: number])[];

const DEFAULT_CATEGORIES = { single: 40, multiple: 20, parallel: 15, "multi-turn": 10, refusal: 15 };

const WORKS: readonly WorkOrNone[] = ["none", ...ARGUMENT_WORKS];

/**
 * Fills in the defaults.
 *
 * @throws InputError for a share outside 0 … 1, an unknown category or kind of work, or weights that are all 0.
 */
export function resolveOptions(options: ToolworldOptions): RowOptions {
  return {
    seed: options.seed,
    split: options.split,
    side: options.split === "evaluation" ? "evaluation" : "training",
    categories: weightsOf("categories", CATEGORIES, options.categories ?? DEFAULT_CATEGORIES),
    argumentWork: weightsOf("argumentWork", WORKS, workWeights(options.argumentWork ?? 0.7)),
    freshNames: share("freshNames", options.freshNames ?? 0),
    explicitness: share("explicitness", options.explicitness ?? 0.3),
    mixedWork: share("mixedWork", options.mixedWork ?? 0.1),
    composedTools: share("composedTools", options.composedTools ?? 0.25),
    longShare: share("longShare", options.longShare ?? 0),
    maxTools: Math.max(1, options.maxTools ?? 4),
  };
}

/** One of the items, in proportion to the weights. */
export function drawWeighted<T>(random: Random, weights: Weights<T>): T {
  let left = random.uniform() * weights.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of weights) {
    left -= weight;
    if (left < 0) return item;
  }
  return weights[weights.length - 1]![0];
}

function workWeights(
  work: Readonly<Record<string, number>> | number | "none",
): Readonly<Record<string, number>> {
  if (work === "none") return { none: 1 };
  if (typeof work !== "number") return work;
  const each = share("argumentWork", work) / ARGUMENT_WORKS.length;
  return { none: 1 - work, ...Object.fromEntries(ARGUMENT_WORKS.map((name) => [name, each])) };
}

function weightsOf<T extends string>(
  option: string,
  known: readonly T[],
  given: Readonly<Record<string, number>>,
): Weights<T> {
  const unknown = Object.keys(given).find((key) => !known.some((name) => name === key));
  if (unknown !== undefined) {
    throw new InputError(`toolworld: ${option} has "${unknown}"; it knows ${known.join(", ")}.`, {
      option,
      unknown,
    });
  }
  const weights = known.map((name) => [name, given[name] ?? 0] as const).filter(([, weight]) => weight > 0);
  if (weights.length > 0) return weights;
  throw new InputError(`toolworld: every weight of ${option} is 0; give one a positive weight.`, { option });
}

function share(option: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new InputError(`toolworld: ${option} is ${value}; it is a share from 0 to 1.`, { option, value });
}
