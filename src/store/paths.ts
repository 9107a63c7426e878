/**
 * Where everything lies in a run directory. Paths are made here and nowhere else; they are relative, with forward
 * slashes, and hold nothing that came from data.
 */

/** Files and folders of one training stage. */
export interface TrainingPaths {
  /** Folder of the adapter in PEFT layout. */
  readonly adapter: string;
  /** Folder of the whole model, where all weights are trained. */
  readonly model: string;
  /** Folder of the checkpoints of a stage under way; absent when it is complete. */
  readonly checkpoints: string;
}

/** Files of one evaluation. */
export interface EvaluationPaths {
  readonly folder: string;
  /** Log of `ItemRecord`s, one a row of the evaluation. */
  readonly items: string;
  /** `EvaluationRecord`. */
  readonly scores: string;
}

/** Files and folders of one round. */
export interface RoundPaths extends TrainingPaths {
  /** `round-01` … */
  readonly name: string;
  /** Log of `PerplexityRow`s: every training row under the policy of the round. */
  readonly perplexity: string;
  /** The selected examples. */
  readonly hard: string;
  /** Counts and means of the ranking: `RankRecord`. */
  readonly ranking: string;
  /** Log of `SearchTree`s. */
  readonly trees: string;
  /** `ExploreRecord`. */
  readonly exploration: string;
  /** `PreferencePair`s. */
  readonly pairs: string;
  /** `PairRecord`. */
  readonly pairing: string;
  /** Sums of log-probabilities under the frozen policy, one line a pair; only for losses with a reference. */
  readonly reference: string;
  /** Log of `HardRow`s: perplexity of the hard rows before and after the round. */
  readonly hardAfter: string;
  readonly evaluation: EvaluationPaths;
}

/** The files at the top of a run directory and those of the stages before the rounds. */
export const runPaths = {
  /** What the run is: `RunManifest`. */
  manifest: "manifest.json",
  /** The recipe with every default written out. */
  config: "config.resolved.yaml",
  /** Log of `StepRecord`s of all training stages. */
  metrics: "metrics.jsonl",
  /** Log of how long each stage took; with `usage.json`, all of a run that differs from run to run. */
  timings: "timings.jsonl",
  /** What the calls of the run have used of a server. */
  usage: "usage.json",
  /** The last whole report, for browsers. */
  report: "report.html",
  lock: "run.lock",
  /** Folder of the stages' manifests. */
  manifests: "manifests",
  train: "data/train.jsonl",
  evaluationRows: "data/evaluation.jsonl",
  rejections: "data/rejections.jsonl",
  /** Counts of the preparation: `DataRecord`. */
  dataSummary: "data/summary.json",
  base: { evaluation: evaluationPaths("base") },
  warmup: { ...trainingPaths("warmup"), evaluation: evaluationPaths("warmup") },
  /** Paired differences between the policies: `ComparisonRecord`s. */
  comparisons: "comparisons.json",
  round: roundPaths,
} as const;

/** `round-01` for 1: the name of a round in paths, stages and records. Counted from 1. */
export function roundName(round: number): string {
  return `round-${String(round).padStart(2, "0")}`;
}

/** Manifest of a complete stage, e.g. of `round-01/explore`. */
export function manifestPath(stage: string): string {
  return `manifests/${stage}.json`;
}

/** What a stage under way was started with; absent before it starts and after it is complete. */
export function startedPath(stage: string): string {
  return `manifests/${stage}.started.json`;
}

/** Folder of the checkpoint after this many steps. */
export function checkpointPath(folder: string, step: number): string {
  return `${folder}/step-${String(step).padStart(8, "0")}`;
}

/** The step of a checkpoint's folder name, or `undefined` for any other name. */
export function checkpointStep(name: string): number | undefined {
  const match = /^step-(\d{8,})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** True for files that grow row by row, whose last line a kill may cut. All others are written whole. */
export function isLog(relative: string): boolean {
  return /(^|\/)(metrics|measures|timings|trees|items|perplexity|reference)\.jsonl$/.test(relative);
}

function roundPaths(round: number): RoundPaths {
  const name = roundName(round);
  return {
    name,
    ...trainingPaths(name),
    perplexity: `${name}/hard/perplexity.jsonl`,
    hard: `${name}/hard/examples.jsonl`,
    ranking: `${name}/hard/summary.json`,
    trees: `${name}/trees/trees.jsonl`,
    exploration: `${name}/trees/summary.json`,
    pairs: `${name}/pairs/pairs.jsonl`,
    pairing: `${name}/pairs/summary.json`,
    reference: `${name}/prefer/reference.jsonl`,
    hardAfter: `${name}/prefer/perplexity.jsonl`,
    evaluation: evaluationPaths(name),
  };
}

function trainingPaths(name: string): TrainingPaths {
  return { adapter: `${name}/adapter`, model: `${name}/model`, checkpoints: `${name}/checkpoints` };
}

function evaluationPaths(name: string): EvaluationPaths {
  const folder = `${name}/eval`;
  return { folder, items: `${folder}/items.jsonl`, scores: `${folder}/scores.json` };
}
