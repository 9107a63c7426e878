import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  freshModelConfig,
  initialiseModel,
  type LoraAdapter,
  loadModelFolder,
  openEngine,
  readAdapter,
  writeAdapter,
  writeModelFolder,
} from "../../../engine/index.js";
import { createRandom } from "../../../method/index.js";
import { ConfigError, type JsonObject } from "../../../spec/index.js";
import { runPaths } from "../../../store/index.js";
import { type ExportRunOptions, exportRun } from "./index.js";

const shape = {
  vocabularySize: 50,
  hiddenSize: 32,
  layerCount: 2,
  headCount: 2,
  headSize: 16,
  feedForwardSize: 48,
  contextLength: 64,
  ropeTheta: 10_000,
};
const sequences = [
  [1, 2, 3, 4, 5, 6],
  [49, 0, 7],
];

let folder = "";
let base = "";
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-export-"));
  base = at("base");
  const weights = initialiseModel(shape, { seed: 3, embeddingDeviation: 0.3, copyCircuit: false });
  const config: JsonObject = JSON.parse(JSON.stringify(freshModelConfig(shape)));
  await writeModelFolder(base, config, weights);
  await writeFile(join(base, "tokenizer.json"), "{}");
  await makeRun("run", "");
  await makeRun("packed", "engine: { kind: embedded, baseBits: 4, blockSize: 16 }\n");
  await makeRun("full", "adapter: { train: full }\n");
  await writeModelFolder(at("full", runPaths.warmup.model), config, weights);
  await makeRun("early", "");
  await writeAdapter(at("run", runPaths.warmup.adapter), adapterOf(1), base);
  await writeAdapter(at("run", runPaths.round(1).adapter), adapterOf(2), base);
  await writeAdapter(at("packed", runPaths.warmup.adapter), adapterOf(1), base);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function makeRun(name: string, settings: string): Promise<void> {
  await mkdir(at(name), { recursive: true });
  const recipe = `name: a\nmodel: ${base}\ndata: { source: toolworld }\n${settings}`;
  await writeFile(at(name, runPaths.config), recipe);
}

function adapterOf(seed: number): LoraAdapter {
  const random = createRandom(seed);
  const tensor = (rows: number, columns: number) => ({
    shape: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, () => 0.2 * random.normal()),
  });
  const names = [0, 1].map((layer) => `model.layers.${layer}.self_attn.v_proj`);
  const modules = new Map(names.map((module) => [module, { a: tensor(3, 32), b: tensor(32, 3) }]));
  return { rank: 3, alpha: 6, targets: ["v_proj"], modules };
}

let count = 0;
function run(options: Partial<ExportRunOptions> = {}) {
  count += 1;
  return exportRun({ directory: at("run"), format: "merged", out: at(`out-${count}`), ...options });
}

async function scoresOf(model: string, options: { adapter?: string; baseBits?: 4 } = {}): Promise<number[]> {
  const { adapter, baseBits } = options;
  const packed = baseBits === undefined ? {} : { baseBits, blockSize: 16 };
  const engine = await openEngine({ kind: "embedded", model, threads: 1, ...packed });
  const policy = await engine.createPolicy(adapter === undefined ? {} : { adapter, train: "none" });
  const scores = await policy.score(sequences);
  await engine.close();
  return scores.flatMap((row) => [...row]);
}

function farthest(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, index) => Math.abs(value - b[index]!)));
}

describe("itool export", () => {
  it("writes the last adapter, or the one that is asked for", async () => {
    const last = await run({ format: "peft" });
    expect(last.policy).toBe("round-01");
    expect(await readAdapter(last.out)).toEqual(adapterOf(2));
    const first = await run({ format: "peft", policy: "warmup" });
    expect(await readAdapter(first.out)).toEqual(adapterOf(1));
    const config = JSON.parse(await readFile(join(first.out, "adapter_config.json"), "utf8"));
    expect(config.base_model_name_or_path).toBe(base);
  });

  it("merges the adapter into a model that scores the same by itself, with its tokenizer", async () => {
    const { out } = await run();
    const adapter = at("run", runPaths.round(1).adapter);
    expect(farthest(await scoresOf(out), await scoresOf(base, { adapter }))).toBeLessThan(1e-4);
    expect(farthest(await scoresOf(out), await scoresOf(base))).toBeGreaterThan(0.01);
    expect(await readdir(out)).toContain("tokenizer.json");
  });

  it("merges into the 4-bit base that a run was trained on", async () => {
    const { out } = await run({ directory: at("packed") });
    const adapter = at("packed", runPaths.warmup.adapter);
    expect(farthest(await scoresOf(out), await scoresOf(base, { adapter, baseBits: 4 }))).toBeLessThan(1e-4);
    expect(farthest(await scoresOf(out), await scoresOf(base, { adapter }))).toBeGreaterThan(1e-3);
  });

  it("writes shards in half precision", async () => {
    const { out } = await run({ dtype: "bfloat16", shardBytes: 4000 });
    const files = await readdir(out);
    expect(files.filter((name) => /^model-\d{5}-of-\d{5}\.safetensors$/.test(name)).length).toBeGreaterThan(
      2,
    );
    expect(files).toContain("model.safetensors.index.json");
    expect((await loadModelFolder(out)).config.dtype).toBe("bfloat16");
    const adapter = at("run", runPaths.round(1).adapter);
    expect(farthest(await scoresOf(out), await scoresOf(base, { adapter }))).toBeLessThan(0.1);
  });

  it("writes the weights of a run that trained all of them", async () => {
    const { out } = await run({ directory: at("full") });
    expect((await loadModelFolder(out)).tensors).toEqual((await loadModelFolder(base)).tensors);
  });

  it.each<[string, () => Partial<ExportRunOptions>, RegExp]>([
    ["a folder that is no run", () => ({ directory: base }), /not a run directory/],
    ["a run without a trained policy", () => ({ directory: at("early") }), /has not trained anything yet/],
    ["a policy that is not there", () => ({ policy: "round-07" }), /the run has warmup, round-01/],
    ["an output that is there", () => ({ out: base }), /is there already/],
    ["a file as output", () => ({ out: join(base, "tokenizer.json") }), /is there already/],
    ["an adapter of full training", () => ({ directory: at("full"), format: "peft" }), /--format merged/],
    ["a dtype for an adapter", () => ({ format: "peft", dtype: "float16" }), /belong to --format merged/],
    ["a base model that is gone", () => ({ model: "nowhere" }), /--model is nowhere/],
  ])("refuses %s", async (_, options, message) => {
    const failure = await run(options()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigError);
    expect(String(failure)).toMatch(message);
  });
});
