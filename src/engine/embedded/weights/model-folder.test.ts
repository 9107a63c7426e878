import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, ModelError, StoreError } from "../../../spec/index.js";
import type { WeightTensor } from "./loaded-weights.js";
import { loadModelFolder, writeModelFolder } from "./model-folder.js";
import { narrowToBfloat16, widenBfloat16 } from "./number-format.js";

const numerics = resolve("../shared/numerics");
const present = existsSync(numerics);
const tensors = new Map<string, WeightTensor>([["w", { shape: [2], data: new Float32Array([1, 0.1]) }]]);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-model-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("writeModelFolder", () => {
  it("writes a folder that loads again, and says the format in the config", async () => {
    const target = join(folder, "written");
    await writeModelFolder(target, { model_type: "llama", torch_dtype: "bfloat16" }, tensors, {
      dtype: "float16",
    });
    const loaded = await loadModelFolder(target);
    expect(loaded.config).toEqual({ model_type: "llama", torch_dtype: "float16", dtype: "float16" });
    expect(loaded.tensors.get("w")!.data[1]).toBeCloseTo(0.1, 4);
  });

  it("spreads weights over shards that are no larger than asked, and reads them back", async () => {
    const many = new Map(
      Array.from({ length: 5 }, (_, i) => [
        `w${i}`,
        { shape: [i + 1], data: new Float32Array(i + 1).fill(i) },
      ]),
    );
    const target = join(folder, "sharded");
    await writeModelFolder(target, {}, many, { shardBytes: 16 });
    const weights = (await readdir(target)).filter((name) => name.endsWith(".safetensors"));
    expect(weights).toEqual([1, 2, 3, 4].map((n) => `model-0000${n}-of-00004.safetensors`));
    const index = JSON.parse(await readFile(join(target, "model.safetensors.index.json"), "utf8"));
    expect(index.metadata).toEqual({ total_size: 60 });
    expect(index.weight_map).toMatchObject({
      w0: weights[0],
      w1: weights[0],
      w2: weights[1],
      w4: weights[3],
    });
    expect((await loadModelFolder(target)).tensors).toEqual(many);
  });

  it("refuses an unknown dtype", async () => {
    const options = JSON.parse('{"dtype":"int8"}');
    await expect(writeModelFolder(join(folder, "int8"), {}, tensors, options)).rejects.toThrow(ConfigError);
  });

  it("replaces an older folder whole and leaves nothing beside it", async () => {
    const parent = await mkdtemp(join(folder, "replace-"));
    const target = join(parent, "model");
    await writeModelFolder(target, { version: 1 }, tensors);
    await writeFile(join(target, "leftover"), "x");
    await writeModelFolder(target, { version: 2 }, tensors);
    expect(await readdir(target)).toEqual(["config.json", "model.safetensors"]);
    expect(await readdir(parent)).toEqual(["model"]);
  });

  it("keeps the older folder when writing fails", async () => {
    const parent = await mkdtemp(join(folder, "keep-"));
    const target = join(parent, "model");
    await writeModelFolder(target, { version: 1 }, tensors);
    const large = new Map([["w", { shape: [1], data: new Float32Array([1e9]) }]]);
    await expect(writeModelFolder(target, { version: 2 }, large, { dtype: "float16" })).rejects.toThrow(
      ModelError,
    );
    expect((await loadModelFolder(target)).config.version).toBe(1);
    expect(await readdir(parent)).toEqual(["model"]);
  });

  it("is a StoreError where a file is in the way", async () => {
    const target = join(folder, "file");
    await writeFile(target, "x");
    await expect(writeModelFolder(target, {}, tensors)).rejects.toThrow(StoreError);
    expect(await readFile(target, "utf8")).toBe("x");
  });
});

describe("loadModelFolder refuses", () => {
  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["a folder without a config", {}, /Cannot read .*config\.json/],
    ["a config that is not JSON", { "config.json": "{" }, /is not JSON/],
    ["a config that is a list", { "config.json": "[]" }, /no JSON object/],
    ["a folder without weights", { "config.json": "{}" }, /has neither/],
    [
      "an index without a map",
      { "config.json": "{}", "model.safetensors.index.json": "{}" },
      /no weight_map/,
    ],
    [
      "an index that points outside",
      {
        "config.json": "{}",
        "model.safetensors.index.json": '{"weight_map":{"w":"../other.safetensors"}}',
      },
      /not a plain file name/,
    ],
    [
      "an index whose shard is missing",
      { "config.json": "{}", "model.safetensors.index.json": '{"weight_map":{"w":"a.safetensors"}}' },
      /Cannot open/,
    ],
  ])("%s", async (_, files, message) => {
    const target = await mkdtemp(join(folder, "bad-"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(target, name), text);
    const failure = await loadModelFolder(target).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ModelError);
    expect(String(failure)).toMatch(message);
  });
});

describe.skipIf(!present)("real folders (skipped without shared/numerics)", () => {
  it("reads bfloat16 shards as the float32 model rounded to bfloat16", async () => {
    const whole = await loadModelFolder(join(numerics, "llama"));
    const sharded = await loadModelFolder(join(numerics, "llama-bf16-sharded"));
    expect([...sharded.tensors.keys()].sort()).toEqual([...whole.tensors.keys()].sort());
    for (const [name, { shape, data }] of whole.tensors) {
      expect(sharded.tensors.get(name)).toEqual({ shape, data: widenBfloat16(narrowToBfloat16(data).bits) });
    }
  });

  it("is a ModelError where a shard lacks a tensor of the index", async () => {
    const copy = join(folder, "lacking");
    await cp(join(numerics, "llama-bf16-sharded"), copy, { recursive: true });
    await cp(join(copy, "model-00002-of-00005.safetensors"), join(copy, "model-00001-of-00005.safetensors"), {
      force: true,
    });
    await expect(loadModelFolder(copy)).rejects.toThrow(/says is in model-00002/);
  });

  it.each<[string, (map: Record<string, string>) => void, RegExp]>([
    [
      "lists a tensor that is nowhere",
      (map) => (map["model.extra"] = "model-00001-of-00005.safetensors"),
      /model\.extra is not in/,
    ],
    ["leaves out a tensor", (map) => delete map["model.norm.weight"], /which .* does not list/],
    [
      "names no such shard",
      (map) => (map["model.extra"] = "model-00006-of-00006.safetensors"),
      /Cannot open/,
    ],
  ])("is a ModelError where the index %s", async (_, change, message) => {
    const copy = await mkdtemp(join(folder, "index-"));
    await cp(join(numerics, "llama-bf16-sharded"), copy, { recursive: true });
    const file = join(copy, "model.safetensors.index.json");
    const index: { weight_map: Record<string, string> } = JSON.parse(await readFile(file, "utf8"));
    change(index.weight_map);
    await chmod(file, 0o600);
    await writeFile(file, JSON.stringify(index));
    const failure = await loadModelFolder(copy).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ModelError);
    expect(String(failure)).toMatch(message);
  });

  it("copies the tokenizer beside the weights", async () => {
    const source = join(numerics, "llama");
    const { config, tensors: weights } = await loadModelFolder(source);
    const target = join(folder, "companions");
    await writeModelFolder(target, config, weights, { companionsFrom: source });
    expect(await readdir(target)).toEqual([
      "config.json",
      "generation_config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    expect((await loadModelFolder(target)).tensors).toEqual(weights);
  });
});
