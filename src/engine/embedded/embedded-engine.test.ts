/**
 * What PyTorch, transformers and peft compute with the same weights (shared/numerics/README.md), through the public port;
 * and what is particular to an engine in a worker.
 */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layoutPairs, objectives } from "../../method/index.js";
import { CancelledError, ConfigError, type Engine, ModelError, type Policy } from "../../spec/index.js";
import { openEngine } from "../open-engine.js";
import { readAdapter } from "./weights/peft-adapter.js";

/** Starting an engine takes long on a machine that is busy with other work. */
const START_TIMEOUT_MS = 60_000;

const root = resolve("../shared/numerics");
const present = existsSync(root);
const note = present ? "" : " (skipped: no shared/numerics)";

interface Scored {
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
}

interface Expected {
  readonly score: readonly Scored[];
  readonly score_with_adapter: readonly Scored[];
  readonly score_merged_after_sft: readonly Scored[];
  readonly greedy: readonly { readonly prompt: readonly number[]; readonly new_tokens: readonly number[] }[];
  readonly pairs: readonly {
    readonly prompt: readonly number[];
    readonly chosen: readonly number[];
    readonly rejected: readonly number[];
  }[];
  readonly objectives: { readonly simpo: { readonly loss: number; readonly grad_norm: number } };
  readonly sft_adamw: {
    readonly steps: readonly {
      readonly lr: number;
      readonly loss: number;
      readonly grad_norm_before_clip: number;
    }[];
    readonly betas: readonly [number, number];
    readonly eps: number;
    readonly weight_decay: number;
    readonly clip: number;
    readonly loss_after: number;
  };
}

describe.skipIf(!present).each(["llama", "llama31", "qwen2", "qwen3"])(
  `the embedded engine on %s${note}`,
  (name) => {
    const folder = join(root, name);
    let engine: Engine;
    let expected: Expected;
    let work = "";
    beforeAll(async () => {
      expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
      work = await mkdtemp(join(tmpdir(), "itool-numerics-"));
      engine = await openEngine({ kind: "embedded", model: folder, threads: 2 });
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      await engine.close();
      await rm(work, { recursive: true, force: true });
    });

    it("scores, with and without an adapter", async () => {
      const plain = await engine.createPolicy();
      await expectScores(plain, expected.score);
      const adapted = await engine.createPolicy({ adapter: join(folder, "adapter"), train: "none" });
      await expectScores(adapted, expected.score_with_adapter);
      await plain.close();
      await adapted.close();
    });

    it("continues greedily", async () => {
      const policy = await engine.createPolicy();
      const settings = { n: 1, maxTokens: 24, temperature: 0, topP: 1, stop: [], seed: 0 };
      const samples = await policy.sample(expected.greedy.map(({ prompt }) => ({ ...settings, prompt })));
      expect(samples.map(([sample]) => sample!.tokens)).toEqual(
        expected.greedy.map((item) => item.new_tokens),
      );
      await policy.close();
    });

    it("takes the loss and the gradient norm of SimPO", async () => {
      const policy = await engine.createPolicy({ adapter: join(folder, "adapter") });
      const layout = layoutPairs(expected.pairs.map((pair) => ({ ...pair, prefix: pair.prompt })));
      const objective = objectives.simpo({ ...layout, beta: 2.5, gamma: 0.5 });
      const { loss } = await policy.accumulate(layout.sequences, objective);
      const { gradientNorm } = await policy.step({ learningRate: 0 });
      expect(loss).toBeCloseTo(expected.objectives.simpo.loss, 4);
      expect(gradientNorm / expected.objectives.simpo.grad_norm).toBeCloseTo(1, 3);
      await policy.close();
    });

    it("trains the adapter as peft and AdamW do, and exports it and the merged model", async () => {
      const { sft_adamw: sft } = expected;
      const policy = await engine.createPolicy({ adapter: join(folder, "adapter") });
      const chosen = expected.pairs.map((pair) => [...pair.prompt, ...pair.chosen]);
      const masks = expected.pairs.map((pair) => [...pair.prompt.map(() => 0), ...pair.chosen.map(() => 1)]);
      const objective = objectives.supervised({ masks });
      for (const { lr, loss, grad_norm_before_clip } of sft.steps) {
        expect((await policy.accumulate(chosen, objective)).loss).toBeCloseTo(loss, 4);
        const [beta1, beta2] = sft.betas;
        const settings = { beta1, beta2, eps: sft.eps, weightDecay: sft.weight_decay, clipNorm: sft.clip };
        const { gradientNorm } = await policy.step({ learningRate: lr, ...settings });
        expect(gradientNorm / grad_norm_before_clip).toBeCloseTo(1, 3);
      }
      expect((await policy.accumulate(chosen, objective)).loss).toBeCloseTo(sft.loss_after, 4);
      await policy.exportAdapter(join(work, "adapter"));
      await expectAdapter(join(work, "adapter"), join(folder, "adapter-after-sft"));
      await policy.exportModel(join(work, "merged"));
      await policy.close();
      const merged = await openEngine({ kind: "embedded", model: join(work, "merged"), threads: 1 });
      await expectScores(await merged.createPolicy(), expected.score_merged_after_sft);
      await merged.close();
    });
  },
);

