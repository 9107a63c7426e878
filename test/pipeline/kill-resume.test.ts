/**
 * The promise of DESIGN §8: killed at any moment, several times, the same command goes on and ends with the same bytes
 * as a run that was never disturbed.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runPipeline, type StageOutcome } from "../../src/stages/index.js";
import { openRunDirectory } from "../../src/store/index.js";
import { bytesOf } from "./bytes-of.js";
import { openTinyModel, tinyRecipe, writeTinyFolder } from "./tiny-run.js";

const nano = fileURLToPath(new URL("../../models/nano", import.meta.url));
const child = fileURLToPath(new URL("./run-child.ts", import.meta.url));
let folder: string;
let model: string;
let undisturbed: Map<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-kill-"));
  model = join(folder, "model");
  await writeTinyFolder(model);
  await runHere(join(folder, "undisturbed"));
  undisturbed = await bytesOf(join(folder, "undisturbed"));
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the pipeline in this process, to its end. */
async function runHere(
  directory: string,
  overrides: readonly string[] = [],
): Promise<readonly StageOutcome[]> {
  const recipe = tinyRecipe(overrides);
  const run = await openRunDirectory(directory);
  try {
    return await runPipeline({ recipe, model: await openTinyModel(model, recipe) }, { store: run });
  } finally {
    await run.close();
  }
}

interface Kill {
  readonly engine?: "scripted" | "embedded";
  /** Kills itself at this write; 0 is never. */
  readonly at?: number;
  /** Is killed so many milliseconds after it began. */
  readonly after?: number;
}

/** Runs the pipeline in a process of its own; resolves with how it ended. */
function runChild(
  directory: string,
  { engine = "scripted", at = 0, after }: Kill,
): Promise<"killed" | "done"> {
  return new Promise((resolve, reject) => {
    const base = engine === "scripted" ? model : nano;
    const args = ["--import", "tsx", child, directory, engine, base, String(at)];
    const running = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    running.on("message", () => {
      if (after !== undefined) setTimeout(() => running.kill("SIGKILL"), after);
    });
    running.on("error", reject);
    running.on("exit", (code, signal) => {
      if (signal === "SIGKILL") resolve("killed");
      else if (code === 0) resolve("done");
      else reject(new Error(`the run ended with ${code ?? signal}`));
    });
  });
}

function expectSameBytes(found: Map<string, string>, expected = undisturbed): void {
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, bytes] of found) expect(bytes === expected.get(name), name).toBe(true);
}

describe("an undisturbed run", () => {
  it("writes what a run directory is said to hold", () => {
    const names = [...undisturbed.keys()];
    for (const name of [
      "manifest.json",
      "config.resolved.yaml",
      "metrics.jsonl",
      "comparisons.json",
      "data/train.jsonl",
      "base/eval/scores.json",
      "warmup/adapter/adapter_model.safetensors",
      "round-01/hard/examples.jsonl",
      "round-01/trees/trees.jsonl",
      "round-01/pairs/pairs.jsonl",
      "round-02/adapter/adapter_model.safetensors",
      "round-02/eval/items.jsonl",
    ]) {
      expect(names).toContain(name);
    }
  });

  it("has pairs, steps and right answers, so that a difference would show", () => {
    const lines = (name: string) => textOf(name).trim().split("\n");
    expect(lines("round-01/pairs/pairs.jsonl").length).toBeGreaterThan(2);
    const stages = new Set(lines("metrics.jsonl").map((line) => JSON.parse(line).stage));
    expect([...stages]).toEqual(["warmup", "round-01/prefer", "round-02/prefer"]);
    expect(textOf("warmup/adapter/adapter_model.safetensors")).not.toBe(
      textOf("round-01/adapter/adapter_model.safetensors"),
    );
  });

  it("leaves nothing half-done behind", () => {
    const names = [...undisturbed.keys()];
    expect(names.filter((name) => /checkpoint|started|part$|run\.lock/.test(name))).toEqual([]);
    expect(JSON.parse(textOf("manifest.json"))).toMatchObject({ complete: true });
  });

  function textOf(name: string): string {
    return Buffer.from(undisturbed.get(name)!, "base64").toString("latin1");
  }
});

describe("the same recipe again", () => {
  it("in another folder writes the same bytes", async () => {
    await runHere(join(folder, "again"));
    expectSameBytes(await bytesOf(join(folder, "again")));
  });

  it("in the same folder does nothing", async () => {
    const outcomes = await runHere(join(folder, "undisturbed"));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["skipped"]));
    expectSameBytes(await bytesOf(join(folder, "undisturbed")));
  });

  it("with another seed writes other bytes", async () => {
    await runHere(join(folder, "other"), ["seed=4", "rounds=0"]);
    const other = await bytesOf(join(folder, "other"));
    const adapter = "warmup/adapter/adapter_model.safetensors";
    expect(other.get(adapter)).not.toBe(undisturbed.get(adapter));
  });
});

describe("a killed run", () => {
  it("goes on to the same bytes, killed at writes all over the run", async () => {
    const directory = join(folder, "writes");
    let kills = 0;
    // Each process gets a little further than the one before, and is stopped at another kind of moment.
    for (const at of [1, 9, 20, 33, 49, 70]) {
      if ((await runChild(directory, { at })) === "killed") kills += 1;
    }
    await runChild(directory, {});
    expect(kills).toBeGreaterThan(3);
    expectSameBytes(await bytesOf(directory));
  }, 300_000);

  it("goes on to the same bytes, killed from outside at arbitrary times", async () => {
    const directory = join(folder, "times");
    let kills = 0;
    for (const after of [150, 700, 400]) {
      if ((await runChild(directory, { after })) === "killed") kills += 1;
    }
    await runChild(directory, {});
    expect(kills).toBeGreaterThan(0);
    expectSameBytes(await bytesOf(directory));
  }, 300_000);
});

describe.skipIf(!existsSync(join(nano, "model.safetensors")))(
  "a killed run of the embedded engine (skipped: no weights in models/nano)",
  () => {
    it("goes on to the same bytes", async () => {
      const [whole, killed] = [join(folder, "nano-whole"), join(folder, "nano-killed")];
      await runChild(whole, { engine: "embedded" });
      let kills = 0;
      for (const at of [14, 33, 47]) {
        if ((await runChild(killed, { engine: "embedded", at })) === "killed") kills += 1;
      }
      for (const after of [900, 1_700]) await runChild(killed, { engine: "embedded", after });
      await runChild(killed, { engine: "embedded" });
      expect(kills).toBe(3);
      const bytes = await bytesOf(whole);
      expect(bytes.get("round-01/pairs/pairs.jsonl")).not.toBe("");
      expectSameBytes(await bytesOf(killed), bytes);
    }, 300_000);
  },
);
