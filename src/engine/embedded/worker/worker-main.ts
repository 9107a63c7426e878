/**
 * Entry point of the worker thread. Calls are worked through one after the other, in the order in which they came; the
 * engine itself is loaded with the first, so that a missing runtime is an answer and not a crash.
 */
import { availableParallelism } from "node:os";
import { parentPort } from "node:worker_threads";
import { ConfigError } from "../../../spec/index.js";
import { describeError } from "./error-data.js";
import type {
  AnswerMessage,
  CallContext,
  CallHandlers,
  CallMessage,
  CallName,
  WorkerCalls,
} from "./protocol.js";

/** Progress notes of one call are at least this far apart. */
const PROGRESS_INTERVAL_MS = 100;
const MOST_THREADS = 8;

let handlers: Promise<CallHandlers> | undefined;
let previous: Promise<void> = Promise.resolve();

parentPort?.on("message", (message: CallMessage) => {
  previous = previous.then(() => answer(message));
});

async function answer(message: CallMessage): Promise<void> {
  try {
    handlers ??= loadEngine();
    post({ id: message.id, kind: "result", output: await handle(await handlers, message) });
  } catch (error) {
    post({ id: message.id, kind: "failure", error: describeError(error) });
  }
}

function handle<Name extends CallName>(
  table: CallHandlers,
  { id, name, input, cancelled }: CallMessage<Name>,
): Promise<WorkerCalls[Name]["output"]> {
  const handler: CallHandlers[Name] = table[name];
  return handler(input, contextOf(id, cancelled));
}

function contextOf(id: number, cancelled: Int32Array): CallContext {
  let last = 0;
  return {
    isCancelled: () => Atomics.load(cancelled, 0) !== 0,
    onProgress: (done, total) => {
      const now = performance.now();
      if (done < total && now - last < PROGRESS_INTERVAL_MS) return;
      last = now;
      post({ id, kind: "progress", done, total });
    },
  };
}

async function loadEngine(): Promise<CallHandlers> {
  try {
    const { createEngineHost } = await import("./engine-host.js");
    return createEngineHost(Math.min(availableParallelism(), MOST_THREADS));
  } catch (cause) {
    if (!isRuntimeMissing(cause)) throw cause;
    const message = `The embedded engine needs onnxruntime-node, which cannot be loaded here (${cause.message}). Install it: npm install onnxruntime-node.`;
    throw new ConfigError(message, { package: "onnxruntime-node" }, { cause });
  }
}

/** True where the package, its binary for this platform, or a system library is missing. */
function isRuntimeMissing(error: unknown): error is Error {
  if (!(error instanceof Error && "code" in error)) return false;
  const codes = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ERR_DLOPEN_FAILED"];
  return codes.includes(String(error.code)) && /onnxruntime/.test(error.message);
}

function post(message: AnswerMessage): void {
  parentPort?.postMessage(message);
}
