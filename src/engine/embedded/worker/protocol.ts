/**
 * What the main thread and the engine's worker thread say to each other. Both sides are this library in one version, so
 * messages are typed and not validated. Each call has an id; answers come back under it, after any number of progress
 * notes. A call is cancelled through shared memory: the worker, busy computing, reads no messages.
 */
import type {
  ExportOptions,
  ModelInfo,
  PolicyOptions,
  Sample,
  SampleRequest,
  StepOptions,
  StepResult,
} from "../../../spec/index.js";

/** Options of the embedded engine. */
export interface EmbeddedOptions {
  readonly kind: "embedded";
  /** A Hugging Face model folder. */
  readonly model: string;
  /** Threads of one computation. @default the machine's cores as Node counts them, at most 8 */
  readonly threads?: number;
  /** Tokens that go through the model at once while scoring and training; bounds the memory. @default 4096 */
  readonly tokenBudget?: number;
  /** Most samples that grow at the same time. @default 64 */
  readonly sampleRows?: number;
  /**
   * 4 keeps the linears of the base model in blocks of 4-bit codes, and embedding and output layer in bfloat16 (QLoRA):
   * a seventh of the memory for the linears; the base is then frozen, and runs go layer by layer as with `recompute`.
   * @default 32
   */
  readonly baseBits?: 4 | 32;
  /** Weights of the base that share a scale, with 4 bits: 16, 32, 64, 128 or 256. @default 64 */
  readonly blockSize?: number;
  /**
   * Trains layer by layer and computes the activations within a layer again for the gradient: memory for the activations
   * of one layer instead of all, for about a third more time. @default false
   */
  readonly recompute?: boolean;
}

/** Names a policy of the worker. */
export interface PolicyReference {
  readonly policy: number;
}

/** Token ids, and which of their log-probabilities are read (absent: all). */
export interface SequencesCall extends PolicyReference {
  readonly sequences: readonly (readonly number[])[];
  readonly reads?: readonly Uint8Array[];
}

/** With ∂loss/∂logp. */
export interface GradientCall extends SequencesCall {
  readonly gradients: readonly Float32Array[];
}

/** Log-probabilities, and the number of tokens that went through the model. */
export interface PassAnswer {
  readonly logprobs: readonly Float32Array[];
  readonly tokens: number;
}

/** A call that names a folder. */
export interface DirectoryCall extends PolicyReference {
  readonly directory: string;
}

interface Call<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

/** The calls by name: what goes in and what comes back. */
export interface WorkerCalls {
  open: Call<EmbeddedOptions, ModelInfo>;
  createPolicy: Call<{ readonly options: PolicyOptions }, PolicyReference>;
  score: Call<SequencesCall, PassAnswer>;
  accumulateLinear: Call<GradientCall, PassAnswer>;
  backward: Call<GradientCall, PassAnswer>;
  dropGradient: Call<PolicyReference, void>;
  sample: Call<PolicyReference & { readonly requests: readonly SampleRequest[] }, Sample[][]>;
  step: Call<PolicyReference & { readonly options: StepOptions }, StepResult>;
  save: Call<DirectoryCall, void>;
  load: Call<DirectoryCall, void>;
  exportAdapter: Call<DirectoryCall, void>;
  exportModel: Call<DirectoryCall & { readonly options: ExportOptions }, void>;
  closePolicy: Call<PolicyReference, void>;
  close: Call<undefined, void>;
}

/** Name of a call. */
export type CallName = keyof WorkerCalls;

/** What the worker can look at and say while it works on a call. */
export interface CallContext {
  readonly isCancelled: () => boolean;
  readonly onProgress: (done: number, total: number) => void;
}

/** The worker's side: one function a call. */
export type CallHandlers = {
  readonly [Name in CallName]: (
    input: WorkerCalls[Name]["input"],
    context: CallContext,
  ) => Promise<WorkerCalls[Name]["output"]>;
};

/** Main thread → worker. */
export interface CallMessage<Name extends CallName = CallName> {
  readonly id: number;
  readonly name: Name;
  readonly input: WorkerCalls[Name]["input"];
  /** One element; not 0 once the call is cancelled. */
  readonly cancelled: Int32Array<SharedArrayBuffer>;
}

/** An error as plain data. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The worker's own stack, for people. */
  readonly stack: string;
}

/** Worker → main thread. */
export type AnswerMessage =
  | { readonly id: number; readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly id: number; readonly kind: "failure"; readonly error: ErrorData }
  | { readonly id: number; readonly kind: "result"; readonly output: WorkerCalls[CallName]["output"] };
