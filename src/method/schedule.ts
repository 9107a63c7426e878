/**
 * Learning-rate schedules (the authors' scripts: cosine, warm-up ratio 0.1).
 *
 * Deviation from the usual trainers, on purpose: their first step has learning rate 0 and does nothing. Here the warm-up
 * of w steps rises over 1/(w+1) … w/(w+1), and step w + 1 is the first at the peak.
 */
import { InputError } from "../spec/index.js";

/** How the learning rate moves over the steps of a stage. */
export interface LearningRateSchedule {
  /** After the warm-up: stays, falls on a line, or falls on half a cosine. */
  readonly kind: "constant" | "linear" | "cosine";
  /** The highest learning rate. */
  readonly peak: number;
  /** Share of the steps, in [0, 1], rounded up; not together with `warmupSteps`. @default 0 */
  readonly warmupRatio?: number;
  /** Steps before the peak. @default 0 */
  readonly warmupSteps?: number;
  /** What `linear` and `cosine` fall towards, as a share of the peak in [0, 1]. @default 0 */
  readonly floor?: number;
}

/**
 * The learning rate of a step, counted from 1 to `total`. With w warm-up steps: peak · step / (w + 1) up to step w; then
 * peak · (floor + (1 − floor) · f(x)) with x = (step − 1 − w) / (total − w) in [0, 1), f = 1 (constant), 1 − x (linear)
 * or (1 + cos πx) / 2 (cosine). No step has rate 0 unless the peak is 0.
 *
 * @throws InputError for a step outside 1 … total, or settings out of range.
 */
export function learningRateAt(schedule: LearningRateSchedule, step: number, total: number): number {
  requireStep(step, total);
  const warmup = warmupStepsOf(schedule, total);
  if (step <= warmup) return (schedule.peak * step) / (warmup + 1);
  const progress = (step - 1 - warmup) / (total - warmup);
  const floor = schedule.floor ?? 0;
  requireShare("floor", floor);
  return schedule.peak * (floor + (1 - floor) * decay(schedule.kind, progress));
}

/** How many of `total` steps come before the peak. @throws InputError for settings out of range or both given. */
export function warmupStepsOf(
  schedule: Pick<LearningRateSchedule, "warmupRatio" | "warmupSteps">,
  total: number,
): number {
  const { warmupRatio, warmupSteps } = schedule;
  if (warmupRatio !== undefined && warmupSteps !== undefined) {
    throw new InputError("Both warmupRatio and warmupSteps are set; keep one of them.", {
      warmupRatio,
      warmupSteps,
    });
  }
  if (warmupSteps !== undefined) {
    if (Number.isInteger(warmupSteps) && warmupSteps >= 0) return warmupSteps;
    throw new InputError(`warmupSteps is ${warmupSteps}; it must be a whole number.`, { warmupSteps });
  }
  requireShare("warmupRatio", warmupRatio ?? 0);
  return Math.ceil((warmupRatio ?? 0) * total - 1e-9);
}

function decay(kind: LearningRateSchedule["kind"], progress: number): number {
  switch (kind) {
    case "constant":
      return 1;
    case "linear":
      return 1 - progress;
    case "cosine":
      return (1 + Math.cos(Math.PI * progress)) / 2;
  }
}

function requireStep(step: number, total: number): void {
  if (Number.isInteger(step) && Number.isInteger(total) && step >= 1 && step <= total) return;
  throw new InputError(`Step ${step} of ${total}: steps are whole numbers, counted from 1 to the total.`, {
    step,
    total,
  });
}

function requireShare(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new InputError(`${name} is ${value}; it must be in [0, 1].`, { [name]: value });
}
