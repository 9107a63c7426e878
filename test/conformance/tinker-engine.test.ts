/** The port on the Tinker protocol, against a fake server of each kind whose numbers are those of the scripted engine. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openEngine } from "../../src/engine/index.js";
import type { Flavour } from "../support/tinker/fake-pass.js";
import { FakeServer } from "../support/tinker/fake-server.js";
import { quickTiming } from "../support/tinker/quick-timing.js";
import { describeEngine } from "./engine-conformance.js";

const VOCABULARY = 24;
const CONTEXT = 128;

/** A smooth random-looking function of the last two tokens. */
function logits(prefix: readonly number[]): Float64Array {
  const [last = 0, before = 0] = prefix.slice(-2).reverse();
  return Float64Array.from(
    { length: VOCABULARY },
    (_, token) => 2 * Math.sin(1 + 3.7 * token + 1.3 * last * token + 0.9 * before),
  );
}

const scripted = (weights?: string) =>
  openEngine({
    kind: "scripted",
    vocabularySize: VOCABULARY,
    contextLength: CONTEXT,
    logits,
    ...(weights === undefined ? {} : { weights }),
  });

const servers: FakeServer[] = [];
const folder = mkdtempSync(join(tmpdir(), "itool-tinker-"));
afterAll(async () => {
  for (const server of servers) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const flavour of ["skyrl-jax", "hosted"] as const) {
  const open = async (weights?: string) => {
    const server = await startServer(flavour);
    return openEngine({
      kind: "tinker",
      url: server.url,
      model: "tiny",
      vocabularySize: VOCABULARY,
      contextLength: CONTEXT,
      timing: quickTiming,
      // What is under way when a call is cancelled is worked off by the server all the same.
      samplesInFlight: 8,
      ...(flavour === "hosted" ? { server: "hosted" } : { codec: "json" }),
      ...(weights === undefined ? {} : { weights }),
    });
  };
  const jax = flavour === "skyrl-jax" ? { clipping: "SkyRL on JAX does not clip" } : {};
  describeEngine(
    "tinker",
    {
      open: () => open(),
      reopen: open,
      skips: {
        "full-training": "the server trains adapters only",
        "export-model": "the server gives adapters only",
        ...jax,
      },
    },
    flavour,
  );
}

async function startServer(flavour: Flavour): Promise<FakeServer> {
  const server = await FakeServer.start({
    flavour,
    open: scripted,
    model: "tiny",
    folder: join(folder, flavour),
  });
  servers.push(server);
  return server;
}
