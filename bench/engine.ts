/**
 * Speed of the embedded engine's graph runs: `npx tsx bench/engine.ts [shape] [repeats]`.
 * For scoring, LoRA and full training: tokens/s, and the share of the speed that plain matrix products of the model's own
 * shapes reach in the same process. Best of several runs: other load on the machine only ever slows a run down. The share
 * is given by the clock and by processor time; where the two differ, the machine was busy with other things.
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { GraphBuilder } from "../src/engine/embedded/graph/graph-builder.js";
import { TrainableModel } from "../src/engine/embedded/training/trainable-model.js";
import { type DecoderConfig, readDecoderConfig } from "../src/engine/embedded/transformer/decoder-config.js";
import { decoderTensors, layerLinears } from "../src/engine/embedded/transformer/decoder-tensors.js";
import type { WeightTensor } from "../src/engine/embedded/weights/loaded-weights.js";
import type { LoraAdapter } from "../src/engine/embedded/weights/peft-adapter.js";
import { createRandom } from "../src/method/index.js";
import type { JsonObject } from "../src/spec/index.js";

interface Shape {
  readonly config: JsonObject;
  readonly sequences: number;
  readonly tokens: number;
  readonly rank: number;
}

/** The least time of several runs, in seconds. */
interface Seconds {
  readonly clock: number;
  /** Of all threads together. */
  readonly processor: number;
}

const threads = 2;
const shapes: Readonly<Record<string, Shape>> = {
  nano: {
    config: config({ vocabulary: 2048, hidden: 192, layers: 6, heads: 3, keyHeads: 3, feedForward: 512 }),
    sequences: 4,
    tokens: 257,
    rank: 16,
  },
  S: {
    config: config({ vocabulary: 4096, hidden: 256, layers: 6, heads: 8, keyHeads: 4, feedForward: 704 }),
    sequences: 4,
    tokens: 513,
    rank: 16,
  },
  M: {
    config: config({ vocabulary: 49152, hidden: 576, layers: 30, heads: 9, keyHeads: 3, feedForward: 1536 }),
    sequences: 1,
    tokens: 513,
    rank: 16,
  },
};

const wanted = process.argv[2];
const repeats = Number(process.argv[3] ?? 10);
for (const [name, shape] of Object.entries(shapes)) {
  if (wanted === undefined ? name !== "M" : name === wanted) await benchShape(name, shape);
}

async function benchShape(name: string, shape: Shape): Promise<void> {
  const decoder = readDecoderConfig(shape.config);
  const raw = await rawSpeed(decoder, shape.sequences * (shape.tokens - 1));
  const gigaflops = (value: number): string => (value / 1e9).toFixed(0);
  console.log(
    `${name}: plain products ${gigaflops(raw.clock)} GFLOP/s, ${gigaflops(raw.processor)} per processor second`,
  );
  const random = createRandom(1);
  const weights = { config: shape.config, tensors: randomWeights(decoder, () => random.normal()) };
  const sequences = Array.from({ length: shape.sequences }, () =>
    Array.from({ length: shape.tokens }, () => random.integer(decoder.vocabularySize)),
  );
  const gradients = sequences.map((sequence) =>
    new Float32Array(sequence.length - 1).fill(-1 / sequence.length),
  );
  const adapter = randomAdapter(decoder, shape.rank, () => random.normal());
  for (const kind of ["score", "LoRA", "full"] as const) {
    const train = ({ score: "none", LoRA: "adapter", full: "full" } as const)[kind];
    const model = new TrainableModel({ weights, threads, train, ...(kind === "LoRA" ? { adapter } : {}) });
    const pass = async (): Promise<void> => {
      if (kind === "score") await model.score(sequences);
      else await model.accumulateLinear(sequences, gradients);
    };
    const seconds = await best(pass, repeats);
    const step = kind === "score" ? undefined : await best(async () => stepTime(model, pass), repeats);
    report(kind, shape, { pass: seconds, step, own: speed(flops(decoder, shape, kind), seconds), raw });
    await model.close();
  }
}

async function stepTime(model: TrainableModel, pass: () => Promise<void>): Promise<void> {
  await pass();
  model.step({ learningRate: 1e-6 });
}

interface Measures {
  readonly pass: Seconds;
  readonly step: Seconds | undefined;
  readonly own: Speed;
  readonly raw: Speed;
}

function report(kind: string, shape: Shape, { pass, step, own, raw }: Measures): void {
  const tokens = shape.sequences * (shape.tokens - 1);
  const shares = [own.clock / raw.clock, own.processor / raw.processor].map((share) => share.toFixed(2));
  const columns = [
    kind.padEnd(6),
    `${(pass.clock * 1000).toFixed(1)} ms a pass (${(pass.processor * 1000).toFixed(1)} of processors)`,
    `${(tokens / pass.clock).toFixed(0)} tokens/s`,
    `${shares.join(" / ")} of plain products`,
  ];
  if (step !== undefined) columns.push(`with optimiser ${(step.clock * 1000).toFixed(1)} ms`);
  console.log(`  ${columns.join("  ")}`);
}

