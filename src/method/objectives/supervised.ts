/**
 * The supervised loss: the negative log-likelihood of the trained tokens (warm-up; pre-training; replay).
 * It is linear in the log-probabilities, so its gradients are known before the model runs.
 */
import type { Objective } from "../../spec/index.js";
import { readsOfMask } from "./reads.js";
import { requireShape } from "./shape.js";

/** Which tokens are trained, and how their losses are averaged. */
export interface SupervisedOptions {
  /**
   * B masks, each as long as its sequence (T entries, one a token, as rendering gives them): non-zero where the token
   * is trained. The first token of a sequence has no log-probability; its entry is not read.
   */
  readonly masks: readonly ArrayLike<number | boolean>[];
  /**
   * `token`: mean over all trained tokens of the batch. `sequence`: mean over the sequences of each one's mean;
   * a sequence without trained tokens counts as 0.
   * @default "token"
   */
  readonly reduction?: "token" | "sequence";
  /**
   * Factor on loss and gradients. For a batch split into parts: the part's share of the batch's trained tokens (or
   * sequences); the parts' losses then add up to the loss of the whole.
   * @default 1
   */
  readonly weight?: number;
}

/**
 * L = −Σ c · log p(x_t | x_<t) over the trained tokens, with c = weight / (trained tokens of the batch) for `token` and
 * c = weight / (B · trained tokens of the sequence) for `sequence`: the paper's L_i = −E[log P(y | q, T)] (§3.1).
 * Sets `linearGradients` and `reads`; metrics: `trainedTokens`.
 *
 * A batch with no trained token has loss 0 and no gradient. Called with log-probabilities of other lengths than the
 * masks' T − 1 it throws InputError.
 */
export function supervised(options: SupervisedOptions): Objective {
  const reads = options.masks.map(readsOfMask);
  const counts = reads.map((read) => read.reduce((sum, value) => sum + value, 0));
  const trainedTokens = counts.reduce((sum, count) => sum + count, 0);
  const coefficients = coefficientsOf(counts, trainedTokens, options);
  const gradients = reads.map((read, row) =>
    Float32Array.from(read, (value) => (value === 1 ? -coefficients[row]! : 0)),
  );
  const objective = (logprobs: readonly Float32Array[]) => ({
    loss: weightedSum(logprobs, reads, coefficients),
    gradients,
    metrics: { trainedTokens },
  });
  return Object.assign(objective, { linearGradients: gradients, reads });
}

function coefficientsOf(
  counts: readonly number[],
  trainedTokens: number,
  options: SupervisedOptions,
): number[] {
  const weight = options.weight ?? 1;
  if (options.reduction === "sequence") {
    return counts.map((count) => (count === 0 ? 0 : weight / (counts.length * count)));
  }
  return counts.map(() => (trainedTokens === 0 ? 0 : weight / trainedTokens));
}

/** −Σ c · log p in double precision, over the trained tokens only: elsewhere an engine may leave anything. */
function weightedSum(
  logprobs: readonly Float32Array[],
  reads: readonly Uint8Array[],
  coefficients: readonly number[],
): number {
  requireShape(
    logprobs,
    reads.map((read) => read.length),
  );
  let loss = 0;
  for (const [row, read] of reads.entries()) {
    let sum = 0;
    for (let index = 0; index < read.length; index++) if (read[index] === 1) sum += logprobs[row]![index]!;
    loss -= coefficients[row]! * sum;
  }
  return loss;
}
