/**
 * The settings of the search with the values of the authors' run script, each in one place.
 * Deviation: a simulation goes on to the end of the response (theirs: two fragments), because a response that was cut
 * cannot be graded against the gold answer.
 */
import { ConfigError } from "../../spec/index.js";

/** How much each part of the reward counts. */
export interface RewardWeights {
  /** Levels of agreement in the outcome O; only their proportions matter. @default 1 each */
  readonly functionName: number;
  readonly argumentName: number;
  readonly argumentType: number;
  readonly argumentValue: number;
  /** Factor of C, the policy's own judgement; 0 asks for none. @default 0 */
  readonly selfEvaluation: number;
}

/** The settings of a search. */
export interface SearchSettings {
  /** K: fragments drawn at an expansion. @default 3 */
  readonly samples: number;
  /** Expansions of a tree, the root's included. @default 5 */
  readonly iterations: number;
  /** Deepest node, in fragments from the root. @default 3 */
  readonly depthLimit: number;
  /** Of the drawn fragments. @default 1.5 */
  readonly temperature: number;
  /** c_puct. @default 1 */
  readonly cPuct: number;
  /** λ of the prior: exp(Σ log π / |a|^λ). 1 is the authors' code, 1.25 MCTS-DPO. @default 1 */
  readonly lambda: number;
  /** γ, the discount of V in Q; 0 leaves Q = r. @default 1 */
  readonly gamma: number;
  /** Samples with the same tokens, or with the same text, become one child. @default "tokens" */
  readonly merge: "tokens" | "text";
  /**
   * `separate`: each child's response is completed by a call of its own. `sampled-continuation`: each sample goes on to
   * its end when it is drawn, which costs no second call; merged samples then give the mean of their outcomes.
   * @default "separate"
   */
  readonly simulation: "separate" | "sampled-continuation";
  /** S: most fragments that a separate simulation adds; `null` for no limit. @default null */
  readonly simulationFragments: number | null;
  /** Of separate simulations; 0 is greedy. @default 0 */
  readonly simulationTemperature: number;
  readonly weights: RewardWeights;
}

/** The defaults named at each field. */
export const defaultSearchSettings: SearchSettings = {
  samples: 3,
  iterations: 5,
  depthLimit: 3,
  temperature: 1.5,
  cPuct: 1,
  lambda: 1,
  gamma: 1,
  merge: "tokens",
  simulation: "separate",
  simulationFragments: null,
  simulationTemperature: 0,
  weights: { functionName: 1, argumentName: 1, argumentType: 1, argumentValue: 1, selfEvaluation: 0 },
};

/** @throws ConfigError naming the first setting that is out of range. */
export function validateSearchSettings(settings: SearchSettings): void {
  const { weights } = settings;
  const levels = [weights.functionName, weights.argumentName, weights.argumentType, weights.argumentValue];
  requireCount("samples", settings.samples, 1);
  requireCount("iterations", settings.iterations, 1);
  requireCount("depthLimit", settings.depthLimit, 1);
  if (settings.simulationFragments !== null)
    requireCount("simulationFragments", settings.simulationFragments, 0);
  requireAtLeastZero("temperature", settings.temperature);
  requireAtLeastZero("simulationTemperature", settings.simulationTemperature);
  requireAtLeastZero("cPuct", settings.cPuct);
  requireAtLeastZero("lambda", settings.lambda);
  requireAtLeastZero("gamma", settings.gamma);
  requireAtLeastZero("weights.selfEvaluation", weights.selfEvaluation);
  for (const weight of levels) requireAtLeastZero("weights", weight);
  if (levels.every((weight) => weight === 0)) {
    throw new ConfigError(
      "search.weights: every level of agreement has weight 0; give at least one a positive one.",
      {
        weights,
      },
    );
  }
}

function requireCount(key: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new ConfigError(`search.${key} is ${value}; it must be a whole number of at least ${least}.`, {
    key,
    value,
  });
}

function requireAtLeastZero(key: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new ConfigError(`search.${key} is ${value}; it must be a number of at least 0.`, { key, value });
}
