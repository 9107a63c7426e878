/**
 * The model classes that the graph computes, and what else their `config.json` may say. A field that would change the
 * computation is refused by name, before any work; fields that no listed class reads (`torch_dtype`, `use_cache`, …) pass.
 */
import { type JsonObject, type JsonValue, ModelError } from "../../../spec/index.js";

/** How a model class differs from the others. */
export interface Architecture {
  /** Its `model_type`. */
  readonly modelType: string;
  /** Biases on the projections to queries, keys and values. */
  readonly queryKeyValueBias: boolean;
  /** RMSNorm of every head of queries and keys before they are rotated. */
  readonly queryKeyNorm: boolean;
  /** `head_dim` where the config has none; absent: hidden size / heads. */
  readonly defaultHeadSize?: number;
}

const architectures: Readonly<Record<string, Architecture>> = {
  LlamaForCausalLM: { modelType: "llama", queryKeyValueBias: false, queryKeyNorm: false },
  Qwen2ForCausalLM: { modelType: "qwen2", queryKeyValueBias: true, queryKeyNorm: false },
  Qwen3ForCausalLM: {
    modelType: "qwen3",
    queryKeyValueBias: false,
    queryKeyNorm: true,
    defaultHeadSize: 128,
  },
};

const OFF = [false, null] as const;
const NONE = [null, 0] as const;
const ONE = [null, 1] as const;

/** Fields with the only values that are computed; absent is always fine. */
const FIXED: Readonly<Record<string, readonly JsonValue[]>> = {
  hidden_act: ["silu", "swish"],
  mlp_bias: OFF,
  use_sliding_window: OFF,
  attention_chunk_size: NONE,
  partial_rotary_factor: ONE,
  rotary_pct: ONE,
  use_mrope: OFF,
  no_rope_layers: [null],
  no_rope_layer_interval: NONE,
  alibi: OFF,
  use_qk_norm: OFF,
  qk_layernorm: OFF,
  attn_logit_softcapping: [null],
  final_logit_softcapping: [null],
  embedding_multiplier: ONE,
  residual_multiplier: ONE,
  attention_multiplier: [null],
  query_pre_attn_scalar: [null],
  logits_scaling: ONE,
  logit_scale: ONE,
  num_experts: NONE,
  num_local_experts: NONE,
  n_routed_experts: NONE,
  add_cross_attention: OFF,
  is_encoder_decoder: OFF,
  pruned_heads: [null],
  vision_config: [null],
  text_config: [null],
};

/**
 * Name and rules of the config's model class.
 * @throws ModelError naming the class or the field that is not supported.
 */
export function readArchitecture(config: JsonObject): Architecture & { readonly name: string } {
  const listed = config.architectures;
  const first = Array.isArray(listed) ? listed[0] : undefined;
  const name = typeof first === "string" ? first : "";
  const rules = Object.hasOwn(architectures, name) ? architectures[name] : undefined;
  if (rules === undefined) {
    const supported = Object.keys(architectures);
    const message = `The model's architecture ${name || "(none given)"} in config.json is not supported. Use one of: ${supported.join(", ")}.`;
    throw new ModelError(message, { architecture: name, supported });
  }
  checkFixed(config, { ...FIXED, model_type: [rules.modelType] });
  checkAttentionBias(config, rules);
  checkWindows(config);
  checkQuantization(config);
  return { name, ...rules };
}

/** A ModelError about a field of `config.json`. */
export function wrongField(field: string, value: JsonValue | undefined, expected: string): ModelError {
  const message = `config.json has ${field} = ${JSON.stringify(value) ?? "nothing"}; this engine needs it to be ${expected}. Use another model.`;
  return new ModelError(message, { field, value, expected });
}

function checkFixed(config: JsonObject, fixed: Readonly<Record<string, readonly JsonValue[]>>): void {
  for (const [field, allowed] of Object.entries(fixed)) {
    const value = config[field];
    if (value === undefined || allowed.includes(value) || isEmpty(value)) continue;
    throw wrongField(field, value, `${JSON.stringify(allowed[0])} or absent`);
  }
}

/** For Llama and Qwen3 it would add biases to all four projections. Qwen2 has its own three, whatever the field says. */
function checkAttentionBias({ attention_bias: value }: JsonObject, rules: Architecture): void {
  if (rules.queryKeyValueBias || value === undefined || value === null || value === false) return;
  throw wrongField("attention_bias", value, "false or absent");
}

/** Every layer must attend to all tokens before. A window is off where `use_sliding_window` says so, whatever its size. */
function checkWindows(config: JsonObject): void {
  const { sliding_window: window, layer_types: types } = config;
  const isOff = window === undefined || window === null || config.use_sliding_window === false;
  if (!isOff) throw wrongField("sliding_window", window, "null or absent");
  if (types === undefined || types === null) return;
  if (!Array.isArray(types) || types.some((type) => type !== "full_attention")) {
    throw wrongField("layer_types", types, "full_attention for every layer");
  }
}

function checkQuantization(config: JsonObject): void {
  for (const field of ["quantization_config", "compression_config"]) {
    const value = config[field];
    if (value === undefined || value === null) continue;
    const message = `config.json has ${field}: the weights are stored quantised, which this engine does not read. Use the model's unquantised weights; the engine quantises them itself when asked to.`;
    throw new ModelError(message, { field, value });
  }
}

/** `{}` and `[]`: the field is there and says nothing. */
function isEmpty(value: JsonValue): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
