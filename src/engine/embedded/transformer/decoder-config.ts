/** Reads the `config.json` of a decoder model and refuses what the engine does not compute, by name and before any work. */
import type { JsonObject } from "../../../spec/index.js";
import { readArchitecture, wrongField } from "./architectures.js";
import { type RotaryScaling, readRotaryScaling } from "./rotary-scaling.js";

/** The sizes and constants of a decoder. */
export interface DecoderConfig {
  readonly architecture: string;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly layerCount: number;
  readonly hiddenSize: number;
  readonly feedForwardSize: number;
  readonly headCount: number;
  /** Key and value heads; divides `headCount`. */
  readonly keyHeadCount: number;
  readonly headSize: number;
  /** Biases on the projections to queries, keys and values (Qwen2). */
  readonly queryKeyValueBias: boolean;
  /** RMSNorm of every head of queries and keys before they are rotated (Qwen3). */
  readonly queryKeyNorm: boolean;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RotaryScaling;
  /** True where the output layer is the embedding. */
  readonly tiedHead: boolean;
}

/** Far above every real model: a damaged config must not make the engine list billions of weights. */
const MOST_LAYERS = 4096;
const MOST_UNITS = 2 ** 31 - 1;

/**
 * The decoder that a `config.json` describes.
 * @throws ModelError for another architecture, an unsupported setting, or a missing or impossible size.
 */
export function readDecoderConfig(config: JsonObject): DecoderConfig {
  const architecture = readArchitecture(config);
  const hiddenSize = readSize(config, "hidden_size");
  const headCount = readSize(config, "num_attention_heads");
  const keyHeadCount = readSize(config, "num_key_value_heads", headCount);
  const headSize = readSize(config, "head_dim", architecture.defaultHeadSize ?? hiddenSize / headCount);
  if (headCount % keyHeadCount !== 0)
    throw wrongField("num_key_value_heads", keyHeadCount, "a divisor of the heads");
  if (headSize % 2 !== 0) throw wrongField("head_dim", headSize, "even");
  return {
    architecture: architecture.name,
    vocabularySize: readSize(config, "vocab_size"),
    contextLength: readSize(config, "max_position_embeddings"),
    layerCount: readSize(config, "num_hidden_layers"),
    hiddenSize,
    feedForwardSize: readSize(config, "intermediate_size"),
    headCount,
    keyHeadCount,
    headSize,
    queryKeyValueBias: architecture.queryKeyValueBias,
    queryKeyNorm: architecture.queryKeyNorm,
    normEpsilon: readNumber(config, "rms_norm_eps", 1e-6),
    ...readRotaryScaling(config),
    tiedHead: config.tie_word_embeddings === true,
  };
}

function readSize(config: JsonObject, field: string, fallback?: number): number {
  const value = readNumber(config, field, fallback);
  const most = field === "num_hidden_layers" ? MOST_LAYERS : MOST_UNITS;
  if (!Number.isInteger(value) || value > most) throw wrongField(field, value, `an integer up to ${most}`);
  return value;
}

function readNumber(config: JsonObject, field: string, fallback?: number): number {
  const value = config[field] ?? fallback;
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw wrongField(field, value, "a positive number");
}
