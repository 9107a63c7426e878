import { afterEach, describe, expect, it } from "vitest";
import { createRandom } from "../../../method/index.js";
import {
  CancelledError,
  ConfigError,
  InputError,
  type JsonObject,
  ModelError,
  NumericError,
} from "../../../spec/index.js";
import { readDecoderConfig } from "../transformer/decoder-config.js";
import { decoderTensors, layerLinears } from "../transformer/decoder-tensors.js";
import { createAdapter } from "../weights/adapter-weights.js";
import type { LoadedWeights, WeightTensor } from "../weights/loaded-weights.js";
import type { LoraAdapter } from "../weights/peft-adapter.js";
import { TrainableModel, type TrainableModelOptions } from "./trainable-model.js";

const config = {
  architectures: ["LlamaForCausalLM"],
  vocab_size: 13,
  hidden_size: 12,
  intermediate_size: 20,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  num_key_value_heads: 1,
  head_dim: 6,
  max_position_embeddings: 32,
  rope_theta: 100,
};
const sequences = [[1, 2, 3, 4, 5, 6, 7], [8, 9], [3, 1, 12, 0, 2], [4]];
const gradients = sequences.map((sequence, row) =>
  Float32Array.from({ length: sequence.length - 1 }, (_, t) => Math.sin(3 * row + t)),
);

const open: TrainableModel[] = [];
const openModel = (options: Partial<TrainableModelOptions> = {}): TrainableModel => {
  const model = new TrainableModel({ weights: randomWeights(config), train: "full", ...options });
  open.push(model);
  return model;
};
afterEach(async () => {
  for (const model of open.splice(0)) await model.close();
});

