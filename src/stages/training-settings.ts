/** The settings that all training stages share. Their defaults differ and are given by the stage. */
import { z } from "zod";

/** What a training stage's own defaults are. */
export interface TrainingDefaults {
  readonly epochs: number;
  readonly batchRows: number;
  readonly learningRate: number;
}

/** The fields of a training stage's settings, to be spread into its schema. */
export function trainingFields(defaults: TrainingDefaults) {
  return {
    epochs: z.int().min(0).default(defaults.epochs).describe("Passes over the rows. 0 is off."),
    batchRows: z
      .int()
      .min(1)
      .default(defaults.batchRows)
      .describe("Rows (or pairs) of one optimiser step; the last step of a pass may have fewer."),
    learningRate: z.number().min(0).default(defaults.learningRate).describe("Peak learning rate of AdamW."),
    schedule: z
      .enum(["cosine", "linear", "constant"])
      .default("cosine")
      .describe(
        "Course of the learning rate after its rise: to 0 in half a cosine, to 0 in a line, or level.",
      ),
    warmupShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe("Share of the steps over which the learning rate rises from 0. 0 is off."),
    beta1: z.number().min(0).lt(1).default(0.9).describe("Decay of AdamW's first moment, per step."),
    beta2: z.number().min(0).lt(1).default(0.999).describe("Decay of AdamW's second moment, per step."),
    eps: z.number().gt(0).default(1e-8).describe("Term that keeps AdamW's division finite."),
    weightDecay: z
      .number()
      .min(0)
      .default(0)
      .describe("Decoupled weight decay, per unit of learning rate. 0 is off."),
    clipNorm: z.number().min(0).default(1).describe("Largest norm of a step's gradient. 0 is off."),
    partTokens: z
      .int()
      .min(1)
      .default(16_384)
      .describe(
        "Tokens of one call of the engine at most; a larger batch is added up from parts. Bounds the memory.",
      ),
    checkpointEvery: z
      .int()
      .min(1)
      .default(25)
      .describe("Optimiser steps between two checkpoints: what a kill loses at most."),
  } as const;
}

/** The values of these fields. */
export type TrainingSettings = z.infer<z.ZodObject<ReturnType<typeof trainingFields>>>;
