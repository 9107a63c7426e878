/**
 * The reward r(s, a) = O + w_C · C (MCTS-DPO: R(s) = O(s) + C(s)).
 *
 * O compares the completed response with the gold answer at the levels at which responses go wrong (paper §1: wrong
 * parameter values and names); C is the policy's own judgement of the fragment. Deviation from the authors' code, which
 * rewards a closing bracket and the overlap of words: both also reward wrong calls.
 */
import { type Agreement, InputError } from "../../spec/index.js";
import { requireAnswers } from "./expand.js";
import type { SearchModel } from "./model.js";
import type { RewardWeights, SearchSettings } from "./settings.js";
import { responseOf, stateOf, type TreePosition } from "./tree.js";

/**
 * Gives every simulated child its agreement, O, C and r; C in one call of the model, and only where its weight is not 0.
 * Where samples with several continuations were merged, the agreement is their mean. Returns how many were judged.
 *
 * @throws InputError when C is wanted and the model has no `judge`, or a judgement is outside [−1, 1].
 */
export async function rewardChildren(
  children: readonly TreePosition[],
  model: SearchModel,
  settings: SearchSettings,
): Promise<number> {
  const { weights } = settings;
  const judgements = weights.selfEvaluation === 0 ? null : await judgeAll(children, model);
  for (const [index, { tree, node }] of children.entries()) {
    const response = responseOf(node);
    const grades = node.simulations.map(
      (added) => tree.root.grade(model.text([...response, ...added])).agreement,
    );
    node.agreement = meanAgreement(grades);
    node.outcome = outcomeOf(node.agreement, weights);
    node.selfEvaluation = judgements?.[index] ?? null;
    node.reward = node.outcome + weights.selfEvaluation * (node.selfEvaluation ?? 0);
  }
  return judgements?.length ?? 0;
}

/**
 * O = 2 · (Σ_l w_l · agreement_l / Σ_l w_l) − 1 over the four levels: 1 for a right response, −1 where not even a
 * function name is right. At least one weight is positive.
 */
export function outcomeOf(agreement: Agreement, weights: Omit<RewardWeights, "selfEvaluation">): number {
  const total = weights.functionName + weights.argumentName + weights.argumentType + weights.argumentValue;
  const sum =
    weights.functionName * agreement.functionName +
    weights.argumentName * agreement.argumentName +
    weights.argumentType * agreement.argumentType +
    weights.argumentValue * agreement.argumentValue;
  return (2 * sum) / total - 1;
}

/** What the options Excellent, Acceptable, Fair and Poor are worth in the authors' code. */
const OPTION_SCORES = [1, 0.1, -1, -2] as const;

/**
 * C of a judgement by four options: Σ_o P(o) · score_o with P the softmax of the options' log-probabilities and the
 * scores 1, 0.1, −1, −2 of the authors' code, held to [−1, 1] (ours: so that O and C have the same range).
 *
 * @param logprobs of the letters of Excellent, Acceptable, Fair and Poor, finite
 */
export function selfEvaluationOf(logprobs: readonly [number, number, number, number]): number {
  const highest = Math.max(...logprobs);
  const weights = logprobs.map((logprob) => Math.exp(logprob - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const expected = weights.reduce(
    (sum, weight, option) => sum + (weight * OPTION_SCORES[option]!) / total,
    0,
  );
  return Math.min(1, Math.max(-1, expected));
}

async function judgeAll(children: readonly TreePosition[], model: SearchModel): Promise<readonly number[]> {
  if (model.judge === undefined) {
    throw new InputError(
      "search.weights.selfEvaluation is not 0, but the search model has no judge; add one or set it to 0.",
    );
  }
  const states = children.map((child) => {
    const state = stateOf(child, "judge");
    const fragmentStart = state.response.length - child.node.fragment.tokens.length;
    return { ...state, fragmentStart, continuation: child.node.simulations[0]! };
  });
  const judgements = await model.judge(states);
  requireAnswers("judge", judgements.length, children.length);
  const wrong = judgements.find((judgement) => !(judgement >= -1 && judgement <= 1));
  if (wrong === undefined) return judgements;
  throw new InputError(`The search model's judge returned ${wrong}; judgements must be in [-1, 1].`, {
    wrong,
  });
}

function meanAgreement(grades: readonly Agreement[]): Agreement {
  const mean = (level: keyof Agreement) =>
    grades.reduce((sum, grade) => sum + grade[level], 0) / grades.length;
  return {
    functionName: mean("functionName"),
    argumentName: mean("argumentName"),
    argumentType: mean("argumentType"),
    argumentValue: mean("argumentValue"),
  };
}
