/**
 * Reads the `config.json` of a decoder model and refuses what the engine does not compute, by name and before any work.
 * One row of `architectures` per model class; a new class is a new row, and a graph that knows its new fields.
 */
import { type JsonObject, type JsonValue, ModelError } from "../../../spec/index.js";
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
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RotaryScaling;
  /** True where the output layer is the embedding. */
  readonly tiedHead: boolean;
}

/** What a model class may say: fields with the only values that the graph computes. Absent is always fine. */
interface Architecture {
  readonly fixed: Readonly<Record<string, readonly JsonValue[]>>;
}

const architectures: Readonly<Record<string, Architecture>> = {
  LlamaForCausalLM: {
    fixed: {
      model_type: ["llama"],
      hidden_act: ["silu"],
      attention_bias: [false],
      mlp_bias: [false],
      partial_rotary_factor: [1, null],
      quantization_config: [null],
    },
  },
};

/**
 * The decoder that a `config.json` describes.
 * @throws ModelError for another architecture, an unsupported setting, or a missing or impossible size.
 */
export function readDecoderConfig(config: JsonObject): DecoderConfig {
  const architecture = checkArchitecture(config);
  const hiddenSize = readSize(config, "hidden_size");
  const headCount = readSize(config, "num_attention_heads");
  const keyHeadCount = readSize(config, "num_key_value_heads", headCount);
  const headSize = readSize(config, "head_dim", hiddenSize / headCount);
  if (headCount % keyHeadCount !== 0)
    throw wrongField("num_key_value_heads", keyHeadCount, "a divisor of the heads");
  if (headSize % 2 !== 0) throw wrongField("head_dim", headSize, "even");
  return {
    architecture,
    vocabularySize: readSize(config, "vocab_size"),
    contextLength: readSize(config, "max_position_embeddings"),
    layerCount: readSize(config, "num_hidden_layers"),
    hiddenSize,
    feedForwardSize: readSize(config, "intermediate_size"),
    headCount,
    keyHeadCount,
    headSize,
    normEpsilon: readNumber(config, "rms_norm_eps", 1e-6),
    ...readRotaryScaling(config),
    tiedHead: config.tie_word_embeddings === true,
  };
}

function checkArchitecture(config: JsonObject): string {
  const listed = config.architectures;
  const name = Array.isArray(listed) && listed.length > 0 ? String(listed[0]) : "";
  const rules = Object.hasOwn(architectures, name) ? architectures[name] : undefined;
  if (rules === undefined) {
    const known = Object.keys(architectures).join(", ");
    const message = `The model's architecture ${name || "(none given)"} in config.json is not supported. Use one of: ${known}.`;
    throw new ModelError(message, { architecture: name, supported: Object.keys(architectures) });
  }
  for (const [field, allowed] of Object.entries(rules.fixed)) {
    const value = config[field];
    if (value !== undefined && !allowed.includes(value))
      throw wrongField(field, value, JSON.stringify(allowed[0]));
  }
  return name;
}

function readSize(config: JsonObject, field: string, fallback?: number): number {
  const value = readNumber(config, field, fallback);
  if (!Number.isInteger(value)) throw wrongField(field, value, "an integer");
  return value;
}

function readNumber(config: JsonObject, field: string, fallback?: number): number {
  const value = config[field] ?? fallback;
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw wrongField(field, value, "a positive number");
}

function wrongField(field: string, value: JsonValue | undefined, expected: string): ModelError {
  const message = `config.json has ${field} = ${JSON.stringify(value) ?? "nothing"}; this engine needs it to be ${expected}. Use another model.`;
  return new ModelError(message, { field, value, expected });
}
