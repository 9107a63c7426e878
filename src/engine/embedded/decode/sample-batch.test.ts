import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../../method/random.js";
import type { Sample, SampleRequest } from "../../../spec/index.js";
import { type DecoderConfig, readDecoderConfig } from "../transformer/decoder-config.js";
import { decoderTensors } from "../transformer/decoder-tensors.js";
import type { WeightTensor } from "../weights/loaded-weights.js";
import { loadModelFolder } from "../weights/model-folder.js";
import { Decoder } from "./decoder.js";
import { sampleBatch } from "./sample-batch.js";

/** Starting an engine takes long on a machine that is busy with other work. */
const START_TIMEOUT_MS = 60_000;

const config = readDecoderConfig({
  architectures: ["LlamaForCausalLM"],
  vocab_size: 90,
  max_position_embeddings: 700,
  num_hidden_layers: 2,
  hidden_size: 48,
  intermediate_size: 72,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  tie_word_embeddings: true,
});

function randomWeights(shape: DecoderConfig): Map<string, WeightTensor> {
  const random = createRandom(5);
  const tensors = new Map<string, WeightTensor>();
  for (const [name, sizes] of decoderTensors(shape)) {
    const values = sizes.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length: values }, () =>
      sizes.length === 1 ? 1 : 0.2 * random.normal(),
    );
    tensors.set(name, { shape: sizes, data });
  }
  return tensors;
}

let decoder: Decoder;
beforeAll(async () => {
  decoder = await Decoder.create(config, randomWeights(config), 2);
}, START_TIMEOUT_MS);
afterAll(() => decoder.release());

function request(length: number, options: Partial<SampleRequest> = {}): SampleRequest {
  const random = createRandom(length);
  const prompt = Array.from({ length }, () => random.integer(config.vocabularySize));
  return { prompt, n: 1, maxTokens: 20, temperature: 1, topP: 1, stop: [], seed: 9, ...options };
}

/** Requests of many lengths, on both sides of the bounds of alignment and chunks. */
const requests = [
  request(1),
  request(7, { n: 3 }),
  request(63, { temperature: 0 }),
  request(64, { maxTokens: 70 }),
  request(65, { topP: 0.8, temperature: 1.4 }),
  request(130, { n: 2, stop: [3, 4, 5, 6, 7, 8, 9, 10] }),
  request(511, { maxTokens: 3 }),
  request(513),
  request(600, { n: 2, maxTokens: 90 }),
  request(698),
];

describe("sampleBatch", () => {
  it("gives the same bits whatever the batch, the number of rows, and the memory", async () => {
    const together = await sampleBatch(decoder, requests);
    const alone: Sample[][] = [];
    for (const one of requests) alone.push(...(await sampleBatch(decoder, [one])));
    expect(alone).toEqual(together);
    const reversed = await sampleBatch(decoder, requests.toReversed(), { maxRows: 3 });
    expect(reversed.toReversed()).toEqual(together);
    expect(await sampleBatch(decoder, requests, { cacheBytes: 1 })).toEqual(together);
  });

  it("gives sample i the same bits whatever n is", async () => {
    const [four] = await sampleBatch(decoder, [request(30, { n: 4 })]);
    const [two] = await sampleBatch(decoder, [request(30, { n: 2 })]);
    expect(four!.slice(0, 2)).toEqual(two);
    expect(four![0]!.tokens).not.toEqual(four![1]!.tokens);
  });

  it("ends at a stop token, at maxTokens, and at the end of the context", async () => {
    const [free] = (await sampleBatch(decoder, [request(40)]))[0]!;
    expect(free).toMatchObject({ finish: "length" });
    expect(free!.tokens).toHaveLength(20);
    const stop = free!.tokens[4]!;
    const [stopped] = (await sampleBatch(decoder, [request(40, { stop: [stop] })]))[0]!;
    expect(stopped!.finish).toBe("stop");
    expect(stopped!.tokens).toEqual(free!.tokens.slice(0, free!.tokens.indexOf(stop) + 1));
    const [short, none] = (await sampleBatch(decoder, [request(698), request(700)])).map(
      ([sample]) => sample!,
    );
    expect([short!.tokens.length, short!.finish]).toEqual([2, "length"]);
    expect([none!.tokens.length, none!.finish]).toEqual([0, "length"]);
  });

  it("continues a prompt as it continued the prompt before it", async () => {
    // Decoding token by token and reading the same tokens as a prompt are two ways to the same distribution.
    const greedy = request(500, { temperature: 0, maxTokens: 40 });
    const [whole] = (await sampleBatch(decoder, [greedy]))[0]!;
    const later = { ...greedy, prompt: [...greedy.prompt, ...whole!.tokens.slice(0, 25)], maxTokens: 15 };
    const [rest] = (await sampleBatch(decoder, [later]))[0]!;
    expect(rest!.tokens).toEqual(whole!.tokens.slice(25));
    for (const [index, logprob] of rest!.logprobs.entries()) {
      expect(logprob).toBeCloseTo(whole!.logprobs[25 + index]!, 4);
    }
  });

  it("draws tokens as often as their probability says", async () => {
    const prompt = request(12, { n: 4000, maxTokens: 1 });
    const [samples] = await sampleBatch(decoder, [prompt]);
    const counts = new Map<number, number>();
    for (const { tokens } of samples!) counts.set(tokens[0]!, (counts.get(tokens[0]!) ?? 0) + 1);
    let checked = 0;
    for (const { tokens, logprobs } of samples!) {
      const expected = Math.exp(logprobs[0]!);
      if (expected < 0.02) continue;
      const deviation = Math.sqrt((expected * (1 - expected)) / 4000);
      expect(Math.abs(counts.get(tokens[0]!)! / 4000 - expected)).toBeLessThan(5 * deviation);
      checked++;
    }
    expect(checked).toBeGreaterThan(500);
  });

  it("reports every sample and stops where the checkpoint throws", async () => {
    const seen: number[] = [];
    await sampleBatch(decoder, requests, { onProgress: (done, total) => seen.push(done * 1000 + total) });
    expect(seen.at(-1)).toBe(14_014);
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
    let runs = 0;
    const checkpoint = (): void => {
      if (++runs > 5) throw new Error("stop");
    };
    await expect(sampleBatch(decoder, requests, { checkpoint })).rejects.toThrow("stop");
    expect(runs).toBe(6);
  });
});

const numerics = resolve("../shared/numerics");

it.skipIf(!existsSync(numerics)).each(["llama", "llama31", "qwen2", "qwen3"])(
  "matches transformers' greedy tokens of %s (skipped without shared/numerics)",
  async (folder) => {
    const { config: json, tensors } = await loadModelFolder(join(numerics, folder));
    const model = await Decoder.create(readDecoderConfig(json), tensors, 2);
    const expected: { greedy: { prompt: number[]; new_tokens: number[] }[] } = JSON.parse(
      readFileSync(join(numerics, folder, "expected.json"), "utf8"),
    );
    const prompts = expected.greedy.map(({ prompt }) => ({
      ...request(1),
      prompt,
      temperature: 0,
      maxTokens: 24,
    }));
    const samples = await sampleBatch(model, prompts);
    expect(samples.map(([sample]) => sample!.tokens)).toEqual(expected.greedy.map((item) => item.new_tokens));
    await model.release();
  },
);
