/** A small random Llama in a folder, for tests of engines that open model folders. */
import { join } from "node:path";
import { writeModelFolder } from "../../src/engine/index.js";
import { createRandom } from "../../src/method/index.js";

const VOCABULARY = 40;

const config = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  vocab_size: VOCABULARY,
  max_position_embeddings: 160,
  num_hidden_layers: 2,
  hidden_size: 32,
  intermediate_size: 48,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  rms_norm_eps: 1e-6,
  rope_theta: 10000,
  tie_word_embeddings: false,
  torch_dtype: "float32",
};

/** Its vocabulary and context. */
export const randomLlama = { vocabularySize: VOCABULARY, contextLength: config.max_position_embeddings };

/** Writes its config and weights, the same every time, into `folder/model` and returns that path. */
export async function writeRandomLlama(folder: string): Promise<string> {
  const random = createRandom(2);
  const matrix = (rows: number, columns: number, deviation: number) => ({
    shape: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, () => deviation * random.normal()),
  });
  const ones = { shape: [32], data: new Float32Array(32).fill(1) };
  const layers = [0, 1].flatMap((layer) => {
    const prefix = `model.layers.${layer}`;
    return [
      [`${prefix}.input_layernorm.weight`, ones],
      [`${prefix}.post_attention_layernorm.weight`, ones],
      [`${prefix}.self_attn.q_proj.weight`, matrix(32, 32, 0.25)],
      [`${prefix}.self_attn.k_proj.weight`, matrix(16, 32, 0.25)],
      [`${prefix}.self_attn.v_proj.weight`, matrix(16, 32, 0.25)],
      [`${prefix}.self_attn.o_proj.weight`, matrix(32, 32, 0.25)],
      [`${prefix}.mlp.gate_proj.weight`, matrix(48, 32, 0.25)],
      [`${prefix}.mlp.up_proj.weight`, matrix(48, 32, 0.25)],
      [`${prefix}.mlp.down_proj.weight`, matrix(32, 48, 0.2)],
    ] as const;
  });
  const outer = [
    ["model.embed_tokens.weight", matrix(VOCABULARY, 32, 1)],
    ["model.norm.weight", ones],
    ["lm_head.weight", matrix(VOCABULARY, 32, 0.3)],
  ] as const;
  const model = join(folder, "model");
  await writeModelFolder(model, config, new Map([...layers, ...outer]));
  return model;
}
