/**
 * What the benches measure, through the public engine: each case is prepared once and then run as often as wanted.
 * `amount` counts what a run does, `operations` its multiplications and additions in matrix products, where they are all
 * that is compared with the raw speed of such products.
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { GraphBuilder } from "../src/engine/embedded/graph/graph-builder.js";
import { createRandom, layoutPairs, objectives } from "../src/method/index.js";
import type { Engine, Policy, PolicyOptions } from "../src/spec/index.js";
import { adapterRank, linearOperations, type Shape } from "./shapes.js";

/** Threads of every case, those of PyTorch included. */
export const threads = 2;

/** A case, ready to run. */
export interface PreparedCase {
  readonly amount: number;
  readonly unit: "tokens" | "pairs" | "products";
  readonly operations?: number;
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Names of the cases, in the order in which they are measured. */
export const caseNames = ["raw", "score", "lora", "full", "decode1", "decode8", "decode32", "simpo"] as const;

export type CaseName = (typeof caseNames)[number];

/** What the adapter cases train. */
export const lora: PolicyOptions = { adapter: { rank: adapterRank, alpha: 2 * adapterRank } };
/** Tokens before the decoded ones, and decoded ones. */
export const decoding = { prompt: 480, tokens: 33 } as const;
/** As measured of TRL: prompts, pairs of each, pairs of a step. */
export const preference = { prompts: 8, pairs: 8, promptTokens: 400, batch: 8 } as const;

export async function prepareCase(name: CaseName, shape: Shape, engine: Engine): Promise<PreparedCase> {
  if (name === "raw") return rawProducts(shape);
  if (name === "score" || name === "lora" || name === "full") return training(name, shape, engine);
  if (name === "simpo") return simpo(shape, engine);
  return decode(Number(name.slice("decode".length)), shape, engine);
}

/** A chain of products up to the feed-forward size and back: the raw speed of products of the shape's sizes. */
async function rawProducts({ decoder, sequences, length }: Shape): Promise<PreparedCase> {
  const { hiddenSize, feedForwardSize } = decoder;
  const rows = sequences * length;
  const pairs = 10;
  const graph = new GraphBuilder("products");
  const up = graph.input("up", "float32", [hiddenSize, feedForwardSize]);
  const down = graph.input("down", "float32", [feedForwardSize, hiddenSize]);
  let x = graph.input("x", "float32", [rows, hiddenSize]);
  for (let i = 0; i < pairs; i += 1) x = graph.emit("MatMul", [graph.emit("MatMul", [x, up]), down]);
  graph.output("y", graph.emit("ReduceMax", [x]));
  const session = await InferenceSession.create(graph.build(), { intraOpNumThreads: threads });
  const filled = (height: number, width: number): Tensor =>
    new Tensor("float32", new Float32Array(height * width).fill(0.01), [height, width]);
  const feeds = {
    x: filled(rows, hiddenSize),
    up: filled(hiddenSize, feedForwardSize),
    down: filled(feedForwardSize, hiddenSize),
  };
  return {
    amount: 2 * pairs,
    unit: "products",
    operations: 4 * pairs * rows * hiddenSize * feedForwardSize,
    run: async () => void (await session.run(feeds)),
    close: () => session.release(),
  };
}

/** A pass over whole sequences: scores, or gradients of the mean negative log-likelihood with one optimiser step. */
async function training(
  name: "score" | "lora" | "full",
  shape: Shape,
  engine: Engine,
): Promise<PreparedCase> {
  const { sequences: count, length, decoder } = shape;
  const policy = await engine.createPolicy({ score: {}, lora, full: { train: "full" } as const }[name]);
  const tokens = drawTokens(1, decoder.vocabularySize);
  const sequences = Array.from({ length: count }, () => tokens(length + 1));
  const masks = sequences.map((sequence) => sequence.map((_, t) => (t === 0 ? 0 : 1)));
  const objective = objectives.supervised({ masks });
  const { layers, adapters, head } = linearOperations(shape);
  const pairs = 4 * length * decoder.headCount * decoder.headSize * decoder.layerCount;
  const perToken = {
    score: layers + head + pairs,
    lora: 2 * (layers + head) + 3 * (adapters + pairs),
    full: 3 * (layers + head + pairs),
  }[name];
  const step = async (): Promise<void> => {
    await policy.accumulate(sequences, objective);
    await policy.step({ learningRate: 1e-6 });
  };
  return {
    amount: count * length,
    unit: "tokens",
    operations: perToken * count * length,
    run: name === "score" ? async () => void (await policy.score(sequences)) : step,
    close: () => policy.close(),
  };
}

/** One sample of each of `rows` prompts, less the time of the prompts: run with `maxTokens` 1 and subtract. */
async function decode(rows: number, { decoder }: Shape, engine: Engine): Promise<PreparedCase> {
  const policy = await engine.createPolicy();
  const tokens = drawTokens(2, decoder.vocabularySize);
  const prompts = Array.from({ length: rows }, () => tokens(decoding.prompt));
  return {
    amount: rows * (decoding.tokens - 1),
    unit: "tokens",
    run: () => sampleAll(policy, prompts, decoding.tokens),
    close: () => policy.close(),
  };
}

/** The prompts of a decoding case alone. */
export async function decodePrompts(rows: number, { decoder }: Shape, engine: Engine): Promise<PreparedCase> {
  const policy = await engine.createPolicy();
  const tokens = drawTokens(2, decoder.vocabularySize);
  const prompts = Array.from({ length: rows }, () => tokens(decoding.prompt));
  return {
    amount: rows * decoding.prompt,
    unit: "tokens",
    run: () => sampleAll(policy, prompts, 1),
    close: () => policy.close(),
  };
}

async function sampleAll(
  policy: Policy,
  prompts: readonly (readonly number[])[],
  maxTokens: number,
): Promise<void> {
  const settings = { n: 1, maxTokens, temperature: 1, topP: 1, stop: [], seed: 3 };
  await policy.sample(prompts.map((prompt) => ({ prompt, ...settings })));
}

/** An epoch of SimPO steps on an adapter; the pairs of a prompt are neighbours. */
async function simpo({ decoder }: Shape, engine: Engine): Promise<PreparedCase> {
  const policy = await engine.createPolicy(lora);
  const random = createRandom(4);
  const tokens = drawTokens(3, decoder.vocabularySize);
  const fragment = (): number[] => tokens(6 + random.integer(10));
  const pairs = Array.from({ length: preference.prompts }, () => tokens(preference.promptTokens)).flatMap(
    (prefix) =>
      Array.from({ length: preference.pairs }, () => ({ prefix, chosen: fragment(), rejected: fragment() })),
  );
  const run = async (): Promise<void> => {
    for (let first = 0; first < pairs.length; first += preference.batch) {
      const layout = layoutPairs(pairs.slice(first, first + preference.batch));
      const objective = objectives.simpo({ ...layout, beta: 2.5, gamma: 0.5 });
      await policy.accumulate(layout.sequences, objective);
      await policy.step({ learningRate: 1e-6 });
    }
  };
  return { amount: pairs.length, unit: "pairs", run, close: () => policy.close() };
}

/** Random sequences of a length. */
export function drawTokens(seed: number, vocabularySize: number): (length: number) => number[] {
  const random = createRandom(seed);
  return (length) => Array.from({ length }, () => random.integer(vocabularySize));
}
