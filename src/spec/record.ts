import type { Deficiency, Grade } from "./grade.js";

/** One line of `metrics.jsonl`: one optimiser step. */
export interface StepRecord {
  readonly kind: "step";
  /** `pretrain`, `warmup`, `round-01/prefer` … */
  readonly stage: string;
  /** Counted from 1 within the stage. */
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  /** Tokens that went through the model in this step. */
  readonly tokens: number;
  /** Further numbers, e.g. `margin`, `accuracy`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** One line of an evaluation's `items.jsonl`. */
export interface ItemRecord {
  readonly exampleId: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly response: string;
  readonly grade: Grade;
}

/** A share with its 95 % interval. */
export interface Score {
  readonly name: string;
  readonly correct: number;
  readonly total: number;
  /** correct / total; absent categories have no Score at all. */
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

/** `scores.json` of an evaluation. */
export interface EvaluationRecord {
  /** `base`, `warmup`, `round-01` … */
  readonly policy: string;
  readonly overall: Score;
  readonly categories: readonly Score[];
  readonly tags: readonly Score[];
  readonly deficiencies: Readonly<Partial<Record<Deficiency, number>>>;
}

/** Paired difference of two policies on the same rows, with its 95 % bootstrap interval. */
export interface ComparisonRecord {
  readonly from: string;
  readonly to: string;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}
