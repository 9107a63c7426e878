/** What the verdicts on a set of outputs amount to: accuracy by level and by API, beside what can be reached at all. */
import { wilsonInterval } from "../../method/index.js";
import type { Score } from "../../spec/index.js";
import type { ApiBankLevel } from "./dialogue.js";
import type { ApiBankCategory, ApiBankVerdict } from "./judge.js";
import type { ApiBankSample } from "./samples.js";

/** Verdicts by id of the sample; a sample without one was not answered and is wrong. */
export type VerdictsById = ReadonlyMap<string, Pick<ApiBankVerdict, "correct" | "category">>;

/** The score of one level. */
export interface LevelScore {
  readonly level: ApiBankLevel;
  /** Every sample counts, doubles twice: the official accuracy. */
  readonly all: Score;
  /** Every call counts once. */
  readonly distinct: Score;
  readonly answered: number;
  /** Wrong here because a web service is not asked; might be right. */
  readonly undecided: number;
  /** What the literal ground truth scores under the same judging. */
  readonly ceiling: CeilingScore;
  readonly categories: Readonly<Partial<Record<ApiBankCategory, number>>>;
  readonly apis: readonly ApiScore[];
}

/** What the literal ground truth scores. */
export interface CeilingScore {
  /** Without any service. */
  readonly correct: number;
  /** More that a web service or a search for tools would decide. */
  readonly undecided: number;
  /** With the search for tools that the score was made with. */
  readonly withSearch: number;
  readonly total: number;
}

/** Verdicts on the literal ground truth. */
export interface CeilingVerdicts {
  readonly withoutServices: VerdictsById;
  readonly withSearch: VerdictsById;
}

/** One row of the table of APIs. */
export interface ApiScore extends Score {
  readonly ceiling: CeilingScore;
}

/** One score for each level that has samples. */
export function scoreApiBank(
  samples: readonly ApiBankSample[],
  verdicts: VerdictsById,
  ceiling: CeilingVerdicts,
): readonly LevelScore[] {
  const levels = [...new Set(samples.map(({ level }) => level))].sort();
  return levels.map((level) => {
    const own = samples.filter((sample) => sample.level === level);
    return scoreLevel(level, own, verdicts, ceiling);
  });
}

function scoreLevel(
  level: ApiBankLevel,
  samples: readonly ApiBankSample[],
  verdicts: VerdictsById,
  ceiling: CeilingVerdicts,
): LevelScore {
  const own = samples.flatMap(({ id }) => verdicts.get(id) ?? []);
  return {
    level,
    all: scoreOfSamples(level, samples, verdicts),
    distinct: scoreOfSamples(level, samples.filter(isFirst), verdicts),
    answered: own.length,
    undecided: own.filter(({ correct }) => correct === null).length,
    ceiling: ceilingOf(samples, ceiling),
    categories: countCategories(own.map(({ category }) => category)),
    apis: scoreApis(samples, verdicts, ceiling),
  };
}

function scoreApis(
  samples: readonly ApiBankSample[],
  verdicts: VerdictsById,
  ceiling: CeilingVerdicts,
): readonly ApiScore[] {
  const names = [...new Set(samples.map(({ target }) => target.apiName))].sort();
  return names.map((name) => {
    const own = samples.filter(({ target }) => target.apiName === name);
    return { ...scoreOfSamples(name, own, verdicts), ceiling: ceilingOf(own, ceiling) };
  });
}

function scoreOfSamples(name: string, samples: readonly ApiBankSample[], verdicts: VerdictsById): Score {
  const correct = samples.filter(({ id }) => verdicts.get(id)?.correct === true).length;
  const { estimate, low, high } = wilsonInterval(correct, samples.length);
  return { name, correct, total: samples.length, accuracy: estimate, low, high };
}

function ceilingOf(
  samples: readonly ApiBankSample[],
  { withoutServices, withSearch }: CeilingVerdicts,
): CeilingScore {
  const count = (verdicts: VerdictsById, wanted: boolean | null) =>
    samples.filter(({ id }) => verdicts.get(id)?.correct === wanted).length;
  return {
    correct: count(withoutServices, true),
    undecided: count(withoutServices, null),
    withSearch: count(withSearch, true),
    total: samples.length,
  };
}

function isFirst({ duplicateOf }: ApiBankSample): boolean {
  return duplicateOf === undefined;
}

function countCategories(categories: readonly ApiBankCategory[]): Partial<Record<ApiBankCategory, number>> {
  const counts = new Map<ApiBankCategory, number>();
  for (const category of [...categories].sort()) counts.set(category, (counts.get(category) ?? 0) + 1);
  return Object.fromEntries(counts);
}
