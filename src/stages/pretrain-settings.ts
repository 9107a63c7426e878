/** Settings of `itool pretrain`, and the learning rate that they describe. */
import { z } from "zod";

const shareSchema = z.number().min(0).max(1);
const countSchema = z.number().int().positive();

/** What is read during one part of the run. */
export const pretrainPhaseSchema = z.strictObject({
  until: z
    .number()
    .gt(0)
    .max(1)
    .describe("Share of all tokens at which this phase ends; the last phase's is 1."),
  copyShare: shareSchema.describe("Share of rows that only copy values. 0 is off."),
  freshNames: shareSchema.describe(
    "Share of a row's names that are words that exist nowhere else. 0 is off.",
  ),
  explicitness: shareSchema.describe("Share of arguments that a request names by the parameter's own words."),
  categories: z.record(z.string(), z.number().min(0)).describe("Weights of toolworld's categories of rows."),
  argumentWork: shareSchema.describe("Share of rows whose values need work beyond copying. 0 is off."),
  longShare: shareSchema
    .default(0)
    .describe("Share of rows with many tools, so that far positions are trained too. 0 is off."),
  batchTokens: countSchema
    .optional()
    .describe(
      "Tokens of a batch in this phase; left out, the run's own. Later phases gain from larger batches.",
    ),
});

export type PretrainPhase = z.infer<typeof pretrainPhaseSchema>;

/** Sizes of the model; see `FreshModelShape` of the embedded engine. */
export const freshModelSchema = z.strictObject({
  vocabularySize: z.number().int().min(300).describe("Tokens of the vocabulary, special ones included."),
  hiddenSize: z.number().int().min(8).describe("Width of the residual stream."),
  layerCount: z.number().int().min(1).describe("Layers."),
  headCount: z.number().int().min(1).describe("Attention heads; each has its own key and value."),
  headSize: z.number().int().min(8).multipleOf(2).describe("Width of a head."),
  feedForwardSize: z.number().int().min(8).describe("Width of the gated feed-forward layer."),
  contextLength: z.number().int().min(64).describe("Longest sequence."),
  ropeTheta: z.number().positive().default(10_000).describe("Base of the rotary frequencies."),
  embeddingDeviation: z
    .number()
    .positive()
    .default(0.1)
    .describe("Standard deviation of the drawn embeddings."),
  copyCircuit: z
    .boolean()
    .default(true)
    .describe("Set the first two layers by hand to copy from the context."),
});

const gateSchema = z.strictObject({
  tokens: z.number().positive().describe("Tokens read when the gate is looked at."),
  copyAccuracy: shareSchema.describe(
    "Least share of copy rows' response tokens that have more than half the probability; below it the run stops.",
  ),
});

/** Settings of `itool pretrain`. */
export const pretrainSettingsSchema = z.strictObject({
  name: z.string().describe("Name of the experiment; also of its run directory."),
  seed: z.number().int().describe("Seed of weights and rows."),
  model: freshModelSchema.describe("Sizes of the model. Required."),
  tokenizer: z
    .strictObject({
      rows: countSchema
        .default(30_000)
        .describe("Rows of the stream whose text the merges are learned from."),
    })
    .describe("The tokenizer, trained before the model."),
  phases: z.array(pretrainPhaseSchema).min(1).describe("What is read, part after part."),
  tokens: z.number().positive().describe("Length of the run, padding included."),
  batchTokens: countSchema.default(1024).describe("Tokens of an optimiser step."),
  poolRows: countSchema.default(256).describe("Rows that are drawn ahead and batched by length."),
  learningRate: z.number().positive().describe("Peak learning rate of AdamW."),
  warmupSteps: z
    .number()
    .int()
    .min(0)
    .default(100)
    .describe("Steps over which the rate rises from 0. 0 is off."),
  decayShare: shareSchema
    .default(0.2)
    .describe(
      "Share of the run at its end over which the rate falls in a line; before it the rate is constant.",
    ),
  floor: shareSchema.default(0.02).describe("Last learning rate as a share of the first."),
  beta2: z.number().gt(0).lt(1).default(0.95).describe("Decay of AdamW's second moment, per step."),
  weightDecay: z
    .number()
    .min(0)
    .default(0.1)
    .describe("Decoupled weight decay, per unit of learning rate. 0 is off."),
  clipNorm: z.number().min(0).default(1).describe("Largest norm of a step's gradient. 0 is off."),
  measureEvery: z.number().positive().default(1_000_000).describe("Tokens between two measurements."),
  measureRows: countSchema.default(200).describe("Rows of a measurement, of each kind."),
  checkpointEvery: z.number().positive().default(500_000).describe("Tokens between two checkpoints."),
  gates: z.array(gateSchema).default([]).describe("Marks that a hopeless run does not pass. [] is off."),
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
