/** The optimiser, over flat arrays: one pass, no allocation. */
import type { StepOptions } from "../../../spec/index.js";

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
 * `gradientScale` and m̂, v̂ corrected for their start at 0. Advances `state.step`.
 */
export function adamWStep(
  parameters: Float32Array,
  gradient: Float32Array,
  state: AdamWState,
  ranges: readonly ParameterRange[],
  options: Required<StepOptions> & { readonly gradientScale: number },
): void {
  state.step += 1;
  for (const range of ranges) {
    const weightDecay = range.decays ? options.weightDecay : 0;
    updateRange(parameters, gradient, state, range, { ...options, weightDecay });
  }
}

function updateRange(
  parameters: Float32Array,
  gradient: Float32Array,
  { step, first, second }: AdamWState,
  { offset, size }: ParameterRange,
  {
    learningRate,
    beta1,
    beta2,
    eps,
    weightDecay,
    gradientScale,
  }: Required<StepOptions> & { gradientScale: number },
): void {
  const keep = 1 - learningRate * weightDecay;
  const stepSize = learningRate / (1 - beta1 ** step);
  const secondScale = 1 / Math.sqrt(1 - beta2 ** step);
  const gain1 = 1 - beta1;
  const gain2 = 1 - beta2;
  for (let i = offset; i < offset + size; i += 1) {
    const g = gradient[i]! * gradientScale;
    const m = beta1 * first[i]! + gain1 * g;
    const v = beta2 * second[i]! + gain2 * g * g;
    first[i] = m;
    second[i] = v;
    parameters[i] = keep * parameters[i]! - (stepSize * m) / (Math.sqrt(v) * secondScale + eps);
  }
}
