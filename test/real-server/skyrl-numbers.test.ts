/** A real SkyRL server beside the embedded engine, on the same weights: scores, gradients, steps, saved states, adapters. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEngine, readAdapter } from "../../src/engine/index.js";
import { layoutPairs, objectives } from "../../src/method/index.js";
import type { Engine, Objective, Policy } from "../../src/spec/index.js";
import { type SkyrlServer, START_TIMEOUT_MS, skyrlPython, startSkyrl } from "./start-skyrl.js";

const model = resolve("models/nano");
const TOLERANCE = 1e-4;
/** With so large an ε, AdamW's first step is θ ← θ − (learningRate / ε) · gradient. */
const HUGE = 1e6;

const pairs = [
  { prefix: [5, 17, 300, 41], chosen: [900, 12, 77], rejected: [77, 1000] },
  { prefix: [8, 9, 10], chosen: [11, 12], rejected: [400, 401, 402, 403] },
];
const { sequences, lengths, responseStarts } = layoutPairs(pairs);
const simpo = objectives.simpo({ lengths, responseStarts, beta: 2.5, gamma: 0.5 });
const supervised = objectives.supervised({
  masks: sequences.map(({ length }, index) =>
    Uint8Array.from({ length }, (_, position) => Number(position >= responseStarts[index]!)),
  ),
});

const note = skyrlPython === undefined ? " (skipped: ITOOL_SKYRL_PYTHON names no Python with SkyRL)" : "";
describe.skipIf(skyrlPython === undefined)(`SkyRL beside the embedded engine${note}`, () => {
  let server: SkyrlServer;
  let tinker: Engine;
  let embedded: Engine;
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "itool-skyrl-"));
    server = await startSkyrl(skyrlPython!, model, join(folder, "server"));
    const sizes = { vocabularySize: 2048, contextLength: 1024 };
    tinker = await openEngine({ kind: "tinker", url: server.url, model: "models/nano", ...sizes });
    embedded = await openEngine({ kind: "embedded", model });
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await tinker?.close();
    await embedded?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it("scores the base model the same", async () => {
    const [own, other] = [await tinker.createPolicy(), await embedded.createPolicy()];
    expect(difference(await own.score(sequences), await other.score(sequences))).toBeLessThan(TOLERANCE);
    await own.close();
    await other.close();
  }, 300_000);

  it.each([
    ["SimPO", simpo],
    ["the supervised loss", supervised],
  ])(
    "gives the same gradient, number by number: %s",
    async (name, objective) => {
      const policy = await tinker.createPolicy({ adapter: { rank: 4, alpha: 32 }, seed: 7 });
      // Away from the start, where the gradient of A is zero.
      await descend(policy, objective, 0.1);
      const start = join(folder, `${name}-start`);
      await policy.exportAdapter(start);
      const twin = await embedded.createPolicy({ adapter: start, train: "adapter" });
      expect(difference(await policy.score(sequences), await twin.score(sequences))).toBeLessThan(TOLERANCE);

      const [own, other] = [await descend(policy, objective, 0.1), await descend(twin, objective, 0.1)];
      expect(Math.abs(own.norm / other.norm - 1)).toBeLessThan(TOLERANCE);
      expect(own.loss).toBeCloseTo(other.loss, 4);
      await policy.exportAdapter(join(folder, `${name}-tinker`));
      await twin.exportAdapter(join(folder, `${name}-embedded`));
      const [before, mine, theirs] = [
        await weightsOf(start),
        await weightsOf(join(folder, `${name}-tinker`)),
        await weightsOf(join(folder, `${name}-embedded`)),
      ];
      const [moved, movedToo] = [mine.map((w, i) => w - before[i]!), theirs.map((w, i) => w - before[i]!)];
      const gap = Math.hypot(...moved.map((value, index) => value - movedToo[index]!));
      // Differences of float32 weights: relative to the whole step, as a vector.
      expect(gap / Math.hypot(...movedToo)).toBeLessThan(10 * TOLERANCE);
      await policy.close();
      await twin.close();
    },
    300_000,
  );

  it("goes on from a saved state bit for bit", async () => {
    const policy = await tinker.createPolicy({ adapter: { rank: 4, alpha: 32 }, seed: 8 });
    await train(policy);
    await policy.save(join(folder, "state"));
    await train(policy);
    const undisturbed = await policy.score(sequences);
    await policy.load(join(folder, "state"));
    await train(policy);
    expect(await policy.score(sequences)).toEqual(undisturbed);
    await policy.close();
  }, 300_000);
});

/** One step of plain gradient descent, and what it reports. */
async function descend(
  policy: Policy,
  objective: Objective,
  rate: number,
): Promise<{ loss: number; norm: number }> {
  const { loss } = await policy.accumulate(sequences, objective);
  const step = { learningRate: rate * HUGE, eps: HUGE, beta1: 0, beta2: 0, clipNorm: 0 };
  return { loss, norm: (await policy.step(step)).gradientNorm };
}

async function train(policy: Policy): Promise<void> {
  await policy.accumulate(sequences, simpo);
  await policy.step({ learningRate: 1e-3, clipNorm: 0 });
}

function difference(some: readonly Float32Array[], others: readonly Float32Array[]): number {
  return Math.max(...some.flatMap((row, i) => [...row].map((value, j) => Math.abs(value - others[i]![j]!))));
}

async function weightsOf(folder: string): Promise<number[]> {
  const { modules } = await readAdapter(folder);
  return [...modules.keys()].sort().flatMap((name) => {
    const { a, b } = modules.get(name)!;
    return [...a.data, ...b.data];
  });
}
