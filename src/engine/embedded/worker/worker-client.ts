/** The main thread's end of the engine's worker: starts it, sends calls, hands out answers. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { type CallOptions, CancelledError, InputError, ModelError } from "../../../spec/index.js";
import { restoreError } from "./error-data.js";
import type { AnswerMessage, CallMessage, CallName, WorkerCalls } from "./protocol.js";

interface PendingCall {
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

/** A running worker. While no call is under way it does not keep the process alive. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PendingCall>();
  #calls = 0;
  #failure: Error | undefined;

  constructor() {
    this.#worker = startWorker();
    this.#worker.unref();
    this.#worker.on("message", (message: AnswerMessage) => this.#receive(message));
    this.#worker.on("error", (cause: unknown) => this.#fail(`failed: ${String(cause)}`, cause));
    this.#worker.on("exit", (code: number) => this.#fail(`ended with exit code ${code}`, undefined));
  }

  /**
   * The answer to a call.
   * @throws what the worker threw, in the same class; CancelledError as soon as the worker has seen the signal;
   * ModelError where the worker itself ended.
   */
  async call<Name extends CallName>(
    name: Name,
    input: WorkerCalls[Name]["input"],
    options: CallOptions = {},
  ): Promise<WorkerCalls[Name]["output"]> {
    const { signal, onProgress } = options;
    if (this.#failure !== undefined) throw this.#failure;
    if (signal?.aborted === true) throw new CancelledError("The work was cancelled before it began.");
    const cancelled = new Int32Array(new SharedArrayBuffer(4));
    const cancel = (): void => void Atomics.store(cancelled, 0, 1);
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await this.#send(name, input, cancelled, onProgress);
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Ends the thread. Calls under way and later ones fail. */
  async terminate(): Promise<void> {
    this.#failure ??= new InputError("The engine is closed. Open it again.");
    await this.#worker.terminate();
  }

  #send<Name extends CallName>(
    name: Name,
    input: WorkerCalls[Name]["input"],
    cancelled: Int32Array<SharedArrayBuffer>,
    onProgress: PendingCall["onProgress"],
  ): Promise<WorkerCalls[Name]["output"]> {
    const id = ++this.#calls;
    const message: CallMessage<Name> = { id, name, input, cancelled };
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onProgress });
      this.#worker.ref();
      this.#worker.postMessage(message);
    });
  }

  #receive(message: AnswerMessage): void {
    const call = this.#pending.get(message.id);
    if (call === undefined) return;
    if (message.kind === "progress") {
      call.onProgress?.(message.done, message.total);
      return;
    }
    this.#forget(message.id);
    if (message.kind === "failure") call.reject(restoreError(message.error));
    // The worker answers a call with the output of that call: `WorkerCalls` types both ends.
    else call.resolve(message.output as never);
  }

  #forget(id: number): void {
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker.unref();
  }

  #fail(what: string, cause: unknown): void {
    const message = `The engine's worker thread ${what}. Memory may have run out: try a smaller tokenBudget, and open the engine again.`;
    this.#failure ??= new ModelError(message, {}, { cause });
    for (const [id, call] of this.#pending) {
      this.#forget(id);
      call.reject(this.#failure);
    }
  }
}

/** Runs the compiled entry, or the TypeScript one where this very file runs from source (tests, scripts). */
function startWorker(): Worker {
  const fromSource = import.meta.url.endsWith(".ts");
  const entry = fromSource ? sourceEntry() : new URL("./worker-main.js", import.meta.url);
  return new Worker(entry, { name: "itool-engine" });
}

/** A module that first teaches the new thread to read TypeScript: it does not inherit that from this one. */
function sourceEntry(): URL {
  const loaderPackage = pathToFileURL(createRequire(import.meta.url).resolve("tsx/package.json"));
  const loader = new URL("./dist/esm/api/index.mjs", loaderPackage).href;
  const entry = new URL("./worker-main.ts", import.meta.url).href;
  const code = `import { register } from ${JSON.stringify(loader)}; register(); await import(${JSON.stringify(entry)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