describe.skipIf(!present).each(["llama", "qwen2", "qwen3"])(`a base of %s in 4 bits${note}`, (name) => {
  it("computes what the model that it exports computes in float32", async () => {
    const work = await mkdtemp(join(tmpdir(), "itool-packed-"));
    const expected: Expected = JSON.parse(readFileSync(join(root, name, "expected.json"), "utf8"));
    const packed = await openEngine({
      kind: "embedded",
      model: join(root, name),
      threads: 2,
      baseBits: 4,
      blockSize: 32,
    });
    const policy = await packed.createPolicy({ adapter: join(root, name, "adapter") });
    const chosen = expected.pairs.map((pair) => [...pair.prompt, ...pair.chosen]);
    const masks = chosen.map((tokens) => tokens.map(() => 1));
    const before = (await policy.accumulate(chosen, objectives.supervised({ masks }))).loss;
    await policy.step({ learningRate: 1e-2 });
    const tokens = expected.score.map((item) => item.tokens);
    const scores = await policy.score(tokens);
    await policy.exportModel(join(work, "merged"));
    const merged = await openEngine({ kind: "embedded", model: join(work, "merged"), threads: 2 });
    const copy = await merged.createPolicy();
    await expectScores(
      copy,
      scores.map((logprobs, row) => ({ tokens: tokens[row]!, logprobs: [...logprobs] })),
    );
    expect((await copy.score(chosen)).flatMap((row) => [...row]).reduce((a, b) => a + b)).toBeGreaterThan(
      -before * masks.flatMap((mask) => mask.slice(1)).length,
    );
    const request = { prompt: [1, 2, 3], n: 1, maxTokens: 8, temperature: 0, topP: 1, stop: [], seed: 0 };
    expect((await policy.sample([request]))[0]![0]!.tokens).toEqual(
      (await copy.sample([request]))[0]![0]!.tokens,
    );
    await packed.close();
    await merged.close();
    await rm(work, { recursive: true, force: true });
  });
});

describe.skipIf(!present)(`the worker of the embedded engine${note}`, () => {
  it("keeps the main thread free, and stops within a second of its signal", async () => {
    const engine = await openEngine({ kind: "embedded", model: join(root, "llama"), threads: 2 });
    const policy = await engine.createPolicy();
    const long = { prompt: [1, 2, 3], n: 3000, maxTokens: 400, temperature: 1, topP: 1, stop: [], seed: 0 };
    const controller = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const working = policy.sample([long], { signal: controller.signal });
    setTimeout(() => controller.abort(), 400);
    await expect(working).rejects.toThrow(CancelledError);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(10);
    await engine.close();
  });
});

it("carries a failure out of the worker with its class and facts", async () => {
  const failure = await openEngine({ kind: "embedded", model: "no/such/folder" }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ModelError);
  expect(failure).toMatchObject({ facts: { file: join("no/such/folder", "config.json") } });
});

it.each([{ threads: 0 }, { tokenBudget: 1.5 }, { sampleRows: -1 }, { blockSize: 48 }, { baseBits: 8 }])(
  "refuses %o",
  async (wrong) => {
    const options = JSON.parse(JSON.stringify(wrong));
    await expect(openEngine({ kind: "embedded", model: "any/folder", ...options })).rejects.toThrow(
      ConfigError,
    );
  },
);

async function expectScores(policy: Policy, scored: readonly Scored[]): Promise<void> {
  const scores = await policy.score(scored.map(({ tokens }) => tokens));
  const differences = scored.flatMap(({ logprobs }, row) =>
    logprobs.map((value, index) => Math.abs(scores[row]![index]! - value)),
  );
  expect(scores.map(({ length }) => length)).toEqual(scored.map(({ logprobs }) => logprobs.length));
  expect(Math.max(...differences)).toBeLessThan(2e-4);
}

async function expectAdapter(actual: string, wanted: string): Promise<void> {
  const [ours, theirs] = [await readAdapter(actual), await readAdapter(wanted)];
  expect([...ours.modules.keys()].sort()).toEqual([...theirs.modules.keys()].sort());
  for (const [module, { a, b }] of theirs.modules) {
    const own = ours.modules.get(module)!;
    for (const [mine, other] of [[own.a, a] as const, [own.b, b] as const]) {
      expect(mine.shape).toEqual(other.shape);
      const worst = mine.data.reduce((most, value, i) => Math.max(most, Math.abs(value - other.data[i]!)), 0);
      expect(worst).toBeLessThan(1e-4);
    }
  }
}