describe("TrainableModel", () => {
  it.each([
    ["untied", { ...config }, undefined],
    ["tied", { ...config, tie_word_embeddings: true }, undefined],
    ["Qwen2", { ...config, architectures: ["Qwen2ForCausalLM"] }, undefined],
    ["Qwen3", { ...config, architectures: ["Qwen3ForCausalLM"] }, undefined],
    ["an adapter on some linears", { ...config }, ["q_proj", "down_proj"]],
  ])("has the gradient that finite differences give: %s", async (_, description, targets) => {
    const weights = randomWeights(description);
    const adapter = targets === undefined ? undefined : randomAdapter(targets);
    const train = adapter === undefined ? "full" : "adapter";
    const model = openModel({ weights, train, ...(adapter === undefined ? {} : { adapter }) });
    await model.backward(sequences, gradients);
    const pending = model.pendingGradients();
    expect([...pending.keys()]).toEqual([...model.trainedTensors().keys()]);
    for (const [name, { data }] of model.trainedTensors()) {
      const direction = Float32Array.from(data, (_value, index) => Math.cos(1.3 * index + 1));
      const slope = await directionalSlope(model, data, direction);
      expect(Math.abs(dot(pending.get(name)!.data, direction) - slope)).toBeLessThan(
        5e-3 * (1 + Math.abs(slope)),
      );
    }
  });

  it("gives a sequence the same log-probabilities alone, padded in a batch, and in parts of a split batch", async () => {
    const together = await openModel().score(sequences);
    const split = await openModel({ tokensPerRun: 1 }).score(sequences);
    expect(together.tokens).toBe(6 + 1 + 4);
    for (const [index, logprobs] of together.logprobs.entries()) {
      const alone = (await openModel().score([sequences[index]!])).logprobs[0]!;
      expect(distance(alone, logprobs)).toBeLessThan(1e-5);
      expect(distance(split.logprobs[index]!, logprobs)).toBeLessThan(1e-5);
    }
  });

  it("gives the same gradient whole, split into runs, and split into calls", async () => {
    const [whole, split, calls] = [openModel(), openModel({ tokensPerRun: 1 }), openModel()];
    await whole.accumulateLinear(sequences, gradients);
    await split.accumulateLinear(sequences, gradients);
    for (const [index, sequence] of sequences.entries())
      await calls.backward([sequence], [gradients[index]!]);
    for (const [name, { data }] of whole.pendingGradients()) {
      expect(distance(split.pendingGradients().get(name)!.data, data)).toBeLessThan(1e-4);
      expect(distance(calls.pendingGradients().get(name)!.data, data)).toBeLessThan(1e-4);
    }
  });

  it.each([
    ["all weights", { train: "full" }, {}],
    ["all weights of a tied model", { train: "full" }, { tie_word_embeddings: true }],
    ["all weights of Qwen3", { train: "full" }, { architectures: ["Qwen3ForCausalLM"] }],
    ["an adapter", { train: "adapter", adapter: randomAdapter(["q_proj", "up_proj"]) }, {}],
    ["an adapter of the last layer", { train: "adapter", adapter: lastLayer(randomAdapter(["v_proj"])) }, {}],
  ] as const)("computes the same layer by layer: %s", async (_, options, fields) => {
    const weights = randomWeights({ ...config, ...fields });
    const [whole, layered] = [
      openModel({ weights, ...options }),
      openModel({ weights, ...options, recompute: true }),
    ];
    const [expected, actual] = [await whole.score(sequences), await layered.score(sequences)];
    for (const [index, row] of expected.logprobs.entries())
      expect(distance(actual.logprobs[index]!, row)).toBeLessThan(1e-6);
    const passes = [];
    for (const model of [whole, layered]) passes.push(await model.accumulateLinear(sequences, gradients));
    expect(passes[1]!.logprobs.map((row) => row.length)).toEqual(
      passes[0]!.logprobs.map((row) => row.length),
    );
    for (const [name, { data }] of whole.pendingGradients())
      expect(distance(layered.pendingGradients().get(name)!.data, data)).toBeLessThan(1e-5);
    expect(whole.step({ learningRate: 0.01 }).gradientNorm).toBeCloseTo(
      layered.step({ learningRate: 0.01 }).gradientNorm,
      5,
    );
  });

  it("computes only what is read, and 0 elsewhere", async () => {
    const reads = sequences.map((sequence) =>
      Uint8Array.from({ length: sequence.length - 1 }, (_, t) => t % 2),
    );
    const all = (await openModel().score(sequences)).logprobs;
    const some = await openModel().score(sequences, reads);
    const expected = all.map((row, index) => row.map((value, t) => (reads[index]![t] === 1 ? value : 0)));
    for (const [index, row] of expected.entries())
      expect(distance(some.logprobs[index]!, row)).toBeLessThan(1e-5);
    expect(some.tokens).toBe(6 + 4);
  });

  it("gives the same bits for the same calls", async () => {
    const train = async (): Promise<Float32Array[]> => {
      const model = openModel({ tokensPerRun: 8 });
      for (let step = 0; step < 3; step += 1) {
        await model.accumulateLinear(sequences, gradients);
        model.step({ learningRate: 0.01 });
      }
      return [...model.trainedTensors().values()].map(({ data }) => data);
    };
    expect(await train()).toEqual(await train());
  });

  it("leaves the given weights and adapter alone", async () => {
    const weights = randomWeights(config);
    const model = openModel({ weights });
    await model.backward(sequences, gradients);
    model.step({ learningRate: 0.1 });
    expect(weights).toEqual(randomWeights(config));
    expect(model.tensors.get("model.norm.weight")).not.toEqual(weights.tensors.get("model.norm.weight"));
  });

  it("steps with a gradient that is zero, but not with none", async () => {
    const model = openModel();
    expect(() => model.step({ learningRate: 0.1 })).toThrow(InputError);
    await model.backward([[1, 2]], [Float32Array.of(0)]);
    expect(model.step({ learningRate: 0.1 }).gradientNorm).toBe(0);
    expect(() => model.step({ learningRate: 0.1 })).toThrow(InputError);
  });

  it("stops between runs when cancelled, and drops the pending gradient", async () => {
    const model = openModel({ tokensPerRun: 1 });
    const progress: number[] = [];
    const work = model.accumulateLinear(sequences, gradients, undefined, {
      isCancelled: () => progress.length === 2,
      onProgress: (done) => progress.push(done),
    });
    await expect(work).rejects.toThrow(CancelledError);
    expect(progress).toEqual([1, 2]);
    expect(() => model.step({ learningRate: 0.1 })).toThrow("no pending gradient");
  });

  it("drops the pending gradient when weights or loss are not finite", async () => {
    const model = openModel();
    await model.backward(sequences, gradients);
    await expect(model.backward([[1, 2]], [Float32Array.of(Number.NaN)])).rejects.toThrow(NumericError);
    expect(() => model.step({ learningRate: 0.1 })).toThrow(InputError);
    model.tensors.get("model.norm.weight")!.data[0] = Number.NaN;
    await expect(model.accumulateLinear(sequences, gradients)).rejects.toThrow(NumericError);
    expect(() => model.step({ learningRate: 0.1 })).toThrow(InputError);
  });

  it("refuses wrong input before any work", async () => {
    const model = openModel();
    await expect(model.score([[1, 2], []])).rejects.toThrow(InputError);
    await expect(model.score([[13, 1]])).rejects.toThrow("no token");
    await expect(model.score([new Array(33).fill(1)])).rejects.toThrow("context is 32");
    await expect(model.backward([[1, 2]], [])).rejects.toThrow(InputError);
    await expect(model.score([[1, 2]], [new Uint8Array(2)])).rejects.toThrow(InputError);
    expect((await model.score([])).logprobs).toEqual([]);
  });

  it("refuses to train what is not there", async () => {
    await expect(openModel({ train: "none" }).backward(sequences, gradients)).rejects.toThrow(InputError);
    expect(() => openModel({ train: "adapter" })).toThrow(ConfigError);
    const factors = randomAdapter(["q_proj"]).modules.get("model.layers.0.self_attn.q_proj")!;
    const adapter = {
      rank: 2,
      alpha: 4,
      targets: [],
      modules: new Map([["model.layers.9.self_attn.q_proj", factors]]),
    };
    expect(() => openModel({ adapter })).toThrow("model.layers.9.self_attn.q_proj");
    const wrong = { ...adapter, modules: new Map([["model.layers.0.mlp.down_proj", factors]]) };
    expect(() => openModel({ adapter: wrong })).toThrow("does not fit");
  });

  it("refuses weights that are not those of the config", () => {
    const { tensors } = randomWeights(config);
    const changed = (change: (tensors: Map<string, WeightTensor>) => void): LoadedWeights => {
      const copy = new Map(tensors);
      change(copy);
      return { config, tensors: copy };
    };
    const lacking = changed((copy) => copy.delete("lm_head.weight"));
    expect(() => openModel({ weights: lacking })).toThrow("lack lm_head.weight");
    const biased = changed((copy) =>
      copy.set("model.layers.0.mlp.up_proj.bias", tensors.get("model.norm.weight")!),
    );
    expect(() => openModel({ weights: biased })).toThrow("up_proj.bias");
    const reshaped = changed((copy) =>
      copy.set("model.norm.weight", { shape: [3], data: new Float32Array(3) }),
    );
    expect(() => openModel({ weights: reshaped })).toThrow(ModelError);
    const tied = { ...changed(() => undefined), config: { ...config, tie_word_embeddings: true } };
    expect(() => openModel({ weights: tied })).toThrow("lm_head.weight differs");
  });
});

