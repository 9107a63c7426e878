/**
 * What a run will take, before anything runs: rows, tokens, steps and time of each stage, from the counts of the data and
 * measured speeds. Numbers that depend on what the policy will say are upper bounds or means, and say so.
 */

import { roundName } from "../store/index.js";
import type { DataRecord, SideCount } from "./data-tally.js";
import type { Recipe } from "./recipe.js";

/** Measured speeds of an engine, in tokens a second. */
export interface Speeds {
  /** Forward only. */
  readonly score: number;
  /** Forward and backward. */
  readonly train: number;
  /** Of all sequences of a batch together. */
  readonly sample: number;
}

/** What one stage takes. */
export interface StagePlan {
  readonly stage: string;
  /** What the stage goes through: examples, trees or pairs. */
  readonly rows: number;
  readonly unit: "examples" | "trees" | "pairs";
  /** Tokens read without learning. */
  readonly scoredTokens: number;
  /** Tokens learned from. */
  readonly trainedTokens: number;
  /** Tokens written, by the length of the gold responses. */
  readonly sampledTokens: number;
  /** Optimiser steps; 0 for stages that do not train. */
  readonly steps: number;
  /** Requests to a server: passes (both of a training step, and the step itself), and prompts to sample from. */
  readonly requests: number;
  /** True where the numbers are upper bounds: they depend on what the policy will do. */
  readonly atMost: boolean;
  /** Absent without speeds. */
  readonly seconds?: number;
}

/** The plan of a run. */
export interface RunPlan {
  readonly data: DataRecord;
  readonly stages: readonly StagePlan[];
  readonly total: Omit<StagePlan, "stage" | "rows" | "unit">;
}

/** The plan of a recipe on data of these counts. */
export function planRun(recipe: Recipe, data: DataRecord, speeds?: Speeds): RunPlan {
  const policies = recipe.evaluate.policies;
  const rounds = Array.from({ length: recipe.rounds }, (_, index) => index + 1);
  const stages = [
    ...(policies.includes("base") ? [planEvaluation("base", data)] : []),
    planWarmup(recipe, data),
    ...(policies.includes("warmup") ? [planEvaluation("warmup", data)] : []),
    ...rounds.flatMap((round) => planRound(roundName(round), recipe, data)),
  ].map((stage) => ({ ...stage, ...timeOf(stage, speeds) }));
  return { data, stages, total: { ...sumOf(stages), ...timeOf(sumOf(stages), speeds) } };
}

type Work = Omit<StagePlan, "seconds">;

const noWork = {
  scoredTokens: 0,
  trainedTokens: 0,
  sampledTokens: 0,
  steps: 0,
  requests: 0,
  atMost: false,
};

/** Of one training step: log-probabilities, gradient, optimiser. */
const REQUESTS_A_STEP = 3;

function planEvaluation(name: string, { evaluation }: DataRecord): Work {
  return {
    ...noWork,
    stage: `${name}/evaluate`,
    unit: "examples",
    rows: evaluation.examples,
    scoredTokens: evaluation.tokens - evaluation.responseTokens,
    sampledTokens: evaluation.responseTokens,
    requests: evaluation.examples,
  };
}

function planWarmup({ warmup }: Recipe, { train }: DataRecord): Work {
  const rows = Math.ceil(warmup.share * train.examples);
  const steps = Math.ceil((warmup.epochs * rows) / warmup.batchRows);
  return {
    ...noWork,
    stage: "warmup",
    unit: "examples",
    rows,
    trainedTokens: Math.round(warmup.epochs * rows * meanOf(train).tokens),
    steps,
    requests: REQUESTS_A_STEP * steps,
  };
}

