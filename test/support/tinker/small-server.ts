/** A fake server and an engine on it, over a small scripted model, for tests of single behaviours. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "../../../src/engine/index.js";
import type { TinkerOptions } from "../../../src/engine/tinker/tinker-options.js";
import type { Engine } from "../../../src/spec/index.js";
import { FakeServer, type FakeServerOptions } from "./fake-server.js";
import { quickTiming } from "./quick-timing.js";

/** Tokens of the small model. */
export const VOCABULARY = 12;

/** A server with an engine on it. */
export interface SmallServer {
  readonly server: FakeServer;
  readonly engine: Engine;
  /** What people were told. */
  readonly warnings: string[];
  /** A folder for the test's files. */
  readonly folder: string;
  /** Another client of the same server. */
  connect(options?: Partial<TinkerOptions>): Promise<Engine>;
  close(): Promise<void>;
}

/** Logits that depend on the last two tokens. */
function logits(prefix: readonly number[]): Float64Array {
  const [last = 0, before = 0] = prefix.slice(-2).reverse();
  return Float64Array.from({ length: VOCABULARY }, (_, token) =>
    Math.sin(1 + 2.3 * token + 1.7 * last * token + before),
  );
}

/** Opens the model, or the weights that an export wrote. */
export function openSmallModel(weights?: string): Promise<Engine> {
  return openEngine({
    kind: "scripted",
    vocabularySize: VOCABULARY,
    contextLength: 64,
    logits,
    ...(weights === undefined ? {} : { weights }),
  });
}

/** Starts both. */
export async function startSmallServer(
  settings: Partial<FakeServerOptions> = {},
  options: Partial<TinkerOptions> = {},
): Promise<SmallServer> {
  const folder = await mkdtemp(join(tmpdir(), "itool-small-"));
  const server = await FakeServer.start({
    flavour: "skyrl-jax",
    open: openSmallModel,
    model: "small",
    folder: join(folder, "server"),
    ...settings,
  });
  const warnings: string[] = [];
  const { flavour = "skyrl-jax" } = settings;
  const connect = (more: Partial<TinkerOptions> = {}): Promise<Engine> =>
    openEngine({
      kind: "tinker",
      url: server.url,
      model: "small",
      vocabularySize: VOCABULARY,
      contextLength: 64,
      timing: quickTiming,
      server: flavour,
      codec: "json",
      onWarning: (message) => void warnings.push(message),
      ...options,
      ...more,
    });
  const engine = await connect();
  return {
    server,
    engine,
    warnings,
    folder,
    connect,
    close: async () => {
      await engine.close().catch(() => undefined);
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
