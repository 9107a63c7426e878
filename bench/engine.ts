/**
 * Speed of the embedded engine: `npx tsx bench/engine.ts [size] [repeats] [case …]`; sizes nano, S, M; cases raw, score, lora,
 * full, decode1, decode8, decode32, simpo. Medians. The share of plain matrix products of the same process is given by the
 * clock and by processor time: where the two differ, the machine was busy with other things. Decoding is given without the
 * time of its prompts. `--json` prints one line of JSON a case.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "../src/engine/index.js";
import type { Engine } from "../src/spec/index.js";
import { type CaseName, caseNames, decodePrompts, type PreparedCase, prepareCase, threads } from "./cases.js";
import { medianSeconds, type Seconds } from "./measure.js";
import { type Shape, shapeOf, writeRandomModel } from "./shapes.js";

interface Measure {
  readonly name: CaseName;
  readonly amount: number;
  readonly unit: PreparedCase["unit"];
  readonly operations: number | undefined;
  readonly seconds: Seconds;
}

const json = process.argv.includes("--json");
const [size = "S", times = "5", ...wanted] = process.argv.slice(2).filter((word) => word !== "--json");
const shape = shapeOf(size);
const repeats = Number(times);
const folder = await mkdtemp(join(tmpdir(), "itool-bench-"));
try {
  await writeRandomModel(shape, join(folder, "model"));
  const engine = await openEngine({ kind: "embedded", model: join(folder, "model"), threads });
  const names = caseNames.filter((name) => wanted.length === 0 || wanted.includes(name));
  let raw: Measure | undefined;
  for (const name of names) {
    const measured = await measure(name, shape, engine);
    if (name === "raw") raw = measured;
    console.log(json ? JSON.stringify(measured) : describe(measured, raw));
  }
  await engine.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(name: CaseName, of: Shape, engine: Engine): Promise<Measure> {
  const prepared = await prepareCase(name, of, engine);
  const { amount, unit, operations } = prepared;
  const whole = await medianSeconds(prepared.run, repeats);
  await prepared.close();
  const seconds = name.startsWith("decode") ? less(whole, await promptSeconds(name, of, engine)) : whole;
  return { name, amount, unit, operations, seconds };
}

async function promptSeconds(name: CaseName, of: Shape, engine: Engine): Promise<Seconds> {
  const prompts = await decodePrompts(Number(name.slice("decode".length)), of, engine);
  const seconds = await medianSeconds(prompts.run, repeats);
  await prompts.close();
  return seconds;
}

function less(whole: Seconds, part: Seconds): Seconds {
  return { clock: whole.clock - part.clock, processor: whole.processor - part.processor };
}

function describe({ name, amount, unit, operations, seconds }: Measure, raw: Measure | undefined): string {
  const columns = [
    `${size} ${name.padEnd(9)}`,
    `${(1000 * seconds.clock).toFixed(1)} ms (${(1000 * seconds.processor).toFixed(1)} of processors)`,
    `${(amount / seconds.clock).toFixed(1)} ${unit}/s (${(amount / seconds.processor).toFixed(1)} a processor second)`,
  ];
  if (operations !== undefined) {
    const speeds = [seconds.clock, seconds.processor].map((time) => operations / time);
    columns.push(`${speeds.map((speed) => (speed / 1e9).toFixed(0)).join(" / ")} GFLOP/s`);
    if (raw?.operations !== undefined && raw.name !== name) {
      const own = [raw.operations / raw.seconds.clock, raw.operations / raw.seconds.processor];
      columns.push(`${speeds.map((speed, i) => (speed / own[i]!).toFixed(2)).join(" / ")} of raw`);
    }
  }
  return columns.join("  ");
}
