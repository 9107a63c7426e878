/** The optimiser, over flat arrays: one pass, no allocation. */
import type { StepOptions } from "../../../spec/index.js";
import { adamWUpdate } from "./adamw-kernel.js";

/** What AdamW remembers between steps. */
export interface AdamWState {
  /** Steps taken. */
  step: number;
  /** Running mean of the gradient. */
  readonly first: Float32Array;
  /** Running mean of its square. */
  readonly second: Float32Array;
}

/** A part of the parameters that shares its weight decay. */
export interface ParameterRange {
  readonly offset: number;
  readonly size: number;
  /** True for matrices. */
  readonly decays: boolean;
}

/** The settings of a step with the defaults of the port. */
export function completeStepOptions(options: StepOptions): Required<StepOptions> {
  return { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, clipNorm: 1, ...options };
}

/** Euclidean norm, summed in double precision in order: the same bits every time. */
export function norm(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    sum += value * value;
  }
  return Math.sqrt(sum);
}

/**
 * One step of AdamW (arXiv 1711.05101, algorithm 2, with the learning rate as the schedule):
 * θ ← θ − lr · wd · θ; m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; θ ← θ − lr · m̂ / (√v̂ + ε), with g the gradient times
 * `gradientScale` and m̂, v̂ corrected for their start at 0. In float32, as PyTorch does. Advances `state.step`.
 */
export function adamWStep(
  parameters: Float32Array,
  gradient: Float32Array,
  state: AdamWState,
  ranges: readonly ParameterRange[],
  options: Required<StepOptions> & { readonly gradientScale: number },
): void {
  const { learningRate, beta1, beta2, eps, weightDecay, gradientScale } = options;
  state.step += 1;
  const arrays = { parameters, gradient, first: state.first, second: state.second };
  const stepSize = learningRate / (1 - beta1 ** state.step);
  const secondScale = 1 / Math.sqrt(1 - beta2 ** state.step);
  for (const { offset, size, decays } of ranges) {
    const keep = decays ? 1 - learningRate * weightDecay : 1;
    const constants = { gradientScale, beta1, beta2, keep, stepSize, secondScale, eps };
    adamWUpdate(arrays, offset, offset + size, constants);
  }
}
