/**
 * The embedded engine: ONNX Runtime in a worker thread of this process, on the CPU. The main thread stays free; only
 * objectives run on it, between the model's forward and backward pass.
 */
import {
  type AccumulateResult,
  type CallOptions,
  CancelledError,
  ConfigError,
  type Engine,
  type ExportOptions,
  type ModelInfo,
  type Objective,
  type ObjectiveResult,
  type Policy,
  type PolicyOptions,
  type Sample,
  type SampleRequest,
  type ScoreOptions,
  type StepOptions,
  type StepResult,
} from "../../spec/index.js";
import { CallQueue } from "../call-queue.js";
import { checkRequests, checkSequences, evaluateObjective } from "../check-calls.js";
import { BLOCK_SIZES } from "./weights/packed-weights.js";
import type { EmbeddedOptions, PassAnswer } from "./worker/protocol.js";
import { WorkerClient } from "./worker/worker-client.js";

/**
 * Opens the model folder in a new worker thread.
 * @throws ModelError for a folder that cannot be used. @throws ConfigError for an option out of range, or where the runtime is missing.
 */
export async function openEmbeddedEngine(options: EmbeddedOptions): Promise<Engine> {
  for (const field of ["threads", "tokenBudget", "sampleRows"] as const) checkCount(field, options[field]);
  checkChoice("baseBits", options.baseBits, [4, 32]);
  checkChoice("blockSize", options.blockSize, BLOCK_SIZES);
  const client = new WorkerClient();
  try {
    return new EmbeddedEngine(client, await client.call("open", options));
  } catch (error) {
    await client.terminate();
    throw error;
  }
}

/** How long a cancelled call may take to end by itself. */
const CANCEL_GRACE_MS = 500;

class EmbeddedEngine implements Engine {
  readonly kind = "embedded";
  readonly model: ModelInfo;
  readonly #client: WorkerClient;
  #closed = false;

  constructor(client: WorkerClient, model: ModelInfo) {
    this.#client = client;
    this.model = model;
  }

  async createPolicy(options: PolicyOptions = {}): Promise<Policy> {
    const { policy } = await this.#client.call("createPolicy", { options });
    return new EmbeddedPolicy(this.#client, this.model, policy);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#client.call("close", undefined);
    await this.#client.terminate();
  }
}

type Sequences = readonly (readonly number[])[];

class EmbeddedPolicy implements Policy {
  readonly #client: WorkerClient;
  readonly #model: ModelInfo;
  readonly #policy: number;
  readonly #queue = new CallQueue();

  constructor(client: WorkerClient, model: ModelInfo, policy: number) {
    this.#client = client;
    this.#model = model;
    this.#policy = policy;
  }

  score(sequences: Sequences, options?: ScoreOptions): Promise<Float32Array[]> {
    const scored = this.#queue.run(async () => {
      checkSequences(sequences, this.#model);
      const reads = options?.reads;
      const call = { policy: this.#policy, sequences, ...(reads !== undefined && { reads }) };
      const { logprobs } = await this.#client.call("score", call, options);
      return [...logprobs];
    });
    return rejectSoon(scored, options?.signal);
  }

  sample(requests: readonly SampleRequest[], options?: CallOptions): Promise<Sample[][]> {
    const sampled = this.#queue.run(async () => {
      checkRequests(requests, this.#model);
      return this.#client.call("sample", { policy: this.#policy, requests }, options);
    });
    return rejectSoon(sampled, options?.signal);
  }

