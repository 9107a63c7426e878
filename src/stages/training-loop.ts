/**
 * The loop of every stage that trains: batch, gradient, step, record, checkpoint. The batch of a step is a pure function
 * of its number, so a checkpoint is the policy's state and nothing else; a resumed stage writes the same records and ends
 * with the same bytes as one that was never stopped.
 */
import { learningRateAt } from "../method/index.js";
import {
  type AccumulateResult,
  NumericError,
  type Objective,
  type Policy,
  type StepRecord,
  type Store,
} from "../spec/index.js";
import { checkpointPath, listCheckpoints, runPaths, saveCheckpoint } from "../store/index.js";
import { type StagePorts, stopIfAsked } from "./ports.js";
import { countSteps, cutSteps } from "./step-log.js";
import type { TrainingSettings } from "./training-settings.js";

/** A part of a batch that one call of the engine takes. The losses of the parts add up to the loss of the batch. */
export interface BatchPart {
  readonly sequences: readonly (readonly number[])[];
  readonly objective: Objective;
  /** The part's share of the batch, by which metrics are averaged; the shares add up to 1. 0 leaves its metrics out. */
  readonly share: number;
}

/** A stage's training. */
export interface Training {
  /** Name in `metrics.jsonl`, e.g. `round-01/prefer`. */
  readonly stage: string;
  /** Folder of its checkpoints. */
  readonly checkpoints: string;
  readonly steps: number;
  readonly settings: TrainingSettings;
  /** The batch of a step, counted from 1. Must depend on the step alone. */
  batch(step: number): Promise<readonly BatchPart[]>;
}

/**
 * Trains the policy to the last step, from the newest checkpoint where there is one.
 *
 * @throws NumericError for a loss or gradient that is not finite; CancelledError, after a checkpoint, when asked to stop
 */
export async function train(training: Training, policy: Policy, ports: StagePorts): Promise<void> {
  const start = await restore(training, policy, ports.store);
  let upcoming = start < training.steps ? prefetch(training, start + 1) : undefined;
  for (let step = start + 1; step <= training.steps; step += 1) {
    const parts = await upcoming!;
    upcoming = step < training.steps ? prefetch(training, step + 1) : undefined;
    const record = await trainStep(training, step, parts, policy);
    await ports.store.appendRow(runPaths.metrics, record);
    const due = step % training.settings.checkpointEvery === 0 || step === training.steps;
    if (due || ports.signal?.aborted) await saveCheckpoint(ports.store, training.checkpoints, step, policy);
    const note = `loss ${record.loss.toPrecision(3)}`;
    ports.onProgress?.({ stage: training.stage, unit: "steps", done: step, total: training.steps, note });
    if (step < training.steps) stopIfAsked(ports, training.stage);
  }
}

/** Starts making a batch while the engine is busy; its failure is told when the batch is wanted. */
function prefetch(training: Training, step: number): Promise<readonly BatchPart[]> {
  const batch = training.batch(step);
  batch.catch(() => undefined);
  return batch;
}

async function trainStep(
  training: Training,
  step: number,
  parts: readonly BatchPart[],
  policy: Policy,
): Promise<StepRecord> {
  const { stage, settings, steps } = training;
  const learningRate = rateOf(settings, step, steps);
  const calls = parts.map((part) => policy.accumulate(part.sequences, part.objective));
  const { beta1, beta2, eps, weightDecay, clipNorm } = settings;
  const stepping = policy.step({ learningRate, beta1, beta2, eps, weightDecay, clipNorm });
  stepping.catch(() => undefined); // It fails when a call before it has failed: that failure is the one to tell.
  const results = await Promise.all(calls);
  const { gradientNorm } = await stepping;
  const loss = sum(results.map((result) => result.loss));
  // NaN: a server that does not tell the norm. Engines refuse a gradient that is not finite themselves.
  if (!Number.isFinite(loss) || Math.abs(gradientNorm) === Number.POSITIVE_INFINITY)
    throw notFinite(stage, step, loss, gradientNorm);
  const tokens = sum(results.map((result) => result.tokens));
  const metrics = mergeMetrics(results, parts);
  return { kind: "step", stage, step, loss, learningRate, gradientNorm, tokens, metrics };
}

function rateOf(settings: TrainingSettings, step: number, steps: number): number {
  const schedule = {
    kind: settings.schedule,
    peak: settings.learningRate,
    warmupRatio: settings.warmupShare,
  };
  return learningRateAt(schedule, step, steps);
}

/** Counts of tokens add up over the parts; everything else is a mean. */
function mergeMetrics(
  results: readonly AccumulateResult[],
  parts: readonly BatchPart[],
): Record<string, number> {
  const merged: Record<string, number> = {};
  results.forEach((result, index) => {
    for (const [name, value] of Object.entries(result.metrics)) {
      const factor = name.endsWith("Tokens") ? 1 : parts[index]!.share;
      merged[name] = (merged[name] ?? 0) + factor * value;
    }
  });
  return merged;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function notFinite(stage: string, step: number, loss: number, gradientNorm: number): NumericError {
  const message = `${stage}, step ${step}: loss ${loss}, norm of the gradient ${gradientNorm}. Lower the learning rate or set clipNorm.`;
  return new NumericError(message, { stage, step, loss, gradientNorm });
}

/** Loads the newest checkpoint whose records are all in the log, drops later records, and returns its step. */
async function restore(training: Training, policy: Policy, store: Store): Promise<number> {
  const { stage, checkpoints, steps } = training;
  const logged = await countSteps(store, stage);
  const usable = (await listCheckpoints(store, checkpoints)).filter(
    (step) => step <= Math.min(logged, steps),
  );
  const newest = usable.at(-1) ?? 0;
  if (newest > 0) await policy.load(store.path(checkpointPath(checkpoints, newest)));
  else await store.remove(checkpoints);
  await cutSteps(store, stage, newest);
  return newest;
}
