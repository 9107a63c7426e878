/**
 * What a base in 4 bits and recomputation cost and save: `npx tsx bench/base-formats.ts [S|M] [repeats]`.
 * Each way runs in a process of its own, whose largest memory is printed with the best time of several passes; processor
 * time beside the clock, because other work on the machine slows the clock only.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Decoder } from "../src/engine/embedded/decode/decoder.js";
import { PackedLinears } from "../src/engine/embedded/decode/packed-linear.js";
import { sampleBatch } from "../src/engine/embedded/decode/sample-batch.js";
import { TrainableModel } from "../src/engine/embedded/training/trainable-model.js";
import { baseModelBytes } from "../src/engine/embedded/transformer/base-memory.js";
import { type DecoderConfig, readDecoderConfig } from "../src/engine/embedded/transformer/decoder-config.js";
import { decoderTensors, layerLinears } from "../src/engine/embedded/transformer/decoder-tensors.js";
import { formOf } from "../src/engine/embedded/transformer/load-decoder.js";
import { createAdapter } from "../src/engine/embedded/weights/adapter-weights.js";
import type { LoadedWeights, WeightTensor } from "../src/engine/embedded/weights/loaded-weights.js";
import { mergedWeights } from "../src/engine/embedded/weights/merged-weights.js";
import {
  type BlockMatrix,
  type PackedMatrix,
  packBfloat16,
  packBlocks,
  packedBytes,
} from "../src/engine/embedded/weights/packed-weights.js";
import { createRandom } from "../src/method/index.js";
import type { JsonObject } from "../src/spec/index.js";

const ways = ["float32", "recompute", "4 bits"] as const;
type Way = (typeof ways)[number];
const shapes: Readonly<Record<string, JsonObject>> = {
  S: config({ vocab: 4096, hidden: 256, layers: 6, heads: 8, keyHeads: 4, feedForward: 704 }),
  M: config({ vocab: 49152, hidden: 576, layers: 30, heads: 9, keyHeads: 3, feedForward: 1536 }),
};
const [name = "S", count = "5", way] = process.argv.slice(2);
const shape = shapes[name] ?? shapes.S!;
if (way === undefined) {
  for (const each of ways) {
    const args = ["--import", "tsx", fileURLToPath(import.meta.url), name, count, each];
    process.stdout.write(spawnSync(process.execPath, args, { encoding: "utf8" }).stdout);
  }
} else {
  await measure(ways.find((each) => each === way) ?? "float32", Number(count));
}

async function measure(kind: Way, repeats: number): Promise<void> {
  const decoder = readDecoderConfig(shape);
  const weights = makeWeights(decoder, kind);
  const bytes = [...weights.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const kept = [...(weights.packed?.values() ?? [])].reduce(
    (sum, matrix) => sum + packedBytes(matrix),
    bytes,
  );
  console.log(
    `${name} ${kind}: base ${(kept / 1e6).toFixed(1)} MB, ${(kept / baseModelBytes(shape)).toFixed(3)} of float32`,
  );
  const linears = layerLinears(decoder).flatMap((linear) =>
    Array.from({ length: decoder.layerCount }, (_, i) => ({
      ...linear,
      module: `model.layers.${i}.${linear.module}`,
    })),
  );
  const adapter = createAdapter(linears, { rank: 16, alpha: 32 }, 1);
  const model = new TrainableModel({
    weights,
    adapter,
    train: "adapter",
    threads: 2,
    recompute: kind === "recompute",
  });
  const random = createRandom(1);
  const sequences = Array.from({ length: name === "M" ? 1 : 4 }, () =>
    Array.from({ length: 513 }, () => random.integer(decoder.vocabularySize)),
  );
  const gradients = sequences.map(() => new Float32Array(512).fill(-1 / 512));
  console.log(`  score ${await best(repeats, async () => void (await model.score(sequences)))}`);
  console.log(
    `  LoRA  ${await best(repeats, async () => void (await model.accumulateLinear(sequences, gradients)))}`,
  );
  console.log(`  largest memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
  await model.close();
  if (kind !== "recompute") await measureDecoding(decoder, weights, repeats);
}

async function measureDecoding(
  decoder: DecoderConfig,
  weights: LoadedWeights,
  repeats: number,
): Promise<void> {
  const blocks = new Map<string, BlockMatrix>();
  for (const [tensor, matrix] of weights.packed ?? []) {
    if (matrix.kind === "blocks") blocks.set(tensor.replace(/\.weight$/, ""), matrix);
  }
  const plain = [...mergedWeights(weights, undefined)].filter(
    ([tensor]) => !blocks.has(tensor.replace(/\.weight$/, "")),
  );
  const tensors = new Map(
    plain.map(([tensor, { shape: sizes, read }]) => [tensor, { shape: sizes, data: read() }]),
  );
  const session = await Decoder.create(
    decoder,
    tensors,
    2,
    blocks.size > 0 ? new PackedLinears(blocks) : undefined,
  );
  const prompt = Array.from({ length: 64 }, (_, i) => i + 1);
  for (const rows of [1, 8, 32]) {
    const request = { prompt, n: rows, maxTokens: 33, temperature: 1, topP: 1, stop: [], seed: 1 };
    const time = await best(Math.min(repeats, 3), async () => void (await sampleBatch(session, [request])));
    console.log(`  decode ${rows} × 33 tokens ${time}`);
  }
  await session.release();
}

async function best(repeats: number, work: () => Promise<void>): Promise<string> {
  await work();
  let [clock, processor] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < repeats; i += 1) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    await work();
    clock = Math.min(clock, performance.now() - start);
    const { user, system } = process.cpuUsage(used);
    processor = Math.min(processor, (user + system) / 1000);
  }
  return `${clock.toFixed(0)} ms (${processor.toFixed(0)} ms of processors)`;
}

function makeWeights(decoder: DecoderConfig, kind: Way): LoadedWeights {
  const random = createRandom(5);
  const tensors = new Map<string, WeightTensor>();
  const packed = new Map<string, PackedMatrix>();
  for (const [tensor, sizes] of decoderTensors(decoder)) {
    const size = sizes.reduce((product, dimension) => product * dimension, 1);
    const draw = (): number => (sizes.length === 1 ? 1 : 0.05 * (random.uniform() - 0.5));
    const plain = { shape: sizes, data: Float32Array.from({ length: size }, draw) };
    const form = kind === "4 bits" ? formOf(decoder, tensor) : "float32";
    const matrix = form === "blocks" ? packBlocks(tensor, plain, 64) : undefined;
    if (form === "bfloat16") packed.set(tensor, packBfloat16(tensor, plain));
    else if (matrix !== undefined) packed.set(tensor, matrix);
    else tensors.set(tensor, plain);
  }
  return { config: shape, tensors, packed };
}

function config(
  sizes: Record<"vocab" | "hidden" | "layers" | "heads" | "keyHeads" | "feedForward", number>,
): JsonObject {
  return {
    architectures: ["LlamaForCausalLM"],
    vocab_size: sizes.vocab,
    hidden_size: sizes.hidden,
    intermediate_size: sizes.feedForward,
    num_hidden_layers: sizes.layers,
    num_attention_heads: sizes.heads,
    num_key_value_heads: sizes.keyHeads,
    max_position_embeddings: 2048,
    tie_word_embeddings: true,
  };
}