  accumulate(sequences: Sequences, objective: Objective, options?: CallOptions): Promise<AccumulateResult> {
    const accumulated = this.#queue.run(async () => {
      checkSequences(sequences, this.#model);
      const result = await this.#accumulate(sequences, objective, options ?? {});
      if (options?.signal?.aborted !== true) return result;
      // The caller may have been told that the call was cancelled: then it must have left nothing.
      await this.#client.call("dropGradient", { policy: this.#policy });
      throw cancelled();
    });
    return rejectSoon(accumulated, options?.signal);
  }

  step(options: StepOptions): Promise<StepResult> {
    return this.#queue.run(() => this.#client.call("step", { policy: this.#policy, options }));
  }

  save(directory: string): Promise<void> {
    return this.#queue.run(() => this.#client.call("save", { policy: this.#policy, directory }));
  }

  load(directory: string): Promise<void> {
    return this.#queue.run(() => this.#client.call("load", { policy: this.#policy, directory }));
  }

  exportAdapter(directory: string): Promise<void> {
    return this.#queue.run(() => this.#client.call("exportAdapter", { policy: this.#policy, directory }));
  }

  exportModel(directory: string, options: ExportOptions = {}): Promise<void> {
    const call = { policy: this.#policy, directory, options };
    return this.#queue.run(() => this.#client.call("exportModel", call));
  }

  close(): Promise<void> {
    return this.#queue.close(() => this.#client.call("closePolicy", { policy: this.#policy }));
  }

  #accumulate(sequences: Sequences, objective: Objective, options: CallOptions): Promise<AccumulateResult> {
    const { linearGradients } = objective;
    if (linearGradients === undefined) return this.#accumulateInTwoPasses(sequences, objective, options);
    return this.#accumulateInOnePass(sequences, objective, linearGradients, options);
  }

  async #accumulateInOnePass(
    sequences: Sequences,
    objective: Objective,
    gradients: readonly Float32Array[],
    options: CallOptions,
  ): Promise<AccumulateResult> {
    const { reads } = objective;
    const call = { policy: this.#policy, sequences, gradients, ...(reads !== undefined && { reads }) };
    const pass = await this.#client.call("accumulateLinear", call, options);
    try {
      return resultOf(evaluateObjective(objective, pass.logprobs), pass);
    } catch (error) {
      await this.#client.call("dropGradient", { policy: this.#policy });
      throw error;
    }
  }

  /** Forward, objective, backward: each pass is half of the progress. */
  async #accumulateInTwoPasses(
    sequences: Sequences,
    objective: Objective,
    { signal, onProgress }: CallOptions,
  ): Promise<AccumulateResult> {
    const half = (offset: number): CallOptions => ({
      ...(signal !== undefined && { signal }),
      onProgress: (done, total) => onProgress?.(Math.floor((offset * total + done) / 2), total),
    });
    const { reads } = objective;
    const call = { policy: this.#policy, sequences };
    const pass = await this.#client.call(
      "score",
      { ...call, ...(reads !== undefined && { reads }) },
      half(0),
    );
    const result = evaluateObjective(objective, pass.logprobs);
    await this.#client.call("backward", { ...call, gradients: result.gradients }, half(1));
    return resultOf(result, pass);
  }
}

/**
 * The outcome of `work`, or a CancelledError half a second after the signal: a run of a large model can take longer, and the
 * worker only looks up between runs. Later calls of the policy wait for the work to end all the same.
 */
function rejectSoon<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => reject(cancelled()), CANCEL_GRACE_MS);
    };
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    work.finally(settle).then(resolve, reject);
  });
}

function cancelled(): CancelledError {
  return new CancelledError("The work was cancelled.");
}

function resultOf(result: ObjectiveResult, pass: PassAnswer): AccumulateResult {
  return { loss: result.loss, metrics: result.metrics ?? {}, tokens: pass.tokens };
}

function checkChoice(field: string, value: number | undefined, choices: readonly number[]): void {
  if (value === undefined || choices.includes(value)) return;
  const message = `The embedded engine's ${field} is ${value}, but must be one of ${choices.join(", ")}.`;
  throw new ConfigError(message, { field, value, choices });
}

function checkCount(field: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw new ConfigError(`The embedded engine's ${field} is ${value}, but must be an integer ≥ 1.`, {
    field,
    value,
  });
}
