import { describe, expect, it } from "vitest";
import { type JsonObject, ModelError } from "../../../spec/index.js";
import { readDecoderConfig } from "./decoder-config.js";
import { rotaryFrequencies, rotaryTables } from "./rotary-scaling.js";

const llama: JsonObject = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_act: "silu",
  vocab_size: 100,
  hidden_size: 64,
  intermediate_size: 112,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
};
const llama3 = {
  rope_type: "llama3",
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 64,
};

describe("readDecoderConfig", () => {
  it("reads sizes, with the defaults of transformers", () => {
    const { num_key_value_heads: _, ...config } = llama;
    expect(readDecoderConfig(config)).toMatchObject({
      keyHeadCount: 4,
      headSize: 16,
      tiedHead: false,
      ropeTheta: 10_000,
    });
    expect(readDecoderConfig({ ...llama, head_dim: 24, tie_word_embeddings: true })).toMatchObject({
      keyHeadCount: 2,
      headSize: 24,
      tiedHead: true,
      normEpsilon: 1e-5,
    });
  });

  it.each([
    ["at the top level", { rope_theta: 500, rope_scaling: null }],
    ["in rope_parameters", { rope_parameters: { rope_theta: 500, rope_type: "default" } }],
  ])("reads rope_theta %s", (_, fields) => {
    expect(readDecoderConfig({ ...llama, ...fields })).toMatchObject({
      ropeTheta: 500,
      ropeScaling: { kind: "none" },
    });
  });

  it.each([
    ["of transformers 4", { rope_theta: 500, rope_scaling: llama3 }],
    ["of transformers 5", { rope_parameters: { ...llama3, rope_theta: 500 } }],
  ])("reads llama3 scaling in the spelling %s", (_, fields) => {
    expect(readDecoderConfig({ ...llama, ...fields })).toMatchObject({
      ropeTheta: 500,
      ropeScaling: {
        kind: "llama3",
        factor: 8,
        lowFrequencyFactor: 1,
        highFrequencyFactor: 4,
        originalLength: 64,
      },
    });
  });

  it("reads what sets Qwen2 and Qwen3 apart", () => {
    const qwen2 = {
      ...llama,
      architectures: ["Qwen2ForCausalLM"],
      model_type: "qwen2",
      sliding_window: 32768,
      use_sliding_window: false,
      max_window_layers: 21,
      use_mrope: false,
    };
    expect(readDecoderConfig(qwen2)).toMatchObject({
      headSize: 16,
      queryKeyValueBias: true,
      queryKeyNorm: false,
    });
    const qwen3 = {
      ...llama,
      architectures: ["Qwen3ForCausalLM"],
      model_type: "qwen3",
      sliding_window: null,
    };
    expect(readDecoderConfig({ ...qwen3, layer_types: ["full_attention", "full_attention"] })).toMatchObject({
      headSize: 128,
      queryKeyValueBias: false,
      queryKeyNorm: true,
    });
  });

  it("lets pass what says nothing or changes nothing", () => {
    const fields = { pruned_heads: {}, attention_dropout: 0.1, torch_dtype: "bfloat16", mlp_bias: null };
    expect(readDecoderConfig({ ...llama, ...fields })).toEqual(readDecoderConfig(llama));
  });

  it.each([
    [{ architectures: ["MistralForCausalLM"] }, "MistralForCausalLM"],
    [{ architectures: ["toString"] }, "toString"],
    [{ architectures: [] }, "none given"],
    [{ architectures: ["Qwen3MoeForCausalLM"] }, "Qwen3MoeForCausalLM"],
    [{ model_type: "qwen2" }, "model_type"],
    [{ hidden_act: "gelu" }, "hidden_act"],
    [{ attention_bias: true }, "attention_bias"],
    [{ architectures: ["Qwen3ForCausalLM"], model_type: "qwen3", attention_bias: true }, "attention_bias"],
    [{ mlp_bias: true }, "mlp_bias"],
    [{ sliding_window: 4096 }, "sliding_window"],
    [{ sliding_window: 4096, use_sliding_window: true }, "use_sliding_window"],
    [{ layer_types: ["full_attention", "sliding_attention"] }, "layer_types"],
    [{ layer_types: "full_attention" }, "layer_types"],
    [{ attention_chunk_size: 8192 }, "attention_chunk_size"],
    [{ num_local_experts: 8 }, "num_local_experts"],
    [{ final_logit_softcapping: 30 }, "final_logit_softcapping"],
    [{ logits_scaling: 8 }, "logits_scaling"],
    [{ use_qk_norm: true }, "use_qk_norm"],
    [{ is_encoder_decoder: true }, "is_encoder_decoder"],
    [{ partial_rotary_factor: 0.5 }, "partial_rotary_factor"],
    [{ rope_parameters: { rope_theta: 500, partial_rotary_factor: 0.5 } }, "partial_rotary_factor"],
    [{ quantization_config: { bits: 4 } }, "quantization_config"],
    [{ compression_config: { format: "int4" } }, "compression_config"],
    [{ rope_scaling: "linear" }, "rope_scaling"],
    [{ rope_parameters: { full_attention: { rope_type: "default" } } }, "rope_parameters.full_attention"],
    [{ rope_parameters: { ...llama3, high_freq_factor: 1 } }, "high_freq_factor"],
    [{ rope_scaling: { type: "linear", factor: 2 } }, "rope_type"],
    [{ rope_parameters: { rope_type: "yarn" } }, "rope_type"],
    [{ rope_parameters: { ...llama3, factor: null } }, "factor"],
    [{ rope_theta: -1 }, "rope_theta"],
    [{ vocab_size: null }, "vocab_size"],
    [{ hidden_size: 64.5 }, "hidden_size"],
    [{ num_hidden_layers: 1e9 }, "num_hidden_layers"],
    [{ max_position_embeddings: 2 ** 40 }, "max_position_embeddings"],
    [{ num_key_value_heads: 3 }, "num_key_value_heads"],
    [{ head_dim: 15 }, "head_dim"],
    [{ hidden_size: 62 }, "head_dim"],
  ])("refuses %j by name", (fields, name) => {
    expect(() => readDecoderConfig({ ...llama, ...fields })).toThrow(ModelError);
    expect(() => readDecoderConfig({ ...llama, ...fields })).toThrow(name);
  });
});

describe("rotary positions", () => {
  it("turn pair i by θ^(−2i/d) a position", () => {
    const { cosine, sine } = rotaryTables(rotaryFrequencies(4, 100, { kind: "none" }), 3);
    const angles = [0, 0, 1, 0.1, 2, 0.2];
    angles.forEach((angle, index) => {
      expect(cosine[index]).toBeCloseTo(Math.cos(angle), 6);
      expect(sine[index]).toBeCloseTo(Math.sin(angle), 6);
    });
  });

  it("keep fast frequencies, divide slow ones and pass between them without a jump under llama3 scaling", () => {
    const { ropeScaling } = readDecoderConfig({ ...llama, rope_scaling: llama3 });
    const plain = rotaryFrequencies(64, 10_000, { kind: "none" });
    const scaled = rotaryFrequencies(64, 10_000, ropeScaling);
    const ratios = scaled.map((frequency, index) => frequency / plain[index]!);
    expect(ratios[0]).toBe(1);
    expect(ratios.at(-1)).toBe(1 / 8);
    expect(ratios).toEqual(ratios.toSorted((a, b) => b - a));
    expect(ratios.filter((ratio) => ratio < 1 && ratio > 1 / 8).length).toBeGreaterThan(2);
  });
});
