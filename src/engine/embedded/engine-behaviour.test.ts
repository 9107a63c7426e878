/** What an engine in a worker owes to a caller who changes his mind. Drift and leaks: `bench/behaviour.ts`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom, objectives } from "../../method/index.js";
import { CancelledError, type Engine, InputError, type Policy } from "../../spec/index.js";
import { openEngine } from "../open-engine.js";
import { readDecoderConfig } from "./transformer/decoder-config.js";
import { decoderTensors } from "./transformer/decoder-tensors.js";
import { writeModelFolder } from "./weights/model-folder.js";

/** Starting an engine takes long on a machine that is busy with other work. */
const START_TIMEOUT_MS = 60_000;
const VOCABULARY = 500;

const config = (hidden: number, layers: number) => ({
  architectures: ["LlamaForCausalLM"],
  vocab_size: VOCABULARY,
  hidden_size: hidden,
  num_hidden_layers: layers,
  num_attention_heads: 4,
  intermediate_size: 3 * hidden,
  max_position_embeddings: 1024,
  tie_word_embeddings: true,
});

async function writeModel(directory: string, hidden: number, layers: number): Promise<void> {
  const random = createRandom(1);
  const shapes = decoderTensors(readDecoderConfig(config(hidden, layers)));
  const tensors = [...shapes].map(([name, shape]) => {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    const draw = (): number => (shape.length === 1 ? 1 : 0.05 * random.normal());
    return [name, { shape, data: Float32Array.from({ length: size }, draw) }] as const;
  });
  await writeModelFolder(directory, config(hidden, layers), new Map(tensors));
}

const random = createRandom(2);
const sequencesOf = (count: number, length: number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length }, () => random.integer(VOCABULARY)));
const supervised = (sequences: readonly (readonly number[])[]) =>
  objectives.supervised({ masks: sequences.map((sequence) => sequence.map((_, t) => (t === 0 ? 0 : 1))) });

let work = "";
let engine: Engine;
let policy: Policy;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "itool-behaviour-"));
  await writeModel(join(work, "model"), 256, 4);
  engine = await openEngine({ kind: "embedded", model: join(work, "model"), threads: 1, tokenBudget: 1024 });
  policy = await engine.createPolicy({ train: "full" });
}, START_TIMEOUT_MS);
afterAll(async () => {
  await engine.close();
  await rm(work, { recursive: true, force: true });
});

describe("the embedded engine", () => {
  it("ends a call within a second of its signal and leaves no gradient", {
    timeout: START_TIMEOUT_MS,
  }, async () => {
    const sequences = sequencesOf(60, 500);
    const controller = new AbortController();
    const training = policy.accumulate(sequences, supervised(sequences), { signal: controller.signal });
    setTimeout(() => controller.abort(), 150);
    let aborted = 0;
    controller.signal.addEventListener("abort", () => {
      aborted = performance.now();
    });
    await expect(training).rejects.toThrow(CancelledError);
    expect(performance.now() - aborted).toBeLessThan(1000);
    await expect(policy.step({ learningRate: 1e-3 })).rejects.toThrow(InputError);
  });

  it("leaves nothing of a call that ended as its signal came", { timeout: START_TIMEOUT_MS }, async () => {
    const sequences = sequencesOf(1, 4);
    const controller = new AbortController();
    const objective = supervised(sequences);
    const late = Object.assign((...logprobs: Parameters<typeof objective>) => {
      controller.abort();
      return objective(...logprobs);
    }, objective);
    await expect(policy.accumulate(sequences, late, { signal: controller.signal })).rejects.toThrow(
      CancelledError,
    );
    await expect(policy.step({ learningRate: 1e-3 })).rejects.toThrow(InputError);
  });
});
