/**
 * Five preference losses, each for one pair, as functions of the summed log-probabilities of its two responses.
 *
 * Every one of them depends on a response only through that sum, so its derivative by the log-probability of each
 * response token is the same number: the derivative by the sum. Definitions as in the papers and in TRL; `log σ` and
 * `log(1 − e^x)` are computed so that no finite input overflows.
 */

/** One response of a pair. */
export interface ResponseScore {
  /** Σ_t log π(y_t | x, y_<t) over the response tokens. */
  readonly sum: number;
  /** |y|, at least 1. */
  readonly length: number;
  /** The same sum under the reference model; 0 where the loss has none. */
  readonly referenceSum: number;
}

/** The loss of one pair and its derivatives by `sum` of the chosen and of the rejected response. */
export interface PairLoss {
  readonly loss: number;
  readonly chosenSlope: number;
  readonly rejectedSlope: number;
  /** h_w − h_l: the difference of implicit rewards that the loss wants positive. */
  readonly margin: number;
}

/** A loss of one pair. */
export type PairLossFunction = (chosen: ResponseScore, rejected: ResponseScore) => PairLoss;

/**
 * SimPO (arXiv 2405.14734, eq. 6): −log σ(h_w − h_l − γ), h_y = (β / |y|) Σ log π. γ is absolute (some code writes γ/β).
 * margin: h_w − h_l, before γ.
 */
export function simpoLoss(beta: number, gamma: number): PairLossFunction {
  return (chosen, rejected) => {
    const margin = beta * (chosen.sum / chosen.length - rejected.sum / rejected.length);
    const slope = -sigmoid(gamma - margin) * beta;
    return {
      loss: -logSigmoid(margin - gamma),
      chosenSlope: slope / chosen.length,
      rejectedSlope: -slope / rejected.length,
      margin,
    };
  };
}

/**
 * DPO (arXiv 2305.18290, eq. 7): −log σ(h_w − h_l), h_y = β (Σ log π − Σ log π_ref). margin: h_w − h_l.
 */
export function dpoLoss(beta: number): PairLossFunction {
  return (chosen, rejected) => {
    const margin = beta * (chosen.sum - chosen.referenceSum - (rejected.sum - rejected.referenceSum));
    const slope = -sigmoid(-margin) * beta;
    return { loss: -logSigmoid(margin), chosenSlope: slope, rejectedSlope: -slope, margin };
  };
}

/**
 * IPO (arXiv 2310.12036, eq. 17): (h_w − h_l − 1 / (2β))², h_y = (Σ log π − Σ log π_ref) / |y|: the log-ratio averaged
 * over the length, as TRL does. margin: h_w − h_l.
 */
export function ipoLoss(beta: number): PairLossFunction {
  return (chosen, rejected) => {
    const ratio = (response: ResponseScore) => (response.sum - response.referenceSum) / response.length;
    const margin = ratio(chosen) - ratio(rejected);
    const residual = margin - 1 / (2 * beta);
    return {
      loss: residual ** 2,
      chosenSlope: (2 * residual) / chosen.length,
      rejectedSlope: (-2 * residual) / rejected.length,
      margin,
    };
  };
}

/**
 * The odds-ratio part of ORPO (arXiv 2403.07691, eq. 7): −λ log σ(h_w − h_l), h_y = log(p / (1 − p)) with p the
 * geometric mean of the token probabilities. margin: h_w − h_l. The supervised part is added by the caller.
 */
export function orpoLoss(lambda: number): PairLossFunction {
  return (chosen, rejected) => {
    const chosenOdds = logOdds(chosen.sum / chosen.length);
    const rejectedOdds = logOdds(rejected.sum / rejected.length);
    const margin = chosenOdds.value - rejectedOdds.value;
    const slope = -lambda * sigmoid(-margin);
    return {
      loss: -lambda * logSigmoid(margin),
      chosenSlope: (slope * chosenOdds.slope) / chosen.length,
      rejectedSlope: (-slope * rejectedOdds.slope) / rejected.length,
      margin,
    };
  };
}

/**
 * The preference part of CPO (arXiv 2401.08417, L_prefer): −log σ(h_w − h_l), h_y = β Σ log π: DPO with a uniform
 * reference. margin: h_w − h_l. The supervised part is added by the caller.
 */
export function cpoLoss(beta: number): PairLossFunction {
  return (chosen, rejected) => {
    const margin = beta * (chosen.sum - rejected.sum);
    const slope = -sigmoid(-margin) * beta;
    return { loss: -logSigmoid(margin), chosenSlope: slope, rejectedSlope: -slope, margin };
  };
}

/** log σ(x) = −log(1 + e^−x). */
function logSigmoid(x: number): number {
  return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
}

/** σ(x), from the side where the exponential cannot overflow. */
function sigmoid(x: number): number {
  const tail = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : tail) / (1 + tail);
}

/** Above this mean log-probability the odds are held: at certainty they are infinite, and so would be the gradient. */
const MAXIMUM_MEAN = -1e-6;

/** log(p / (1 − p)) of p = e^mean, and its derivative 1 / (1 − p) by the mean. */
function logOdds(mean: number): { readonly value: number; readonly slope: number } {
  const bounded = Math.min(mean, MAXIMUM_MEAN);
  const complement = -Math.expm1(bounded);
  return { value: bounded - Math.log(complement), slope: mean > MAXIMUM_MEAN ? 0 : 1 / complement };
}
