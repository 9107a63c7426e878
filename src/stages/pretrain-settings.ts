/** Settings of `itool pretrain`, and the learning rate that they describe. */
import { z } from "zod";

/** What is read during one part of the run. */
export const pretrainPhaseSchema = z.strictObject({
  /** Share of all tokens at which this phase ends; the last is 1. */
  until: z.number().gt(0).max(1),
  /** Share of rows that only copy values. 0 is off. */
  copyShare: z.number().min(0).max(1),
  /** Share of names in a row replaced by words that exist nowhere else. */
  freshNames: z.number().min(0).max(1),
  /** Share of arguments that a request names by the parameter's own words. */
  explicitness: z.number().min(0).max(1),
  /** Relative weight of each category of toolworld. */
  categories: z.record(z.string(), z.number().min(0)),
  /** Share of arguments that need work beyond copying. */
  argumentWork: z.number().min(0).max(1),
  /** Share of rows with many tools, so that far positions are trained too. */
  longShare: z.number().min(0).max(1).default(0),
  /** Tokens of a batch in this phase; absent: the run's own `batchTokens`. Later phases gain from larger batches. */
  batchTokens: z.number().int().positive().optional(),
});

export type PretrainPhase = z.infer<typeof pretrainPhaseSchema>;

/** Sizes of the model; see `FreshModelShape` of the embedded engine. */
export const freshModelSchema = z.strictObject({
  vocabularySize: z.number().int().min(300),
  hiddenSize: z.number().int().min(8),
  layerCount: z.number().int().min(1),
  headCount: z.number().int().min(1),
  headSize: z.number().int().min(8).multipleOf(2),
  feedForwardSize: z.number().int().min(8),
  contextLength: z.number().int().min(64),
  ropeTheta: z.number().positive().default(10_000),
  embeddingDeviation: z.number().positive().default(0.1),
  copyCircuit: z.boolean().default(true),
});

const gateSchema = z.strictObject({
  /** Tokens read when the gate is looked at. */
  tokens: z.number().positive(),
  /** Share of response tokens of copy rows that must have more than half the probability. */
  copyAccuracy: z.number().min(0).max(1),
});

/** Settings of `itool pretrain`. */
export const pretrainSettingsSchema = z.strictObject({
  name: z.string(),
  seed: z.number().int(),
  model: freshModelSchema,
  tokenizer: z.strictObject({
    /** Rows of the stream whose text the merges are learned from. */
    rows: z.number().int().positive().default(30_000),
  }),
  phases: z.array(pretrainPhaseSchema).min(1),
  /** Length of the run in tokens, padding included. */
  tokens: z.number().positive(),
  batchTokens: z.number().int().positive().default(1024),
  poolRows: z.number().int().positive().default(256),
  learningRate: z.number().positive(),
  warmupSteps: z.number().int().min(0).default(100),
  /** Share of the run at its end over which the rate falls in a line to `floor`; before it the rate is constant. */
  decayShare: z.number().min(0).max(1).default(0.2),
  /** Last learning rate as a share of the first. */
  floor: z.number().min(0).max(1).default(0.02),
  beta2: z.number().gt(0).lt(1).default(0.95),
  weightDecay: z.number().min(0).default(0.1),
  clipNorm: z.number().min(0).default(1),
  /** Tokens between two measurements. */
  measureEvery: z.number().positive().default(1_000_000),
  measureRows: z.number().int().positive().default(200),
  /** Tokens between two checkpoints. */
  checkpointEvery: z.number().positive().default(500_000),
  gates: z.array(gateSchema).default([]),
});

export type PretrainSettings = z.infer<typeof pretrainSettingsSchema>;

/** Learning rate after `tokens` of `settings.tokens` and at step `step` (from 1): rise, constant, fall in a line. */
export function pretrainLearningRate(settings: PretrainSettings, step: number, tokens: number): number {
  const { warmupSteps, decayShare, floor, learningRate } = settings;
  const rise = warmupSteps === 0 ? 1 : Math.min(1, step / warmupSteps);
  const left = Math.max(0, 1 - tokens / settings.tokens);
  const fall = decayShare === 0 || left >= decayShare ? 1 : floor + ((1 - floor) * left) / decayShare;
  return learningRate * Math.min(rise, fall);
}