function randomWeights(description: JsonObject): LoadedWeights {
  const random = createRandom(5);
  const shapes = decoderTensors(readDecoderConfig(description));
  const tensors = [...shapes].map(([name, shape]): [string, WeightTensor] => {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    const draw = (): number => (shape.length === 1 ? 1 : 0) + 0.3 * random.normal();
    return [name, { shape, data: Float32Array.from({ length: size }, draw) }];
  });
  return { config: description, tensors: new Map(tensors) };
}

function randomAdapter(targets: readonly string[]): LoraAdapter {
  const decoder = readDecoderConfig(config);
  const linears = [0, 1].flatMap((layer) =>
    layerLinears(decoder).map((linear) => ({ ...linear, module: `model.layers.${layer}.${linear.module}` })),
  );
  const adapter = createAdapter(linears, { rank: 2, alpha: 4, targets }, 3);
  const random = createRandom(8);
  for (const { b } of adapter.modules.values()) b.data.set(Array.from(b.data, () => random.normal() / 3));
  return adapter;
}

function lastLayer(adapter: LoraAdapter): LoraAdapter {
  const modules = [...adapter.modules].filter(([module]) => module.startsWith("model.layers.1."));
  return { ...adapter, modules: new Map(modules) };
}

/** Slope of Σ gradients ∘ logprobs along a direction of one weight, by central differences. */
async function directionalSlope(
  model: TrainableModel,
  data: Float32Array,
  direction: Float32Array,
): Promise<number> {
  const saved = data.slice();
  const step = 2 ** -8 / Math.sqrt(dot(direction, direction));
  const at = async (by: number): Promise<number> => {
    data.set(saved.map((value, index) => value + by * direction[index]!));
    const { logprobs } = await model.score(sequences);
    return logprobs.reduce((sum, row, index) => sum + dot(row, gradients[index]!), 0);
  };
  const slope = ((await at(step)) - (await at(-step))) / (2 * step);
  data.set(saved);
  return slope;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

function distance(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length);
  return a.reduce((worst, value, index) => Math.max(worst, Math.abs(value - b[index]!)), 0);
}
