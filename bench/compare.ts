/**
 * The embedded engine beside PyTorch, peft, transformers and TRL, case by case in turn on one machine:
 * `npx tsx bench/compare.ts <python> [size] [rounds] [case …]`. `python` is an interpreter with those packages. Each round runs
 * a case once with either; given are the medians over the rounds, by the clock and in processor time, and how many times
 * faster the engine is. Decoding is given without the time of its prompts.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openEngine } from "../src/engine/index.js";
import type { Engine } from "../src/spec/index.js";
import {
  type CaseName,
  caseNames,
  decodePrompts,
  decoding,
  type PreparedCase,
  preference,
  prepareCase,
  threads,
} from "./cases.js";
import { median, medianSeconds, type Seconds } from "./measure.js";
import { adapterRank, shapeOf, writeRandomModel } from "./shapes.js";

const [python, size = "S", times = "3", ...wanted] = process.argv.slice(2);
if (python === undefined) throw new Error("Give the Python interpreter: npx tsx bench/compare.ts <python>.");
const shape = shapeOf(size);
const folder = await mkdtemp(join(tmpdir(), "itool-bench-"));
try {
  const model = join(folder, "model");
  await writeRandomModel(shape, model);
  const engine = await openEngine({ kind: "embedded", model, threads });
  for (const name of caseNames) {
    if (name === "raw" || (wanted.length > 0 && !wanted.includes(name))) continue;
    console.log(await compareCase(name, engine, model));
  }
  await engine.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function compareCase(name: CaseName, engine: Engine, model: string): Promise<string> {
  const prepared = await prepareCase(name, shape, engine);
  const rows = name.startsWith("decode") ? Number(name.slice("decode".length)) : undefined;
  const ours = [prepared, ...(rows === undefined ? [] : [await decodePrompts(rows, shape, engine)])];
  const peers = [startPeer(name, model), ...(rows === undefined ? [] : [startPeer(`prompt${rows}`, model)])];
  const rounds: { ours: Seconds[]; theirs: Seconds[] }[] = [];
  for (let round = 0; round < Number(times); round += 1) {
    const mine: Seconds[] = [];
    const other: Seconds[] = [];
    for (const one of ours) mine.push(await medianSeconds(one.run, 1));
    for (const peer of peers) other.push(await peer.measure());
    rounds.push({ ours: mine, theirs: other });
  }
  for (const one of ours) await one.close();
  for (const peer of peers) peer.close();
  return describe(
    name,
    prepared,
    medians(rounds.map((round) => round.ours)),
    medians(rounds.map((round) => round.theirs)),
  );
}

/** The median of each measure; of two, the first less the second. */
function medians(rounds: readonly (readonly Seconds[])[]): Seconds {
  const [whole, part] = rounds[0]!.map((_, index) => ({
    clock: median(rounds.map((round) => round[index]!.clock)),
    processor: median(rounds.map((round) => round[index]!.processor)),
  }));
  return { clock: whole!.clock - (part?.clock ?? 0), processor: whole!.processor - (part?.processor ?? 0) };
}

function describe(name: CaseName, { amount, unit }: PreparedCase, ours: Seconds, theirs: Seconds): string {
  const speed = (seconds: Seconds): string =>
    `${(amount / seconds.clock).toFixed(1)} ${unit}/s (${(amount / seconds.processor).toFixed(1)} a processor second)`;
  const factors = [theirs.clock / ours.clock, theirs.processor / ours.processor];
  const times = factors.map((factor) => factor.toFixed(2)).join(" / ");
  return `${size} ${name}: ${speed(ours)}; Python ${speed(theirs)}; × ${times}`;
}

/** A Python process that measures one case when asked. */
function startPeer(name: string, model: string): { measure: () => Promise<Seconds>; close: () => void } {
  const script = fileURLToPath(new URL("./pytorch.py", import.meta.url));
  const { sequences, length } = shape;
  const cases = {
    sequences,
    length,
    rank: adapterRank,
    prompt: decoding.prompt,
    newTokens: decoding.tokens,
    ...preference,
  };
  const child: ChildProcess = spawn(python!, [script, model, String(threads), JSON.stringify(cases)], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, HF_HUB_OFFLINE: "1", OMP_NUM_THREADS: String(threads) },
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    measure: async () => {
      child.stdin!.write(`${name} 1\n`);
      const { value, done } = await lines.next();
      if (done === true)
        throw new Error(`Python ended before it had measured ${name}: run bench/pytorch.py by hand.`);
      const { seconds }: { seconds: [number, number] } = JSON.parse(value);
      return { clock: seconds[0], processor: seconds[1] };
    },
    close: () => void child.stdin!.end(),
  };
}
