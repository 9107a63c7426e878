/** What the fake server's backends make of a pass: the gradient tables of the fact sheet, by flavour. */
import type { Objective } from "../../../src/spec/index.js";

/** How a fake server behaves. */
export type Flavour = "hosted" | "skyrl-jax" | "skyrl-torch";

/** One sequence of a pass as it came. */
export interface FakeDatum {
  readonly input: readonly number[];
  readonly tensors: Readonly<Record<string, readonly number[]>>;
}

/** A pass as it came. */
export interface FakePass {
  readonly modelId: string;
  readonly sequence: number;
  readonly loss: string;
  readonly config: Readonly<Record<string, number>>;
  readonly data: readonly FakeDatum[];
  readonly forwardOnly: boolean;
}

/** A datum that waits for the optimiser's step. */
export interface PendingDatum extends FakeDatum {
  readonly loss: string;
  readonly config: Readonly<Record<string, number>>;
}

/** The whole sequence of a datum. @throws Error where targets are no shift of the input by one */
export function sequenceOf({ input, tensors }: FakeDatum): number[] {
  const targets = tensors.target_tokens;
  if (targets === undefined || targets.length !== input.length)
    throw new Error("target_tokens are missing or too short");
  if (input.slice(1).some((token, index) => token !== targets[index])) {
    throw new Error("targets must be the input shifted by one");
  }
  return [...input, targets.at(-1)!];
}

/** ∂/∂logp of what the flavour minimises for these data together. */
export function gradientObjective(data: readonly PendingDatum[], flavour: Flavour): Objective {
  return (logprobs) => ({
    loss: 0,
    gradients: logprobs.map((row, index) => gradientOf(data[index]!, row, flavour, data.length)),
  });
}

function gradientOf(
  datum: PendingDatum,
  logprobs: Float32Array,
  flavour: Flavour,
  count: number,
): Float32Array {
  const weights = datum.tensors.weights ?? Array.from(logprobs, () => 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // JAX divides by the weights of the sequence and by the number of sequences; the others add up.
  const scale = flavour === "skyrl-jax" ? 1 / Math.max(total, 1e-9) / count : 1;
  return logprobs.map((logprob, index) => -scale * weights[index]! * factorOf(datum, logprob, index));
}

function factorOf({ loss, tensors, config }: PendingDatum, logprob: number, index: number): number {
  if (loss === "cross_entropy") return 1;
  const ratio = Math.exp(logprob - tensors.logprobs![index]!);
  const advantage = tensors.advantages![index]!;
  if (loss === "importance_sampling") return ratio * advantage;
  const { clip_low_threshold: low = 0.8, clip_high_threshold: high = 1.2 } = config;
  return Math.min(Math.max(ratio, low), high) * advantage;
}

/** Losses that a flavour carries out. */
export function knowsLoss(loss: string, flavour: Flavour): boolean {
  const common = ["cross_entropy", "importance_sampling"];
  return (flavour === "skyrl-torch" ? common : [...common, "cispo"]).includes(loss);
}
