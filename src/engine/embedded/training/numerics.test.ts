/**
 * What PyTorch, transformers and peft compute with the same weights (shared/numerics/README.md): log-probabilities within
 * 2e-4, losses 1e-4, gradients 1e-3 in norm, weights after three steps 1e-4.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { objectives } from "../../../method/index.js";
import type { Objective } from "../../../spec/index.js";
import { mergeFactors } from "../weights/adapter-weights.js";
import type { LoadedWeights, WeightTensor } from "../weights/loaded-weights.js";
import { loadModelFolder } from "../weights/model-folder.js";
import { type LoraAdapter, readAdapter } from "../weights/peft-adapter.js";
import { TrainableModel, type TrainableModelOptions } from "./trainable-model.js";

const root = resolve("../shared/numerics");
const present = existsSync(root);
const note = present ? "" : " (skipped: no shared/numerics)";
const folders = ["llama", "llama31", "qwen2", "qwen3"] as const;
const losses = ["simpo", "dpo", "ipo", "orpo", "cpo"] as const;

interface Scored {
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
}

interface ExpectedPair {
  readonly prompt: readonly number[];
  readonly chosen: readonly number[];
  readonly rejected: readonly number[];
}

interface ExpectedGradient {
  readonly loss: number;
  readonly grad_norm: number;
  readonly grads: Readonly<Record<string, readonly number[]>>;
}

interface ExpectedAdamW {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weight_decay: number;
}

interface Expected {
  readonly score: readonly Scored[];
  readonly score_with_adapter: readonly Scored[];
  readonly score_merged_after_sft: readonly Scored[];
  readonly pairs: readonly ExpectedPair[];
  readonly reference_logprob_sums: readonly (readonly [number, number])[];
  readonly objectives: Readonly<Record<(typeof losses)[number], ExpectedGradient>>;
  readonly sft_adamw: ExpectedAdamW & {
    readonly clip: number;
    readonly steps: readonly {
      readonly lr: number;
      readonly loss: number;
      readonly grad_norm_before_clip: number;
    }[];
    readonly loss_after: number;
  };
}

interface ExpectedFull extends ExpectedAdamW {
  readonly lr: number;
  readonly losses: readonly number[];
  readonly loss_after: number;
}

describe.skipIf(!present)(`embedded training on shared/numerics${note}`, () => {
  it.each(folders)("scores %s", async (folder) => {
    const { score } = readExpected(folder);
    const model = await openModel(folder, { train: "none" });
    expectScores((await model.score(tokensOf(score))).logprobs, score);
    await model.close();
  });

  it.each(folders)("scores %s with an adapter", async (folder) => {
    const expected = readExpected(folder).score_with_adapter;
    const model = await openModel(folder, { train: "none", adapter: await openAdapter(folder) });
    expectScores((await model.score(tokensOf(expected))).logprobs, expected);
    await model.close();
  });

  it.each(folders)("scores %s with an adapter merged", async (folder) => {
    const expected = readExpected(folder).score_merged_after_sft;
    const weights = await loadModelFolder(join(root, folder));
    const merged = mergeAll(weights, await openAdapter(folder, "adapter-after-sft"));
    const model = new TrainableModel({ weights: merged, train: "none" });
    expectScores((await model.score(tokensOf(expected))).logprobs, expected);
    await model.close();
  });

  it.each(folders.flatMap((folder) => losses.map((loss) => [folder, loss] as const)))(
    "takes the gradient of %s %s in two passes",
    async (folder, loss) => {
      const expected = readExpected(folder);
      const model = await openModel(folder, { train: "adapter", adapter: await openAdapter(folder) });
      const objective = preferenceObjective(expected, loss);
      const sequences = pairSequences(expected.pairs);
      const { logprobs } = await model.score(sequences, objective.reads);
      const result = objective(logprobs);
      await model.backward(sequences, result.gradients);
      expectGradient(model, result.loss, expected.objectives[loss]);
      await model.close();
    },
  );

  it.each(folders)("trains the adapter of %s as peft and AdamW do", async (folder) => {
    const { pairs, sft_adamw: expected } = readExpected(folder);
    const model = await openModel(folder, { train: "adapter", adapter: await openAdapter(folder) });
    const sequences = pairs.map(({ prompt, chosen }) => [...prompt, ...chosen]);
    const masks = pairs.map(({ prompt, chosen }) => [...prompt.map(() => 0), ...chosen.map(() => 1)]);
    const objective = objectives.supervised({ masks });
    for (const step of expected.steps) {
      const { logprobs } = await model.accumulateLinear(
        sequences,
        objective.linearGradients!,
        objective.reads,
      );
      expect(objective(logprobs).loss).toBeCloseTo(step.loss, 4);
      const options = { ...adamWOptions(expected), learningRate: step.lr, clipNorm: expected.clip };
      expect(model.step(options).gradientNorm / step.grad_norm_before_clip).toBeCloseTo(1, 3);
    }
    expect(objective((await model.score(sequences)).logprobs).loss).toBeCloseTo(expected.loss_after, 4);
    expectAdapter(model.trainedTensors(), await openAdapter(folder, "adapter-after-sft"));
    await model.close();
  });

  it.each(folders)("trains all of %s", async (folder) => {
    const sequences = tokensOf(readExpected(folder).score);
    const expected = readJson<ExpectedFull>(join(folder, "expected-full.json"));
    const model = await openModel(folder, { train: "full" });
    const objective = objectives.supervised({ masks: sequences.map((sequence) => sequence.map(() => 1)) });
    for (const loss of expected.losses) {
      const { logprobs } = await model.accumulateLinear(sequences, objective.linearGradients!);
      expect(objective(logprobs).loss).toBeCloseTo(loss, 4);
      model.step({ ...adamWOptions(expected), learningRate: expected.lr, clipNorm: 0 });
    }
    expect(objective((await model.score(sequences)).logprobs).loss).toBeCloseTo(expected.loss_after, 4);
    await model.close();
  });
});

async function openModel(
  folder: string,
  options: Omit<TrainableModelOptions, "weights">,
): Promise<TrainableModel> {
  return new TrainableModel({ weights: await loadModelFolder(join(root, folder)), ...options });
}

async function openAdapter(folder: string, name = "adapter"): Promise<LoraAdapter> {
  return readAdapter(join(root, folder, name));
}

function mergeAll(weights: LoadedWeights, adapter: LoraAdapter): LoadedWeights {
  const tensors = new Map(weights.tensors);
  for (const [module, factors] of adapter.modules) {
    const name = `${module}.weight`;
    tensors.set(name, mergeFactors(tensors.get(name)!, factors, adapter.alpha / adapter.rank));
  }
  return { config: weights.config, tensors };
}

function preferenceObjective(expected: Expected, loss: (typeof losses)[number]): Objective {
  return objectives[loss]({
    lengths: pairSequences(expected.pairs).map((sequence) => sequence.length),
    responseStarts: expected.pairs.flatMap(({ prompt }) => [prompt.length, prompt.length]),
    referenceSums: expected.reference_logprob_sums.flat(),
  });
}

function pairSequences(pairs: readonly ExpectedPair[]): number[][] {
  return pairs.flatMap(({ prompt, chosen, rejected }) => [
    [...prompt, ...chosen],
    [...prompt, ...rejected],
  ]);
}

function adamWOptions({ betas, eps, weight_decay }: ExpectedAdamW) {
  return { beta1: betas[0], beta2: betas[1], eps, weightDecay: weight_decay };
}

function expectScores(actual: readonly Float32Array[], expected: readonly Scored[]): void {
  for (const [index, { logprobs }] of expected.entries()) {
    expect(actual[index]).toHaveLength(logprobs.length);
    expect(largestDifference(actual[index]!, logprobs)).toBeLessThan(2e-4);
  }
}

function expectGradient(model: TrainableModel, loss: number, expected: ExpectedGradient): void {
  expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-4 * Math.max(1, expected.loss));
  const gradients = model.pendingGradients();
  const norm = Math.hypot(...[...gradients.values()].map(({ data }) => Math.hypot(...data)));
  expect(norm / expected.grad_norm).toBeCloseTo(1, 3);
  for (const [name, values] of Object.entries(expected.grads)) {
    const actual = gradients.get(name.replace("base_model.model.", ""))!.data;
    const difference = Math.hypot(...values.map((value, index) => value - actual[index]!));
    expect(difference / Math.hypot(...values)).toBeLessThan(1e-3);
  }
}

function expectAdapter(actual: ReadonlyMap<string, WeightTensor>, expected: LoraAdapter): void {
  expect(actual.size).toBe(2 * expected.modules.size);
  for (const [module, { a, b }] of expected.modules) {
    expect(largestDifference(actual.get(`${module}.lora_A.weight`)!.data, a.data)).toBeLessThan(1e-4);
    expect(largestDifference(actual.get(`${module}.lora_B.weight`)!.data, b.data)).toBeLessThan(1e-4);
  }
}

function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual).toHaveLength(expected.length);
  return Array.from(expected).reduce(
    (worst, value, index) => Math.max(worst, Math.abs(value - actual[index]!)),
    0,
  );
}

function tokensOf(scored: readonly Scored[]): (readonly number[])[] {
  return scored.map(({ tokens }) => tokens);
}

function readExpected(folder: string): Expected {
  return readJson(join(folder, "expected.json"));
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}
