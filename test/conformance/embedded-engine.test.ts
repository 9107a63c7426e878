import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openEngine } from "../../src/engine/index.js";
import type { Engine } from "../../src/spec/index.js";
import { writeRandomLlama } from "../support/random-llama.js";
import { describeEngine } from "./engine-conformance.js";

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function openRandomModel(): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), "itool-tiny-"));
  folders.push(folder);
  return openEngine({ kind: "embedded", model: await writeRandomLlama(folder), threads: 2 });
}

describeEngine("embedded", {
  open: openRandomModel,
  reopen: (model) => openEngine({ kind: "embedded", model, threads: 2 }),
});
