/**
 * How busy a client keeps a server, and how busy it is itself: `npx tsx bench/cluster.ts`. A fake server in a process of its
 * own answers every request 200 ms after it came. Measured on the client: requests for samples under way during a search
 * (least, mean), wall time of a training step in round trips, and the processor time that a rate of
 * sampled tokens takes.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { openEngine } from "../src/engine/index.js";
import { objectives } from "../src/method/index.js";
import type { Engine, Objective } from "../src/spec/index.js";

const DELAY = 200;
const VOCABULARY = 16;
const TREES = 192;
const WAVES = 4;
/** Of one request, as in the recipes. */
const SAMPLES = 3;
const SAMPLE_TOKENS = 48;

const folder = await mkdtemp(join(tmpdir(), "itool-bench-cluster-"));
const script = join(import.meta.dirname, "cluster-server.ts");
const server = spawn(
  process.execPath,
  ["--import", "tsx", script, folder, String(DELAY), String(VOCABULARY)],
  {
    stdio: ["pipe", "pipe", "inherit"],
  },
);
const url = await new Promise<string>((resolve) => {
  server.stdout.once("data", (line: Buffer) => resolve(line.toString("utf8").trim()));
});
const engine = await openEngine({
  kind: "tinker",
  url,
  model: "bench",
  vocabularySize: VOCABULARY,
  contextLength: 256,
  server: "hosted",
});
try {
  await measureSteps(engine);
  await measureSampling(engine);
} finally {
  await engine.close();
  server.stdin.end();
  await rm(folder, { recursive: true, force: true });
}

/** A step of two round trips takes 400 ms and what the machine adds. */
async function measureSteps(engine: Engine): Promise<void> {
  const policy = await engine.createPolicy({ adapter: { rank: 2, alpha: 32 }, seed: 1 });
  const sequences = Array.from({ length: 8 }, (_, row) =>
    Array.from({ length: 64 }, (_, i) => (row + i) % VOCABULARY),
  );
  const linear = objectives.supervised({
    masks: sequences.map((tokens) => tokens.map((_, i) => Number(i > 0))),
  });
  const twoPasses: Objective = (logprobs) => linear(logprobs);
  for (const [name, objective] of [
    ["supervised", linear],
    ["not linear", twoPasses],
  ] as const) {
    const times: number[] = [];
    for (let step = 0; step < 6; step++) {
      const start = performance.now();
      // Four parts: they must not cost a round trip each.
      const parts = [0, 2, 4, 6].map((at) =>
        policy.accumulate(sequences.slice(at, at + 2), partOf(objective, sequences, at)),
      );
      await Promise.all([...parts, policy.step({ learningRate: 1e-3 })]);
      times.push(performance.now() - start);
    }
    const median = times.toSorted((one, other) => one - other)[3]!;
    console.log(`step, ${name}: ${median.toFixed(0)} ms, ${(median / DELAY).toFixed(2)} round trips`);
  }
  await policy.close();
}

function partOf(objective: Objective, sequences: readonly (readonly number[])[], at: number): Objective {
  const masks = sequences.slice(at, at + 2).map((tokens) => tokens.map((_, i) => Number(i > 0)));
  const linear = objectives.supervised({ masks, weight: 0.25 });
  return objective.linearGradients === undefined ? (logprobs) => linear(logprobs) : linear;
}

/** As many requests as a search sends that advances so many trees together, wave after wave. */
async function measureSampling(engine: Engine): Promise<void> {
  const policy = await engine.createPolicy();
  let inFlight = 0;
  const counts: number[] = [];
  const sampler = setInterval(() => counts.push(inFlight), 5);
  const before = process.cpuUsage();
  const start = performance.now();
  let tokens = 0;
  const wave = Array.from({ length: TREES }, (_, seed) => ({
    prompt: Array.from({ length: 32 }, (_, i) => (seed + i) % VOCABULARY),
    n: SAMPLES,
    maxTokens: SAMPLE_TOKENS,
    temperature: 1,
    topP: 1,
    stop: [],
    seed,
  }));
  for (let sent = 0; sent < WAVES; sent += 1) {
    inFlight = wave.length;
    const onProgress = (done: number): void => {
      inFlight = wave.length - done / SAMPLES;
    };
    const samples = await policy.sample(wave, { onProgress });
    tokens += samples.flat().reduce((sum, sample) => sum + sample.tokens.length, 0);
  }
  clearInterval(sampler);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  // Processor time of the whole process: an upper bound of the main thread's, and not swayed by other work on the machine.
  const busy = (user + system) / 1e6 / seconds;
  const rate = tokens / seconds;
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const atLeast = counts.filter((count) => count >= 64).length / counts.length;
  console.log(
    `sampling: ${mean.toFixed(0)} requests under way on average, at least 64 for ${(100 * atLeast).toFixed(0)} % of the time`,
  );
  console.log(
    `client: ${(100 * busy).toFixed(1)} % of a processor at ${rate.toFixed(0)} tokens/s, ${((100 * busy * 5000) / rate).toFixed(1)} % at 5,000`,
  );
  await policy.close();
  await setTimeout(0);
}
