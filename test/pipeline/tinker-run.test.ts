/**
 * The whole loop on a server: trained there, searched there, and gone on with after the client was killed or the server
 * restarted, with the same result and nothing trained twice.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAdapter } from "../../src/engine/index.js";
import { runPipeline } from "../../src/stages/index.js";
import { openRunDirectory } from "../../src/store/index.js";
import { FakeServer } from "../support/tinker/fake-server.js";
import { bytesOf } from "./bytes-of.js";
import { openTinyOnServer } from "./tinker-model.js";
import { openTinyModel, tinyRecipe, writeTinyFolder } from "./tiny-run.js";

const child = fileURLToPath(new URL("./tinker-child.ts", import.meta.url));
let folder: string;
let model: string;
let server: FakeServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-tinker-run-"));
  model = join(folder, "model");
  await writeTinyFolder(model);
  const open = (await openTinyModel(model, tinyRecipe(["rounds=1"]))).openEngine;
  server = await FakeServer.start({
    flavour: "skyrl-jax",
    open,
    model: "tiny",
    folder: join(folder, "server"),
  });
  await runHere(join(folder, "undisturbed"));
}, 300_000);

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function runHere(directory: string): Promise<void> {
  const run = await openRunDirectory(directory);
  try {
    const base = await openTinyOnServer(model, server.url);
    await runPipeline({ recipe: tinyRecipe(["rounds=1"]), model: base }, { store: run });
  } finally {
    await run.close();
  }
}

/** Runs in a process of its own. */
function runChild(directory: string, killAt: number): Promise<"killed" | "done"> {
  return new Promise((resolve, reject) => {
    const args = ["--import", "tsx", child, directory, server.url, model, String(killAt)];
    const running = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
    running.on("error", reject);
    running.on("exit", (code, signal) => {
      if (signal === "SIGKILL") resolve("killed");
      else if (code === 0) resolve("done");
      else reject(new Error(`the run ended with ${code ?? signal}`));
    });
  });
}

/** What a run found: all of it but the names of checkpoints on the server, and what is hashed from them. */
async function resultOf(directory: string): Promise<Map<string, string>> {
  const bytes = await bytesOf(directory);
  for (const name of [...bytes.keys()]) {
    if (/tinker\.json$|state\.json$|stage\.json$|^manifests?\//.test(name)) bytes.delete(name);
  }
  return bytes;
}

async function expectSameResult(directory: string): Promise<void> {
  const [found, expected] = [await resultOf(directory), await resultOf(join(folder, "undisturbed"))];
  expect([...found.keys()]).toEqual([...expected.keys()]);
  const other = [...expected.keys()].filter((name) => found.get(name) !== expected.get(name));
  expect(other).toEqual([]);
}

describe("a run on a server", () => {
  it("leaves adapters that other engines load, and frees its models", async () => {
    for (const place of ["warmup/adapter", "round-01/adapter"]) {
      const adapter = await readAdapter(join(folder, "undisturbed", place));
      expect(adapter).toMatchObject({ rank: 2, alpha: 32, targets: ["bigram_proj"] });
      const config = JSON.parse(
        await readFile(join(folder, "undisturbed", place, "adapter_config.json"), "utf8"),
      );
      expect(config).toMatchObject({ target_modules: ["bigram_proj"], task_type: "CAUSAL_LM" });
    }
    expect(server.modelCount).toBe(0);
  });

  it("does the same again", async () => {
    await runHere(join(folder, "again"));
    await expectSameResult(join(folder, "again"));
  });

  it("whose client is killed, several times, goes on to the same result", async () => {
    const directory = join(folder, "killed");
    let kills = 0;
    for (const at of [8, 15, 24]) if ((await runChild(directory, at)) === "killed") kills += 1;
    expect(await runChild(directory, 0)).toBe("done");
    expect(kills).toBeGreaterThan(1);
    await expectSameResult(directory);
  }, 300_000);

  it("whose server restarts under it stops with a clear error or goes on, and ends with the same result", async () => {
    const directory = join(folder, "restarted");
    const steps = () => [...server.traffic.steps.values()].reduce((sum, count) => sum + count, 0);
    const before = steps();
    let restarts = 0;
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const timer = setInterval(() => {
        if (steps() > before + 2 * (restarts + 1) && restarts < 2) {
          restarts += 1;
          void server.restart(50);
        }
      }, 5);
      const failure = await runHere(directory).catch((error: unknown) => error);
      clearInterval(timer);
      if (failure === undefined) break;
      expect(String(failure)).toMatch(/The same command goes on from|No answer|server/);
    }
    expect(restarts).toBe(2);
    await expectSameResult(directory);
  }, 300_000);
});
