/**
 * Checks that peft and transformers load what the engine exports, unchanged, and compute the same: adapters, merged models
 * in shards, and in bfloat16. For each checkpoint of shared/numerics: one step of training, export, comparison.
 *
 *     ITOOL_PYTHON=/path/to/python npx tsx scripts/check-peft.ts
 *
 * Does nothing, and says why, where Python, its packages or the checkpoints are missing.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { objectives, openEngine } from "../src/index.js";

const root = resolve(import.meta.dirname, "..");
const numerics = resolve(root, "../shared/numerics");
const python = process.env.ITOOL_PYTHON ?? "python3";
/** Differences that float32, and weights rounded to bfloat16, explain. */
const tolerances = { adapter: 2e-4, merged: 2e-4, half: 0.2 } as const;

interface Case {
  readonly name: string;
  readonly base: string;
  readonly adapter: string;
  readonly merged: string;
  readonly half: string;
  readonly sequences: readonly (readonly number[])[];
  readonly logprobs: readonly (readonly number[])[];
}

async function main(): Promise<number> {
  if (!existsSync(numerics)) return skip("there is no shared/numerics beside the repository");
  const work = await mkdtemp(join(tmpdir(), "itool-peft-check-"));
  try {
    const cases: Case[] = [];
    for (const name of ["llama", "llama31", "qwen2", "qwen3"]) cases.push(await makeCase(name, work));
    await writeFile(join(work, "cases.json"), JSON.stringify(cases));
    return compare(join(work, "cases.json"));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function makeCase(name: string, work: string): Promise<Case> {
  const base = join(numerics, name);
  const [adapter, merged, half] = ["adapter", "merged", "half"].map((kind) => join(work, name, kind));
  const sequences = [
    [5, 80, 12, 300, 7, 9, 44, 120, 3],
    Array.from({ length: 90 }, (_, i) => (37 * i + 11) % 390),
  ];
  const engine = await openEngine({ kind: "embedded", model: base, threads: 1 });
  const policy = await engine.createPolicy({ adapter: { rank: 4, alpha: 8 }, seed: 1 });
  const masks = sequences.map((tokens) => tokens.map(() => 1));
  for (let step = 0; step < 2; step += 1) {
    await policy.accumulate(sequences, objectives.supervised({ masks }));
    await policy.step({ learningRate: 1e-2 });
  }
  const logprobs = (await policy.score(sequences)).map((row) => [...row]);
  await policy.exportAdapter(adapter!);
  await policy.exportModel(merged!, { shardBytes: 100_000 });
  await policy.exportModel(half!, { dtype: "bfloat16" });
  await engine.close();
  return { name, base, adapter: adapter!, merged: merged!, half: half!, sequences, logprobs };
}

function compare(file: string): number {
  const script = join(root, "test/python/check_peft.py");
  const run = spawnSync(python, [script, file], { encoding: "utf8" });
  if (run.error !== undefined) return skip(`${python} cannot be started (${run.error.message})`);
  if (run.status === 3) return skip(run.stdout.trim());
  if (run.status !== 0) {
    console.error(run.stderr);
    return 1;
  }
  const results = run.stdout
    .trim()
    .split("\n")
    .map((line): Record<string, number | string> => JSON.parse(line));
  let failures = 0;
  for (const result of results) {
    for (const [kind, most] of Object.entries(tolerances)) {
      const found = Number(result[kind]);
      const ok = found <= most;
      if (!ok) failures += 1;
      console.log(
        `${ok ? "ok  " : "FAIL"} ${result.name} ${kind}: ${found.toExponential(1)} (at most ${most})`,
      );
    }
  }
  return failures === 0 ? 0 : 1;
}

function skip(reason: string): number {
  console.log(`Skipped: ${reason}.`);
  return 0;
}

process.exitCode = await main();