function planRound(name: string, recipe: Recipe, data: DataRecord): Work[] {
  const { train } = data;
  const trees = hardRows(recipe, train);
  const rank: Work = {
    ...noWork,
    stage: `${name}/rank`,
    unit: "examples",
    rows: train.examples,
    scoredTokens: train.tokens,
    requests: Math.ceil(train.examples / recipe.rank.chunkRows),
  };
  const evaluation = recipe.evaluate.policies.includes("rounds") ? [planEvaluation(name, data)] : [];
  return [
    rank,
    planExploration(name, recipe, train, trees),
    planPreference(name, recipe, train, trees),
    ...evaluation,
  ];
}

/** Strata round up on their own, so this may be one row too few. */
function hardRows({ rank }: Recipe, train: SideCount): number {
  const share = Math.ceil(Math.min(rank.share, 1 - rank.skipShare) * train.examples);
  return rank.maximumRows === 0 ? share : Math.min(share, rank.maximumRows);
}

/** Each expansion reads the prompt, draws K samples, and completes each (unless the samples go on by themselves). */
function planExploration(name: string, { explore }: Recipe, train: SideCount, trees: number): Work {
  const { samples, iterations, simulation, weights } = explore;
  const mean = meanOf(train);
  const expansions = trees * iterations;
  const calls = simulation === "separate" ? 1 + samples : 1;
  const judgements = weights.selfEvaluation === 0 || explore.judge !== null ? 0 : 4 * samples;
  const written = simulation === "separate" ? 2 * samples : samples;
  return {
    ...noWork,
    stage: `${name}/explore`,
    unit: "trees",
    rows: trees,
    scoredTokens: Math.round(expansions * (calls * (mean.tokens - mean.response) + judgements * mean.tokens)),
    sampledTokens: Math.round(expansions * written * mean.response),
    requests: expansions * (calls + (judgements > 0 ? 1 : 0)),
    atMost: true,
  };
}

/** Hard rows that one pass scores again after the preference stage. */
const RESCORED_ROWS = 64;

/** An expansion gives one pair at most. */
function planPreference(
  name: string,
  { explore, pair, prefer }: Recipe,
  train: SideCount,
  trees: number,
): Work {
  const perTree = Math.min(explore.iterations, pair.maximumPairsPerTree ?? Number.POSITIVE_INFINITY);
  const rows = Math.min(trees * perTree, pair.maximumPairs || Number.POSITIVE_INFINITY);
  const steps = prefer.epochs * Math.ceil(rows / prefer.batchRows);
  return {
    ...noWork,
    stage: `${name}/prefer`,
    unit: "pairs",
    rows,
    scoredTokens: Math.round(trees * meanOf(train).tokens),
    trainedTokens: Math.round(prefer.epochs * rows * 2 * meanOf(train).tokens),
    steps,
    requests: REQUESTS_A_STEP * steps + Math.ceil(trees / RESCORED_ROWS),
    atMost: true,
  };
}

function meanOf({ tokens, responseTokens, examples }: SideCount): {
  readonly tokens: number;
  readonly response: number;
} {
  return examples === 0
    ? { tokens: 0, response: 0 }
    : { tokens: tokens / examples, response: responseTokens / examples };
}

type Amounts = Pick<
  StagePlan,
  "scoredTokens" | "trainedTokens" | "sampledTokens" | "steps" | "requests" | "atMost"
>;

function sumOf(stages: readonly Amounts[]): Amounts {
  return stages.reduce<Amounts>(
    (sum, stage) => ({
      scoredTokens: sum.scoredTokens + stage.scoredTokens,
      trainedTokens: sum.trainedTokens + stage.trainedTokens,
      sampledTokens: sum.sampledTokens + stage.sampledTokens,
      steps: sum.steps + stage.steps,
      requests: sum.requests + stage.requests,
      atMost: sum.atMost || stage.atMost,
    }),
    noWork,
  );
}

function timeOf(amounts: Amounts, speeds: Speeds | undefined): { readonly seconds?: number } {
  if (speeds === undefined) return {};
  const { scoredTokens, trainedTokens, sampledTokens } = amounts;
  return {
    seconds: scoredTokens / speeds.score + trainedTokens / speeds.train + sampledTokens / speeds.sample,
  };
}
