/** The port's whole conformance suite against a real SkyRL server on JAX, over a small random model. */
import { mkdtempSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, vi } from "vitest";
import { openEngine } from "../../src/engine/index.js";
import type { Engine } from "../../src/spec/index.js";
import { describeEngine } from "../conformance/engine-conformance.js";
import { randomLlama, writeRandomLlama } from "../support/random-llama.js";
import { type SkyrlServer, START_TIMEOUT_MS, skyrlPython, startSkyrl } from "./start-skyrl.js";

/** JAX compiles anew for each shape: the first call of a kind takes many seconds. */
vi.setConfig({ testTimeout: 900_000, hookTimeout: START_TIMEOUT_MS });

const folder = mkdtempSync(join(tmpdir(), "itool-skyrl-"));
let server: SkyrlServer | undefined;
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** The engine's process wants a tokenizer beside the weights, and only looks at its format. */
async function start(): Promise<SkyrlServer> {
  const model = await writeRandomLlama(folder);
  for (const file of ["tokenizer.json", "tokenizer_config.json"])
    await copyFile(resolve("models/nano", file), join(model, file));
  return startSkyrl(skyrlPython!, model, join(folder, "server"));
}

async function open(): Promise<Engine> {
  server ??= await start();
  return openEngine({
    kind: "tinker",
    url: server.url,
    model: "model",
    ...randomLlama,
    // What is under way when a call is cancelled is worked off by the server all the same.
    samplesInFlight: 8,
  });
}

const note = skyrlPython === undefined ? " (skipped: ITOOL_SKYRL_PYTHON names no Python with SkyRL)" : "";
describe.skipIf(skyrlPython === undefined)(`a real SkyRL server${note}`, () => {
  describeEngine("tinker", {
    open,
    reopen: open,
    startTimeout: START_TIMEOUT_MS,
    // XLA compiles a program for each shape of a batch, and they round differently.
    batchTolerance: 1e-5,
    skips: {
      "full-training": "SkyRL on JAX trains adapters only",
      "export-model": "SkyRL on JAX gives adapters only",
      clipping: "SkyRL on JAX does not clip",
    },
  });
});
