/** Sequences merged where they begin alike give the numbers that they give one by one, however the tree is cut into rows. */
import { Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../../method/index.js";
import { readDecoderConfig } from "../transformer/decoder-config.js";
import { decoderTensors } from "../transformer/decoder-tensors.js";
import type { WeightTensor } from "../weights/loaded-weights.js";
import { type AttentionLayout, attentionLayouts } from "./attention-layout.js";
import { BatchInputs, gatherWanted, scatterWanted } from "./batch-inputs.js";
import { planBatches } from "./batches.js";
import { DecoderSession, shapesOf } from "./decoder-session.js";
import { TrainableModel } from "./trainable-model.js";
import { TrainedParameters } from "./trained-parameters.js";

const description = {
  architectures: ["LlamaForCausalLM"],
  vocab_size: 11,
  hidden_size: 12,
  intermediate_size: 20,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 4,
  max_position_embeddings: 200,
  tie_word_embeddings: true,
};
const config = readDecoderConfig(description);
const limits = { tokens: 1e5, cachedTokens: 1e5, cells: 1e9, wanted: 1e5 };
/** Starting an engine takes long on a machine that is busy with other work. */
const START_TIMEOUT_MS = 60_000;

function randomWeights(): Map<string, WeightTensor> {
  const random = createRandom(5);
  return new Map(
    [...decoderTensors(config)].map(([name, shape]) => {
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      const draw = (): number => (shape.length === 1 ? 1 : 0) + 0.3 * random.normal();
      return [name, { shape, data: Float32Array.from({ length: size }, draw) }];
    }),
  );
}

/** Sequences that branch at random from earlier ones; some are beginnings of others, or equal. */
function branching(seed: number, count: number): number[][] {
  const random = createRandom(seed);
  const fresh = (most: number): number[] =>
    Array.from({ length: random.integer(most) }, () => random.integer(config.vocabularySize));
  const sequences: number[][] = [];
  for (let i = 0; i < count; i += 1) {
    const trunk = sequences[random.integer(sequences.length + 1)] ?? [3];
    sequences.push([...trunk.slice(0, 1 + random.integer(trunk.length)), ...fresh(30)]);
  }
  return sequences;
}

const gradientsFor = (sequences: readonly (readonly number[])[]): Float32Array[] =>
  sequences.map(({ length }, row) =>
    Float32Array.from({ length: length - 1 }, (_, t) => Math.sin(2 + 3 * row + t)),
  );

interface Numbers {
  readonly logprobs: readonly Float32Array[];
  readonly gradients: ReadonlyMap<string, WeightTensor>;
}

const weights = randomWeights();
const inputs = new BatchInputs(config);
let session: DecoderSession;
beforeAll(async () => {
  const options = { config, shapes: shapesOf(weights), adapterScale: 1, trainable: [...weights.keys()] };
  session = await DecoderSession.create(options, weights, 2);
}, START_TIMEOUT_MS);
afterAll(() => session.release());

/** All sequences in one run, in the layout that `choose` takes. */
async function merged(
  sequences: readonly (readonly number[])[],
  choose: (layouts: readonly AttentionLayout[]) => AttentionLayout,
): Promise<Numbers> {
  const [batch] = planBatches(sequences, () => true, limits);
  const seed = gatherWanted(batch!, gradientsFor(sequences));
  const layout = choose(attentionLayouts(batch!.tree, [1, 8, 32]));
  const outputs = await session.run({
    ...inputs.make(batch!, layout),
    seed: new Tensor("float32", seed, [seed.length]),
  });
  const logprobs = sequences.map(({ length }) => new Float32Array(length - 1));
  scatterWanted(batch!, outputs.logprobs, logprobs);
  const parameters = new TrainedParameters(weights);
  for (const { name, kind, data } of outputs.gradients) {
    if (kind === "whole") parameters.addGradient(name, data);
    else parameters.addRowGradients(name, batch!.tree.tokens, data);
  }
  return { logprobs, gradients: parameters.gradients };
}

/** Each sequence in a call of its own. */
async function oneByOne(sequences: readonly (readonly number[])[]): Promise<Numbers> {
  const model = new TrainableModel({ weights: { config: description, tensors: weights }, train: "full" });
  const gradients = gradientsFor(sequences);
  const logprobs: Float32Array[] = [];
  for (const [index, sequence] of sequences.entries()) {
    const pass = await model.accumulateLinear([sequence], [gradients[index]!]);
    logprobs.push(pass.logprobs[0]!);
  }
  const pending = model.pendingGradients();
  await model.close();
  return { logprobs, gradients: pending };
}

function expectEqual(actual: Numbers, expected: Numbers): void {
  for (const [index, logprobs] of expected.logprobs.entries())
    for (const [t, value] of logprobs.entries())
      expect(Math.abs(actual.logprobs[index]![t]! - value)).toBeLessThan(1e-5);
  for (const [name, { data }] of expected.gradients) {
    const difference = data.map((value, i) => value - actual.gradients.get(name)!.data[i]!);
    expect(Math.hypot(...difference)).toBeLessThan(1e-4 * Math.hypot(...data));
  }
}

describe("merged sequences", () => {
  it.each([1, 2, 3, 4, 5, 6])(
    "give what they give one by one, by chains and by blocks (tree %i)",
    async (seed) => {
      const sequences = branching(seed, 2 + 3 * seed);
      const expected = await oneByOne(sequences);
      for (const index of [0, 1, 2, 3, -1]) {
        expectEqual(await merged(sequences, (layouts) => layouts.at(index) ?? layouts[0]!), expected);
      }
    },
  );

  it("give the same numbers where the runs are bounded", async () => {
    const sequences = branching(9, 20);
    const expected = await oneByOne(sequences);
    for (const tokensPerRun of [1, 40, 150, 4096]) {
      const model = new TrainableModel({
        ...{ weights: { config: description, tensors: weights }, train: "full", tokensPerRun },
      });
      const { logprobs } = await model.accumulateLinear(sequences, gradientsFor(sequences));
      expectEqual({ logprobs, gradients: model.pendingGradients() }, expected);
      await model.close();
    }
  });
});
