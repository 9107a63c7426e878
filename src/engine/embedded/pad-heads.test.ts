import { describe, expect, it } from "vitest";
import { freshModelConfig, initialiseModel } from "./initialise.js";
import { padHeads } from "./pad-heads.js";
import { TrainableModel } from "./training/trainable-model.js";
import type { LoadedWeights } from "./weights/loaded-weights.js";

const SEQUENCE = [5, 17, 3, 250, 17, 3, 99, 42];

function model(headCount: number): LoadedWeights {
  const shape = {
    vocabularySize: 300,
    hiddenSize: 32,
    layerCount: 2,
    headCount,
    headSize: 16,
    feedForwardSize: 24,
    contextLength: 64,
    ropeTheta: 10_000,
  };
  const options = { seed: 1, embeddingDeviation: 0.1, copyCircuit: true };
  const tensors = initialiseModel(shape, options);
  return { config: JSON.parse(JSON.stringify(freshModelConfig(shape))), tensors };
}

async function scores(weights: LoadedWeights): Promise<readonly number[]> {
  const trainable = new TrainableModel({ weights, train: "none", threads: 1 });
  const { logprobs } = await trainable.score([SEQUENCE]);
  await trainable.close();
  return Array.from(logprobs[0]!);
}

describe("padHeads", () => {
  it("adds heads until they divide the width, and changes no score", async () => {
    const before = model(3);
    const after = padHeads(before);
    expect(after.config).toMatchObject({ num_attention_heads: 4, num_key_value_heads: 4, head_dim: 16 });
    expect(after.tensors.get("model.layers.0.self_attn.q_proj.weight")!.shape).toEqual([64, 32]);
    expect(after.tensors.get("model.layers.1.self_attn.o_proj.weight")!.shape).toEqual([32, 64]);
    const [one, other] = [await scores(before), await scores(after)];
    for (const [index, score] of one.entries()) expect(other[index]).toBeCloseTo(score, 5);
  });

  it("leaves a model alone whose heads divide its width", () => {
    const weights = model(4);
    expect(padHeads(weights)).toBe(weights);
  });

  it("refuses a model without the sizes", () => {
    expect(() => padHeads({ config: { hidden_size: 32 }, tensors: new Map() })).toThrow(/head_dim/);
  });
});