/** FLOP per second. */
type Speed = Seconds;

function speed(operations: number, seconds: Seconds): Speed {
  return { clock: operations / seconds.clock, processor: operations / seconds.processor };
}

/** Floating-point operations of the products of one pass: forward once, and one or two more of each for gradients. */
function flops(decoder: DecoderConfig, shape: Shape, kind: "score" | "LoRA" | "full"): number {
  const length = shape.tokens - 1;
  const tokens = shape.sequences * length;
  const linears = layerLinears(decoder).reduce(
    (sum, { inputSize, outputSize }) => sum + inputSize * outputSize,
    0,
  );
  const low = layerLinears(decoder).reduce(
    (sum, { inputSize, outputSize }) => sum + inputSize + outputSize,
    0,
  );
  const head = decoder.vocabularySize * decoder.hiddenSize;
  const base = 2 * tokens * (decoder.layerCount * linears + head);
  const attention = 4 * tokens * length * decoder.headCount * decoder.headSize * decoder.layerCount;
  const factors = 2 * tokens * decoder.layerCount * low * shape.rank;
  return {
    score: base + attention,
    LoRA: 2 * base + 3 * attention + 3 * factors,
    full: 3 * (base + attention),
  }[kind];
}

/** FLOP/s of a chain of products, up to the feed-forward size and back. */
async function rawSpeed(decoder: DecoderConfig, tokens: number): Promise<Speed> {
  const { hiddenSize, feedForwardSize } = decoder;
  const pairs = 10;
  const graph = new GraphBuilder("products");
  const up = graph.input("up", "float32", [hiddenSize, feedForwardSize]);
  const down = graph.input("down", "float32", [feedForwardSize, hiddenSize]);
  let x = graph.input("x", "float32", [tokens, hiddenSize]);
  for (let i = 0; i < pairs; i += 1) x = graph.emit("MatMul", [graph.emit("MatMul", [x, up]), down]);
  graph.output("y", graph.emit("ReduceMax", [x]));
  const session = await InferenceSession.create(graph.build(), { intraOpNumThreads: threads });
  const filled = (rows: number, columns: number): Tensor =>
    new Tensor("float32", new Float32Array(rows * columns).fill(0.01), [rows, columns]);
  const feeds = {
    x: filled(tokens, hiddenSize),
    up: filled(hiddenSize, feedForwardSize),
    down: filled(feedForwardSize, hiddenSize),
  };
  const seconds = await best(async () => void (await session.run(feeds)), 3 * repeats);
  await session.release();
  return speed(4 * pairs * tokens * hiddenSize * feedForwardSize, seconds);
}

async function best(work: () => Promise<void>, times: number): Promise<Seconds> {
  await work();
  const least = { clock: Number.POSITIVE_INFINITY, processor: Number.POSITIVE_INFINITY };
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    const before = process.cpuUsage();
    await work();
    const used = process.cpuUsage(before);
    least.clock = Math.min(least.clock, (performance.now() - start) / 1e3);
    least.processor = Math.min(least.processor, (used.user + used.system) / 1e6);
  }
  return least;
}

function randomWeights(decoder: DecoderConfig, normal: () => number): Map<string, WeightTensor> {
  return new Map(
    [...decoderTensors(decoder)].map(([name, shape]) => {
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      const make = shape.length === 1 ? () => 1 : () => 0.02 * normal();
      return [name, { shape, data: Float32Array.from({ length: size }, make) }];
    }),
  );
}

function randomAdapter(decoder: DecoderConfig, rank: number, normal: () => number): LoraAdapter {
  const factor = (rows: number, columns: number): WeightTensor => ({
    shape: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, () => 0.02 * normal()),
  });
  const modules = Array.from({ length: decoder.layerCount }, (_, layer) =>
    layerLinears(decoder).map(
      ({ module, inputSize, outputSize }) =>
        [
          `model.layers.${layer}.${module}`,
          { a: factor(rank, inputSize), b: factor(outputSize, rank) },
        ] as const,
    ),
  ).flat();
  const targets = layerLinears(decoder).map(({ module }) => module.slice(module.indexOf(".") + 1));
  return { rank, alpha: 2 * rank, targets, modules: new Map(modules) };
}

function config(
  sizes: Readonly<Record<"vocabulary" | "hidden" | "layers" | "heads" | "keyHeads" | "feedForward", number>>,
): JsonObject {
  return {
    architectures: ["LlamaForCausalLM"],
    vocab_size: sizes.vocabulary,
    hidden_size: sizes.hidden,
    num_hidden_layers: sizes.layers,
    num_attention_heads: sizes.heads,
    num_key_value_heads: sizes.keyHeads,
    intermediate_size: sizes.feedForward,
    max_position_embeddings: 2048,
    tie_word_embeddings: true,
  };
}
