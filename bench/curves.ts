/**
 * How cost and memory grow: `npx tsx bench/curves.ts [size] [repeats]`. Score and LoRA over the context (2,048 tokens in all),
 * over the batch (of 512 tokens each), and LoRA over the fragments behind one prompt of 400 tokens beside as many prompts of their
 * own. Each point has a process of its own, whose largest resident memory stands beside the median time.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine } from "../src/engine/index.js";
import { objectives } from "../src/method/index.js";
import type { Engine } from "../src/spec/index.js";
import { drawTokens, lora, type PreparedCase, prepareCase, threads } from "./cases.js";
import { medianSeconds } from "./measure.js";
import { type Shape, shapeOf, writeRandomModel } from "./shapes.js";

/** A point by its numbers: `score` and `lora` take sequences and their length, `shared` and `apart` fragments. */
type Point = readonly [name: "score" | "lora" | "shared" | "apart", count: number, length: number];

const contexts: readonly Point[] = (["score", "lora"] as const).flatMap((name) =>
  [256, 512, 1024, 2048].map((length) => [name, 2048 / length, length] as const),
);
const batches: readonly Point[] = (["score", "lora"] as const).flatMap((name) =>
  [1, 2, 8, 16].map((count) => [name, count, 512] as const),
);
const fragments: readonly Point[] = [1, 4, 16].flatMap((count) => [
  ["shared", count, 10],
  ["apart", count, 10],
]);
const promptLength = 400;

const [size = "S", repeats = "3", point] = process.argv.slice(2);
if (point === undefined) measureApart([...contexts, ...batches, ...fragments]);
else console.log(await measure(readPoint(point), shapeOf(size), Number(repeats)));

function measureApart(points: readonly Point[]): void {
  for (const each of points) {
    const args = ["--import", "tsx", fileURLToPath(import.meta.url), size, repeats, each.join()];
    process.stdout.write(spawnSync(process.execPath, args, { encoding: "utf8" }).stdout);
  }
}

async function measure([name, count, length]: Point, shape: Shape, times: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "itool-bench-"));
  try {
    await writeRandomModel(shape, join(folder, "model"));
    const engine = await openEngine({ kind: "embedded", model: join(folder, "model"), threads });
    const work =
      name === "score" || name === "lora"
        ? await prepareCase(name, { ...shape, sequences: count, length }, engine)
        : await branching(count, length, name === "shared", shape, engine);
    const { clock, processor } = await medianSeconds(work.run, times);
    await work.close();
    await engine.close();
    const memory = (process.resourceUsage().maxRSS / 1024).toFixed(0);
    const speed = (work.amount / clock).toFixed(0);
    return `${size} ${name} ${count} × ${length}: ${(1e3 * clock).toFixed(0)} ms (${(1e3 * processor).toFixed(0)} of processors), ${speed} ${work.unit}/s, ${memory} MB at most`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Gradients of `count` fragments, behind one prompt or each behind its own. */
async function branching(
  count: number,
  length: number,
  isShared: boolean,
  { decoder }: Shape,
  engine: Engine,
): Promise<PreparedCase> {
  const policy = await engine.createPolicy(lora);
  const tokens = drawTokens(5, decoder.vocabularySize);
  const prompt = tokens(promptLength);
  const sequences = Array.from({ length: count }, () => [
    ...(isShared ? prompt : tokens(promptLength)),
    ...tokens(length),
  ]);
  const masks = sequences.map((sequence) => sequence.map((_, t) => Number(t >= promptLength)));
  const objective = objectives.supervised({ masks });
  return {
    amount: count * (promptLength + length),
    unit: "tokens",
    run: async () => void (await policy.accumulate(sequences, objective)),
    close: () => policy.close(),
  };
}

function readPoint(text: string): Point {
  const all = [...contexts, ...batches, ...fragments];
  const known = all.find((each) => each.join() === text);
  if (known === undefined) throw new Error(`There is no point ${text}: use one of ${all.join(" ")}.`);
  return known;
}
