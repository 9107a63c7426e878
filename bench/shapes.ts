/** Models of the sizes that the benches measure, with random weights. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DecoderConfig, readDecoderConfig } from "../src/engine/embedded/transformer/decoder-config.js";
import { decoderTensors, layerLinears } from "../src/engine/embedded/transformer/decoder-tensors.js";
import { writeModelFolder } from "../src/engine/embedded/weights/model-folder.js";
import { createRandom } from "../src/method/index.js";
import type { JsonObject } from "../src/spec/index.js";

/** A size and the batch of its training cases. */
export interface Shape {
  readonly config: JsonObject;
  readonly decoder: DecoderConfig;
  readonly sequences: number;
  /** Tokens that go through the model, of each sequence. */
  readonly length: number;
}

/** Rank of the adapters. */
export const adapterRank = 16;

const sizes = {
  nano: { vocabulary: 2048, hidden: 128, layers: 5, heads: 4, keyHeads: 4, headSize: 64, feedForward: 352 },
  S: { vocabulary: 4096, hidden: 256, layers: 6, heads: 8, keyHeads: 4, headSize: 32, feedForward: 704 },
  M: { vocabulary: 49152, hidden: 576, layers: 30, heads: 9, keyHeads: 3, headSize: 64, feedForward: 1536 },
} as const;

/** Name of a size. */
export type SizeName = keyof typeof sizes;

/** @throws Error for a name that is none. */
export function shapeOf(name: string): Shape {
  if (!isSize(name))
    throw new Error(`There is no size ${name}: use one of ${Object.keys(sizes).join(", ")}.`);
  const size = sizes[name];
  const config = {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: size.vocabulary,
    hidden_size: size.hidden,
    num_hidden_layers: size.layers,
    num_attention_heads: size.heads,
    num_key_value_heads: size.keyHeads,
    head_dim: size.headSize,
    intermediate_size: size.feedForward,
    max_position_embeddings: 4096,
    rope_theta: 10_000,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
    bos_token_id: null,
    eos_token_id: null,
  };
  return { config, decoder: readDecoderConfig(config), sequences: name === "M" ? 1 : 4, length: 512 };
}

/** Writes the size as a model folder. */
export async function writeRandomModel(shape: Shape, directory: string): Promise<void> {
  const random = createRandom(1);
  const tensors = [...decoderTensors(shape.decoder)].map(([name, sizes]) => {
    const count = sizes.reduce((product, size) => product * size, 1);
    const draw = sizes.length === 1 ? () => 1 : () => 0.02 * random.normal();
    return [name, { shape: sizes, data: Float32Array.from({ length: count }, draw) }] as const;
  });
  await mkdir(directory, { recursive: true });
  await writeModelFolder(directory, shape.config, new Map(tensors));
  await writeFile(join(directory, "generation_config.json"), "{}\n");
}

/** Multiplications and additions of one token in the linears of all layers, in those of the adapters, and in the head. */
export function linearOperations({ decoder }: Shape): { layers: number; adapters: number; head: number } {
  const linears = layerLinears(decoder);
  const sum = (of: (linear: (typeof linears)[number]) => number): number =>
    linears.reduce((total, linear) => total + of(linear), 0);
  return {
    layers: 2 * decoder.layerCount * sum(({ inputSize, outputSize }) => inputSize * outputSize),
    adapters:
      2 * decoder.layerCount * adapterRank * sum(({ inputSize, outputSize }) => inputSize + outputSize),
    head: 2 * decoder.vocabularySize * decoder.hiddenSize,
  };
}

function isSize(name: string): name is SizeName {
  return Object.hasOwn(sizes, name);
}
