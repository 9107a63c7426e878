import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openEngine } from "../engine/index.js";
import { learningRateAt, objectives } from "../method/index.js";
import { CancelledError, NumericError, type Objective, type StepRecord } from "../spec/index.js";
import { openRunDirectory, type RunDirectory, rowParser, runPaths, stepSchema } from "../store/index.js";
import { type Training, train } from "./training-loop.js";
import type { TrainingSettings } from "./training-settings.js";

const settings: TrainingSettings = {
  epochs: 1,
  batchRows: 2,
  learningRate: 0.1,
  schedule: "cosine",
  warmupShare: 0.2,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0,
  clipNorm: 1,
  partTokens: 100,
  checkpointEvery: 3,
};

const training: Training = {
  stage: "warmup",
  checkpoints: "warmup/checkpoints",
  steps: 10,
  settings,
  batch: async (step) => [part([1, step % 4, 3], 0.5), part([2, 0, step % 3], 0.5)],
};

function part(sequence: number[], share: number) {
  const objective = objectives.supervised({ masks: [[0, 1, 1]], weight: share });
  return { sequences: [sequence], objective, share };
}

let root: string;
let run: RunDirectory;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "itool-train-"));
  run = await openRunDirectory(root);
});

afterEach(async () => {
  await run.close();
  await rm(root, { recursive: true, force: true });
});

/** Trains, asked to stop after some steps, and returns the adapter's bytes. */
async function trainUntil(stopAfter: number, wanted: Training = training): Promise<string> {
  const engine = await openEngine({ kind: "scripted", vocabularySize: 6 });
  const policy = await engine.createPolicy({ adapter: { rank: 2, alpha: 4 }, seed: 7 });
  const controller = new AbortController();
  let steps = 0;
  const onProgress = () => {
    steps += 1;
    if (steps === stopAfter) controller.abort();
  };
  try {
    await train(wanted, policy, { store: run, signal: controller.signal, onProgress });
    await policy.exportAdapter(run.path("adapter"));
    return (await readFile(run.path("adapter/adapter_model.safetensors"))).toString("hex");
  } finally {
    await engine.close();
  }
}

async function log(): Promise<StepRecord[]> {
  const steps: StepRecord[] = [];
  for await (const step of run.readRows(runPaths.metrics, rowParser(stepSchema, runPaths.metrics)))
    steps.push(step);
  return steps;
}

describe("train", () => {
  it("writes one record a step, with the schedule's rate", async () => {
    await trainUntil(0);
    const steps = await log();
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { step, learningRate, tokens, metrics } of steps) {
      const schedule = { kind: "cosine" as const, peak: 0.1, warmupRatio: 0.2 };
      expect(learningRate).toBe(learningRateAt(schedule, step, 10));
      expect(tokens).toBe(6);
      expect(metrics).toEqual({ trainedTokens: 4 });
    }
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss);
  });

  it("keeps two checkpoints", async () => {
    await trainUntil(0);
    expect(await run.list("warmup/checkpoints")).toEqual(["step-00000009", "step-00000010"]);
  });

  it("ends with the same bytes and records however often it was stopped", async () => {
    const expected = await trainUntil(0);
    const records = await log();
    await run.remove("warmup");
    await run.remove(runPaths.metrics);
    for (const stopAfter of [1, 2, 4]) await expect(trainUntil(stopAfter)).rejects.toThrow(CancelledError);
    expect(await trainUntil(0)).toBe(expected);
    expect(await log()).toEqual(records);
  });

  it("goes back to the newest checkpoint whose records are all there", async () => {
    const expected = await trainUntil(0);
    const records = await log();
    await run.writeRows(runPaths.metrics, records.slice(0, 9));
    expect(await trainUntil(0)).toBe(expected);
    expect(await log()).toEqual(records);
    await run.writeRows(runPaths.metrics, records.slice(0, 5));
    expect(await trainUntil(0)).toBe(expected);
    expect(await log()).toEqual(records);
  });

  it("leaves the records of other stages alone", async () => {
    await trainUntil(0);
    const other = { ...(await log())[0]!, stage: "round-01/prefer", step: 9 };
    await run.remove("warmup");
    await run.writeRows(runPaths.metrics, [other]);
    await trainUntil(0);
    expect((await log()).map(({ stage }) => stage)).toEqual(["round-01/prefer", ...Array(10).fill("warmup")]);
  });

  it("stops at a loss that is not finite, naming stage and step", async () => {
    const broken: Objective = () => ({ loss: Number.NaN, gradients: [new Float32Array(2)] });
    const batch = async () => [{ sequences: [[1, 2, 3]], objective: broken, share: 1 }];
    const failure: unknown = await trainUntil(0, { ...training, batch }).catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(NumericError);
  });

  it("tells a batch that cannot be made", async () => {
    const batch = async (step: number) => {
      if (step === 3) throw new Error("row 17 is damaged");
      return training.batch(step);
    };
    await expect(trainUntil(0, { ...training, batch })).rejects.toThrow("row 17 is damaged");
  });

  it("does nothing in no steps", async () => {
    await trainUntil(0, { ...training, steps: 0 });
    expect(await run.exists(runPaths.metrics)).toBe(false);
  });
});
