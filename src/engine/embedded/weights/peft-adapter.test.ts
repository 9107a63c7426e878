import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ModelError } from "../../../spec/index.js";
import type { WeightTensor } from "./loaded-weights.js";
import { type LoraAdapter, readAdapter, writeAdapter } from "./peft-adapter.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

const numerics = resolve("../shared/numerics");
const present = existsSync(numerics);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-peft-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function tensor(...shape: number[]): WeightTensor {
  return { shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.5) };
}

const adapter: LoraAdapter = {
  rank: 2,
  alpha: 4,
  targets: ["o_proj", "q_proj"],
  modules: new Map([
    ["model.layers.0.self_attn.o_proj", { a: tensor(2, 3), b: tensor(5, 2) }],
    ["model.layers.0.self_attn.q_proj", { a: tensor(2, 3), b: tensor(5, 2) }],
  ]),
};

it("reads back what it wrote, under the names that peft uses", async () => {
  const target = join(folder, "written");
  await writeAdapter(target, adapter, "org/base");
  expect(await readAdapter(target)).toEqual(adapter);
  const { tensors } = await readSafetensors(join(target, "adapter_model.safetensors"));
  expect([...tensors.keys()][0]).toBe("base_model.model.model.layers.0.self_attn.o_proj.lora_A.weight");
  expect(JSON.parse(await readFile(join(target, "adapter_config.json"), "utf8"))).toMatchObject({
    base_model_name_or_path: "org/base",
    lora_alpha: 4,
    peft_type: "LORA",
    r: 2,
    target_modules: ["o_proj", "q_proj"],
    task_type: "CAUSAL_LM",
  });
});

describe("readAdapter refuses", () => {
  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ["another method", { peft_type: "IA3" }, /peft_type/],
    ["DoRA", { use_dora: true }, /use_dora/],
    ["rank-stabilised scaling", { use_rslora: true }, /use_rslora/],
    ["ranks of their own", { rank_pattern: { q_proj: 8 } }, /rank_pattern/],
    ["whole modules saved beside", { modules_to_save: ["lm_head"] }, /modules_to_save/],
    ["trained biases", { bias: "all" }, /bias/],
    ["a rank that is no number", { r: "2" }, /positive number r/],
    ["a rank that the weights do not have", { r: 3 }, /do not have rank 3/],
  ])("%s", async (_, change, message) => {
    const target = join(folder, "changed");
    await writeAdapter(target, adapter, "base");
    const file = join(target, "adapter_config.json");
    const config: unknown = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify(Object.assign({}, config, change)));
    const failure = await readAdapter(target).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ModelError);
    expect(String(failure)).toMatch(message);
  });

  it.each<[string, string, RegExp]>([
    [
      "a factor without its partner",
      "base_model.model.model.layers.0.x_proj.lora_A.weight",
      /only one LoRA factor/,
    ],
    ["a tensor that is no factor", "model.embed_tokens.weight", /no LoRA factor/],
  ])("%s", async (_, name, message) => {
    const target = join(folder, "tensors");
    await writeAdapter(target, adapter, "base");
    await writeSafetensors(join(target, "adapter_model.safetensors"), new Map([[name, tensor(2, 3)]]));
    await expect(readAdapter(target)).rejects.toThrow(message);
  });
});

describe.skipIf(!present)("adapters that peft wrote (skipped without shared/numerics)", () => {
  it.each(["llama", "llama31", "qwen2", "qwen3"])("%s", async (model) => {
    const read = await readAdapter(join(numerics, model, "adapter"));
    expect(read).toMatchObject({ rank: 4, alpha: 8 });
    expect(read.targets).toHaveLength(7);
    expect(read.modules.size).toBe(14);
  });
});
