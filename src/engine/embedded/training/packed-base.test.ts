/** A base model in 4 bits against the same model unpacked to float32: all that may differ is the order of sums. */
import { expect, it } from "vitest";
import { createRandom } from "../../../method/index.js";
import { ConfigError, type JsonObject } from "../../../spec/index.js";
import { Decoder } from "../decode/decoder.js";
import { PackedLinears } from "../decode/packed-linear.js";
import { sampleBatch } from "../decode/sample-batch.js";
import { readDecoderConfig } from "../transformer/decoder-config.js";
import { decoderTensors, layerLinears } from "../transformer/decoder-tensors.js";
import { createAdapter } from "../weights/adapter-weights.js";
import type { LoadedWeights, WeightTensor } from "../weights/loaded-weights.js";
import { mergedWeights } from "../weights/merged-weights.js";
import {
  type BlockMatrix,
  type PackedMatrix,
  packBfloat16,
  packBlocks,
  unpack,
} from "../weights/packed-weights.js";
import type { LoraAdapter } from "../weights/peft-adapter.js";
import { TrainableModel } from "./trainable-model.js";

const shape = {
  vocab_size: 40,
  hidden_size: 48,
  intermediate_size: 72,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 12,
  max_position_embeddings: 64,
};
const configs: readonly JsonObject[] = [
  { ...shape, architectures: ["LlamaForCausalLM"] },
  { ...shape, architectures: ["Qwen2ForCausalLM"], tie_word_embeddings: true },
  { ...shape, architectures: ["Qwen3ForCausalLM"], tie_word_embeddings: true },
];
const sequences = [
  [1, 2, 3, 4, 5, 6, 7],
  [8, 9],
  [3, 1, 12, 0, 2, 39, 11, 17],
];
const gradients = sequences.map((sequence, row) =>
  Float32Array.from({ length: sequence.length - 1 }, (_, t) => Math.sin(3 * row + t)),
);

it.each(configs)("scores and learns as its unpacked copy does: $architectures", async (config) => {
  const { packed, unpacked } = makeWeights(config);
  expect([...packed.packed!.values()].filter(({ kind }) => kind === "blocks").length).toBe(12);
  const adapter = makeAdapter(config);
  const models = [packed, unpacked].map(
    (weights) => new TrainableModel({ weights, adapter, train: "adapter", threads: 1 }),
  );
  const [ours, theirs] = [models[0]!, models[1]!];
  const scores = [await ours.score(sequences), await theirs.score(sequences)];
  expect(farthest(scores[0]!.logprobs, scores[1]!.logprobs)).toBeLessThan(1e-5);
  for (const model of models) await model.accumulateLinear(sequences, gradients);
  for (const [name, { data }] of theirs.pendingGradients()) {
    expect(farthest([ours.pendingGradients().get(name)!.data], [data])).toBeLessThan(1e-4);
  }
  for (const model of models) await model.close();
});

it.each(configs)("decodes as its unpacked copy with the adapter merged: $architectures", async (config) => {
  const { packed, unpacked } = makeWeights(config);
  const adapter = makeAdapter(config);
  const decoder = readDecoderConfig(config);
  const merged = (weights: LoadedWeights): Map<string, WeightTensor> =>
    new Map(
      [...mergedWeights(weights, adapter)].map(([name, { shape, read }]) => [name, { shape, data: read() }]),
    );
  const blocks = new Map<string, BlockMatrix>();
  for (const [name, matrix] of packed.packed!) {
    if (matrix.kind === "blocks") blocks.set(name.replace(/\.weight$/, ""), matrix);
  }
  const scale = adapter.alpha / adapter.rank;
  const factors = new Map([...adapter.modules].map(([module, pair]) => [module, { ...pair, scale }]));
  const plain = [...merged(packed)].filter(([name]) => !blocks.has(name.replace(/\.weight$/, "")));
  const ours = await Decoder.create(decoder, new Map(plain), 1, new PackedLinears(blocks, factors));
  const theirs = await Decoder.create(decoder, merged(unpacked), 1);
  const request = { prompt: [1, 2, 3], n: 1, maxTokens: 12, temperature: 0, topP: 1, stop: [], seed: 1 };
  const [own, other] = [await sampleBatch(ours, [request]), await sampleBatch(theirs, [request])].map(
    (samples) => samples[0]![0]!,
  );
  expect(own!.tokens).toEqual(other!.tokens);
  expect(farthest([own!.logprobs], [other!.logprobs])).toBeLessThan(1e-4);
  await ours.release();
  await theirs.release();
});

it("cannot be trained itself", () => {
  const { packed } = makeWeights(configs[0]!);
  expect(() => new TrainableModel({ weights: packed, train: "full" })).toThrow(ConfigError);
});

/** Weights with rows that 16 divides in 4 bits (72 it does not: down_proj stays as it is), and their unpacked copy. */
function makeWeights(config: JsonObject): {
  readonly packed: LoadedWeights;
  readonly unpacked: LoadedWeights;
} {
  const random = createRandom(5);
  const tensors = new Map<string, WeightTensor>();
  const packed = new Map<string, PackedMatrix>();
  for (const [name, sizes] of decoderTensors(readDecoderConfig(config))) {
    const size = sizes.reduce((product, dimension) => product * dimension, 1);
    const draw = (): number => (sizes.length === 1 ? 1 : 0) + 0.2 * random.normal();
    const tensor = { shape: sizes, data: Float32Array.from({ length: size }, draw) };
    const isLinear = name.includes("_proj.weight");
    const matrix = isLinear
      ? packBlocks(name, tensor, 64)
      : sizes.length === 2
        ? packBfloat16(name, tensor)
        : undefined;
    if (matrix === undefined) tensors.set(name, tensor);
    else packed.set(name, matrix);
  }
  const copies = [...packed].map(([name, matrix]) => [name, unpack(matrix)] as const);
  return {
    packed: { config, tensors, packed },
    unpacked: { config, tensors: new Map([...tensors, ...copies]) },
  };
}

function makeAdapter(config: JsonObject): LoraAdapter {
  const linears = layerLinears(readDecoderConfig(config)).flatMap((linear) =>
    [0, 1].map((layer) => ({ ...linear, module: `model.layers.${layer}.${linear.module}` })),
  );
  const targets = ["q_proj", "v_proj", "o_proj", "up_proj", "down_proj"];
  const adapter = createAdapter(linears, { rank: 3, alpha: 4, targets }, 3);
  const random = createRandom(8);
  for (const { b } of adapter.modules.values()) b.data.set(Array.from(b.data, () => random.normal() / 3));
  return adapter;
}

function farthest(actual: readonly Float32Array[], expected: readonly Float32Array[]): number {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  const differences = expected.flatMap((row, index) =>
    Array.from(row, (value, at) => Math.abs(value - actual[index]![at]!)),
  );
  return Math.max(...differences);
}
