/**
 * What PyTorch, transformers and peft compute with the same weights (shared/numerics/README.md): log-probabilities within
 * 2e-4, losses 1e-4, gradients 1e-3 in norm, weights after three steps 1e-4.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadModelFolder } from "../weights/model-folder.js";
import { readAdapter } from "../weights/peft-adapter.js";
import { TrainableModel } from "./trainable-model.js";

const root = resolve("../shared/numerics");
const present = existsSync(root);
const note = present ? "" : " (skipped: no shared/numerics)";

interface Scored {
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
}

interface ExpectedFull {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weight_decay: number;
  readonly losses: readonly number[];
  readonly loss_after: number;
}

describe.skipIf(!present)(`embedded training on shared/numerics${note}`, () => {
  it.each(["llama", "llama31"])("scores %s", async (folder) => {
    const { score } = readExpected(folder);
    const model = new TrainableModel({ weights: await loadModelFolder(join(root, folder)), train: "none" });
    expectScores(await model.score(score.map(({ tokens }) => tokens)), score);
    await model.close();
  });

  it.each(["llama", "llama31"])("scores %s with an adapter", async (folder) => {
    const expected = readExpected(folder).score_with_adapter;
    const model = new TrainableModel({
      weights: await loadModelFolder(join(root, folder)),
      adapter: await readAdapter(join(root, folder, "adapter")),
      train: "none",
    });
    expectScores(await model.score(expected.map(({ tokens }) => tokens)), expected);
    await model.close();
  });

  it.each(["llama", "llama31"])("trains all of %s", async (folder) => {
    const sequences = readExpected(folder).score.map(({ tokens }) => tokens);
    const expected = readJson<ExpectedFull>(join(folder, "expected-full.json"));
    const model = new TrainableModel({ weights: await loadModelFolder(join(root, folder)), train: "full" });
    const count = sequences.reduce((sum, sequence) => sum + sequence.length - 1, 0);
    const gradients = sequences.map((sequence) => new Float32Array(sequence.length - 1).fill(-1 / count));
    const loss = (logprobs: readonly Float32Array[]): number => -total(logprobs) / count;
    for (const expectedLoss of expected.losses) {
      const { logprobs } = await model.accumulateLinear(sequences, gradients);
      expect(Math.abs(loss(logprobs) - expectedLoss)).toBeLessThan(1e-4);
      model.step({
        learningRate: expected.lr,
        beta1: expected.betas[0],
        beta2: expected.betas[1],
        eps: expected.eps,
        weightDecay: expected.weight_decay,
        clipNorm: 0,
      });
    }
    const { logprobs } = await model.score(sequences);
    expect(Math.abs(loss(logprobs) - expected.loss_after)).toBeLessThan(1e-4);
    await model.close();
  });
});

function expectScores(
  actual: { readonly logprobs: readonly Float32Array[] },
  expected: readonly Scored[],
): void {
  for (const [index, { logprobs }] of expected.entries()) {
    expect(actual.logprobs[index]).toHaveLength(logprobs.length);
    const worst = Math.max(...logprobs.map((value, t) => Math.abs(value - actual.logprobs[index]![t]!)));
    expect(worst).toBeLessThan(2e-4);
  }
}

function total(arrays: readonly Float32Array[]): number {
  return arrays.reduce((sum, array) => array.reduce((inner, value) => inner + value, sum), 0);
}

function readExpected(folder: string): {
  readonly score: readonly Scored[];
  readonly score_with_adapter: readonly Scored[];
} {
  return readJson(join(folder, "expected.json"));
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}
