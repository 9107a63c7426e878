/**
 * The engine port: everything that the method needs of a language model. Five verbs — score, sample, accumulate, step,
 * save — under which every algorithm of the method is closed, so a loss is written once and runs on every engine.
 *
 * Letters: `B` sequences of a call, `T` tokens of one sequence. Token ids are integers in [0, vocabularySize).
 */

/** What an engine knows of its model. */
export interface ModelInfo {
  /** Name or folder, for people and manifests. */
  readonly name: string;
  readonly vocabularySize: number;
  /** Longest sequence, in tokens. */
  readonly contextLength: number;
  /** Number of weights of the base model; `undefined` where the engine cannot know. */
  readonly parameterCount: number | undefined;
}

/** Options of one call that may take long. */
export interface CallOptions {
  /** Stops the work within about a second; the call rejects with `CancelledError` and the policy keeps a consistent state. */
  readonly signal?: AbortSignal;
  /** Called as work completes, with sequences (or samples) done and in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Options of `score`. */
export interface ScoreOptions extends CallOptions {
  /**
   * 1 where a log-probability is read, 0 elsewhere; B arrays of T − 1. An engine may leave the others 0 and skip their
   * output layer. Absent: all are read.
   */
  readonly reads?: readonly Uint8Array[];
}

/** LoRA (arXiv 2106.09685): W + (alpha / rank) · B · A on each target. */
export interface AdapterOptions {
  readonly rank: number;
  readonly alpha: number;
  /** Names of linears; default: all seven of a Llama layer (`q_proj` … `down_proj`). */
  readonly targets?: readonly string[];
}

/** What of the model is trained. */
export interface PolicyOptions {
  /** A new adapter, or the folder of one in PEFT layout. */
  readonly adapter?: AdapterOptions | string;
  /** `adapter` (default when one is given), `full`, or `none`: only score and sample. */
  readonly train?: "adapter" | "full" | "none";
  /** Seed of the initial weights of a new adapter. @default 0 */
  readonly seed?: number;
}

/** One prompt and how to continue it. */
export interface SampleRequest {
  readonly prompt: readonly number[];
  /** Number of samples. */
  readonly n: number;
  readonly maxTokens: number;
  /** 0 takes the most probable token (lowest id on ties). */
  readonly temperature: number;
  /** Nucleus: the smallest set of tokens whose probability reaches this. 1 is off. */
  readonly topP: number;
  /** Token ids that end a sample; the stop token is the last of its `tokens`. */
  readonly stop: readonly number[];
  /** Sample i of a request depends on the seed, i, the prompt and the weights only, never on the batch around it. */
  readonly seed: number;
}

/** One continuation. */
export interface Sample {
  readonly tokens: readonly number[];
  /** log π of each token at temperature 1 without nucleus; as long as `tokens`. */
  readonly logprobs: Float32Array;
  /** `stop`: ended with a stop token; `length`: reached `maxTokens` or the context's end. */
  readonly finish: "stop" | "length";
}

/** Loss and its derivative by each log-probability. */
export interface ObjectiveResult {
  readonly loss: number;
  /** Same shape as the log-probabilities: B arrays of T − 1. */
  readonly gradients: readonly Float32Array[];
  /** Further numbers for the log, e.g. `margin`, `accuracy`. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/**
 * A loss as a pure function of log p(x_t | x_<t), t = 1 … T−1, of each sequence.
 * The engine turns ∂loss/∂logp into ∂loss/∂θ.
 */
export interface Objective {
  (logprobs: readonly Float32Array[]): ObjectiveResult;
  /**
   * The gradients, where they do not depend on the log-probabilities (a linear loss such as the supervised one):
   * an engine then needs one pass instead of two.
   */
  readonly linearGradients?: readonly Float32Array[];
  /**
   * 1 where the loss reads a log-probability, 0 elsewhere; B arrays of T − 1. An engine may leave the others 0 and skip
   * their output layer. Absent: all are read.
   */
  readonly reads?: readonly Uint8Array[];
}

/** What one `accumulate` did. */
export interface AccumulateResult {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Tokens that went through the model. */
  readonly tokens: number;
}

/** AdamW with decoupled weight decay and clipping by the global norm. */
export interface StepOptions {
  readonly learningRate: number;
  /** @default 0.9 */
  readonly beta1?: number;
  /** @default 0.999 */
  readonly beta2?: number;
  /** @default 1e-8 */
  readonly eps?: number;
  /** Applied to matrices only, never to norms. @default 0 */
  readonly weightDecay?: number;
  /** 0 is off. @default 1 */
  readonly clipNorm?: number;
}

/** What one `step` did. */
export interface StepResult {
  /** Global norm of the pending gradient, before clipping; NaN where a server does not tell it. */
  readonly gradientNorm: number;
}

/** How the weights of a whole model are written. */
export interface ExportOptions {
  /** @default "float32" */
  readonly dtype?: "float32" | "float16" | "bfloat16";
  /** Most bytes of weights in a file: a larger model is spread over several with an index. @default 5e9 */
  readonly shardBytes?: number;
}

/** A model with the weights that are being trained. Calls run one after the other in the order made, or as if they did. */
export interface Policy {
  /**
   * Requests for samples that a server takes at once. Callers with much to ask then keep so many under way, in calls that
   * overlap; absent, calls do not overlap, and few with much work each are best.
   */
  readonly requestsInFlight?: number;
  /** log p(x_t | x_<t): per sequence T − 1 numbers. A sequence of one token gives an empty array. */
  score(sequences: readonly (readonly number[])[], options?: ScoreOptions): Promise<Float32Array[]>;
  /** Per request, `n` samples. */
  sample(requests: readonly SampleRequest[], options?: CallOptions): Promise<Sample[][]>;
  /** Adds ∂loss/∂θ to the pending gradient. */
  accumulate(
    sequences: readonly (readonly number[])[],
    objective: Objective,
    options?: CallOptions,
  ): Promise<AccumulateResult>;
  /** One optimiser step with the pending gradient, which is then cleared. */
  step(options: StepOptions): Promise<StepResult>;
  /** Writes weights under training and optimiser state; atomic: the folder is whole or not there. */
  save(directory: string): Promise<void>;
  /** Restores what `save` wrote, bit for bit. */
  load(directory: string): Promise<void>;
  /** Writes the adapter in PEFT layout (`adapter_config.json`, `adapter_model.safetensors`). */
  exportAdapter(directory: string): Promise<void>;
  /** Writes a whole Hugging Face model folder, the adapter merged into the weights. */
  exportModel(directory: string, options?: ExportOptions): Promise<void>;
  close(): Promise<void>;
}

/** A model that policies are made of. */
export interface Engine {
  readonly kind: string;
  readonly model: ModelInfo;
  createPolicy(options?: PolicyOptions): Promise<Policy>;
  /** Ends all policies and frees all memory. */
  close(): Promise<void>;
}
