/**
 * Starts a real SkyRL server on this machine's CPU for tests. It needs Python with SkyRL in it: the variable
 * `ITOOL_SKYRL_PYTHON` names the interpreter. docs/clusters.md says how to install it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";

/** The interpreter; `undefined` where the tests are to be skipped. */
export const skyrlPython: string | undefined = process.env.ITOOL_SKYRL_PYTHON;

/** The first start imports and compiles much. */
export const START_TIMEOUT_MS = 240_000;

/** A server that runs. */
export interface SkyrlServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server over the model in a folder. Its database and checkpoints are in `state`. */
export async function startSkyrl(python: string, model: string, state: string): Promise<SkyrlServer> {
  const port = await freePort();
  const script = join(import.meta.dirname, "skyrl_server.py");
  const flags = [script, "--base-model", model, "--state", state, "--port", String(port)];
  // The server starts a process of its own: they end together, as a group.
  const child = spawn(python, flags, {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, JAX_PLATFORMS: "cpu", HF_HUB_OFFLINE: "1" },
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(url, child);
  } catch (error) {
    end(child, "SIGKILL");
    throw error;
  }
  return { url, stop: () => stop(child) };
}

async function untilHealthy(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null)
      throw new Error(`SkyRL ended with ${child.exitCode}. Start it by hand to see why.`);
    const answer = await fetch(`${url}/api/v1/healthz`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`SkyRL is not healthy after ${START_TIMEOUT_MS / 1000} seconds.`);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  end(child, "SIGTERM");
  const timer = setTimeout(() => end(child, "SIGKILL"), 20_000);
  await ended;
  clearTimeout(timer);
  end(child, "SIGKILL");
}

function end({ pid }: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(),
      );
    });
  });
}
