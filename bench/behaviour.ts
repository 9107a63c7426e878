/**
 * How the engine treats the process around it: `npx tsx bench/behaviour.ts [cycles]`. Drift of a timer on the main thread while
 * size S trains (a busy machine adds its own), and resident memory over cycles of opening, using and closing a tiny model.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "../src/engine/index.js";
import { objectives } from "../src/method/index.js";
import { prepareCase } from "./cases.js";
import { shapeOf, writeRandomModel } from "./shapes.js";

const TICK_MS = 20;
const cycles = Number(process.argv[2] ?? 1000);
const folder = await mkdtemp(join(tmpdir(), "itool-bench-"));
try {
  await measureDrift(join(folder, "S"));
  await measureMemory(join(folder, "nano"));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measureDrift(model: string): Promise<void> {
  const shape = shapeOf("S");
  await writeRandomModel(shape, model);
  const engine = await openEngine({ kind: "embedded", model, threads: 1 });
  const training = await prepareCase("lora", shape, engine);
  await training.run();
  const drifts: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    drifts.push(now - last - TICK_MS);
    last = now;
  }, TICK_MS);
  await training.run();
  clearInterval(timer);
  await engine.close();
  drifts.sort((a, b) => a - b);
  const at = (share: number): string => (drifts[Math.floor(share * (drifts.length - 1))] ?? 0).toFixed(1);
  console.log(
    `timer drift over ${drifts.length} ticks: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, most ${at(1)} ms`,
  );
}

async function measureMemory(model: string): Promise<void> {
  await writeRandomModel(shapeOf("nano"), model);
  for (let cycle = 0; cycle <= cycles; cycle += 1) {
    if (cycle % Math.ceil(cycles / 10) === 0)
      console.log(`cycle ${cycle}: ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB resident`);
    await useOnce(model);
  }
}

async function useOnce(model: string): Promise<void> {
  const engine = await openEngine({ kind: "embedded", model, threads: 1 });
  const policy = await engine.createPolicy({ adapter: { rank: 2, alpha: 4 } });
  await policy.accumulate([[1, 2, 3]], objectives.supervised({ masks: [[0, 1, 1]] }));
  await policy.step({ learningRate: 1e-3 });
  await policy.sample([{ prompt: [1, 2], n: 2, maxTokens: 3, temperature: 1, topP: 1, stop: [], seed: 1 }]);
  await engine.close();
}
