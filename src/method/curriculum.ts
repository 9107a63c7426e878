/**
 * Warm-up training, easy → hard (the first stage of the paper).
 *
 * Deviation: the paper's three conditions joined by "and" leave half of ToolACE without a class. Our rule is total: the
 * hardest criterion that is met decides. The thresholds are the paper's.
 */
import type { Difficulty, Example } from "../spec/index.js";
import { compareIds } from "./ordering.js";
import { createRandom, deriveSeed } from "./random.js";

/** What the difficulty of an example depends on. */
export interface DifficultyFacts {
  /** Candidate tools. */
  readonly toolCount: number;
  /** Length of the tool list as the source wrote it, in UTF-16 code units. */
  readonly toolTextLength: number;
  /** Calls in the gold response. */
  readonly callCount: number;
}

/**
 * `hard` if tools ≥ 4 or text ≥ 2000 or calls ≥ 4; else `medium` if tools ≥ 2 or text ≥ 1000 or calls ≥ 2; else `easy`.
 * Defined for all numbers.
 */
export function classifyDifficulty({ toolCount, toolTextLength, callCount }: DifficultyFacts): Difficulty {
  if (toolCount >= 4 || toolTextLength >= 2000 || callCount >= 4) return "hard";
  if (toolCount >= 2 || toolTextLength >= 1000 || callCount >= 2) return "medium";
  return "easy";
}

/** In which order the classes are trained. `mixed` ignores them: the ablation without a curriculum. */
export type CurriculumOrder = "easy-to-hard" | "hard-to-easy" | "mixed";

/** The rows in training order, and how many each class has. */
export interface Curriculum<T> {
  readonly examples: readonly T[];
  readonly counts: Readonly<Record<Difficulty, number>>;
  /** Classes without a row: nothing is trained in their place. */
  readonly empty: readonly Difficulty[];
}

const CLASSES: readonly Difficulty[] = ["easy", "medium", "hard"];

/**
 * L_warm-up = Σ_{i=1..3} L_i, class after class (the loss of the warm-up): each row once, the classes in order, shuffled within a
 * class by the seed and the ids alone, so that the order in which the rows were read does not matter.
 *
 * @param order default `easy-to-hard`
 */
export function orderByCurriculum<T extends Pick<Example, "id" | "difficulty">>(
  examples: readonly T[],
  seed: number,
  order: CurriculumOrder = "easy-to-hard",
): Curriculum<T> {
  const members = (difficulty: Difficulty) => examples.filter((example) => example.difficulty === difficulty);
  const counts = {
    easy: members("easy").length,
    medium: members("medium").length,
    hard: members("hard").length,
  };
  const groups = order === "mixed" ? [examples] : CLASSES.map(members);
  const shuffled = groups.map((group, index) => shuffleById(group, deriveSeed(seed, "curriculum", index)));
  return {
    examples: (order === "hard-to-easy" ? shuffled.reverse() : shuffled).flat(),
    counts,
    empty: CLASSES.filter((difficulty) => counts[difficulty] === 0),
  };
}

function shuffleById<T extends Pick<Example, "id">>(examples: readonly T[], seed: number): T[] {
  return createRandom(seed).shuffle(examples.toSorted((one, other) => compareIds(one.id, other.id)));
}
