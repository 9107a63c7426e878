import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openEngine, writeModelFolder } from "../../src/engine/index.js";
import { createRandom } from "../../src/method/index.js";
import type { Engine } from "../../src/spec/index.js";
import { describeEngine } from "./engine-conformance.js";

const config = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  vocab_size: 40,
  max_position_embeddings: 160,
  num_hidden_layers: 2,
  hidden_size: 32,
  intermediate_size: 48,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  tie_word_embeddings: false,
};

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A small random Llama in a folder of its own. */
async function openRandomModel(): Promise<Engine> {
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
    ["model.embed_tokens.weight", matrix(40, 32, 1)],
    ["model.norm.weight", ones],
    ["lm_head.weight", matrix(40, 32, 0.3)],
  ] as const;
  const folder = await mkdtemp(join(tmpdir(), "itool-tiny-"));
  folders.push(folder);
  await writeModelFolder(join(folder, "model"), config, new Map([...layers, ...outer]));
  return openEngine({ kind: "embedded", model: join(folder, "model"), threads: 2 });
}

describeEngine("embedded", {
  open: openRandomModel,
  reopen: (model) => openEngine({ kind: "embedded", model, threads: 2 }),
});
