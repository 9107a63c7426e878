/**
 * A decoder that scores and learns: the training half of the embedded engine, used inside its worker thread. Work is cut
 * into graph runs of bounded size; runs block the thread, so cancellation is looked at between them.
 */
import { Tensor } from "onnxruntime-node";
import {
  CancelledError,
  ConfigError,
  InputError,
  NumericError,
  type StepOptions,
  type StepResult,
} from "../../../spec/index.js";
import { type DecoderConfig, readDecoderConfig } from "../transformer/decoder-config.js";
import { checkDecoderTensors } from "../transformer/decoder-tensors.js";
import type { LoadedWeights, WeightTensor } from "../weights/loaded-weights.js";
import type { PackedMatrix } from "../weights/packed-weights.js";
import type { LoraAdapter } from "../weights/peft-adapter.js";
import { BatchInputs, gatherWanted, scatterWanted } from "./batch-inputs.js";
import {
  type Batch,
  type BatchLimits,
  checkSequences,
  checkShape,
  planBatches,
  type Reads,
} from "./batches.js";
import { type DecoderRunner, DecoderSession, type GradientOutput, shapesOf } from "./decoder-session.js";
import { LayeredSession } from "./layered-session.js";
import { adapterTensors, baseTensors } from "./model-tensors.js";
import { type OptimizerState, TrainedParameters } from "./trained-parameters.js";
import { WeightFeeds } from "./weight-feeds.js";

/** What a model is made of. */
export interface TrainableModelOptions {
  /** Kept, not copied, where they are not trained. */
  readonly weights: LoadedWeights;
  /** Copied when trained. */
  readonly adapter?: LoraAdapter;
  readonly train: "adapter" | "full" | "none";
  /** Threads of a graph run. @default 2 */
  readonly threads?: number;
  /** Tokens of a graph run, those that sequences share counted once; bounds the memory. @default 4096 */
  readonly tokensPerRun?: number;
  /** Runs layer by layer and computes activations again for the gradient: less memory, more time. @default false */
  readonly recompute?: boolean;
}

/** Options of one call. */
export interface WorkOptions {
  /** Asked between graph runs. */
  readonly isCancelled?: () => boolean;
  /** Called after each run with the sequences done and in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A score pass or a gradient pass. */
export interface PassResult {
  /** log p(x_t | x_<t), T − 1 per sequence; 0 where not wanted. */
  readonly logprobs: readonly Float32Array[];
  /** Tokens that went through the model: those that sequences of a run share once. */
  readonly tokens: number;
}

type Sequences = readonly (readonly number[])[];

/** Pairs of tokens in the attention of one run, at most, for each of its tokens. */
const cellsPerToken = 640;

/** Tokens of a run of unlike sequences: the activations of narrow models then stay in the processor's caches. */
const cachedTokens = 1024;

/** Numbers in the logits of one run, at most: 256 MB. */
const logitsPerRun = 2 ** 26;

/** A decoder with the weights under training. Calls must not overlap. */
export class TrainableModel {
  readonly config: DecoderConfig;
  readonly #options: TrainableModelOptions;
  readonly #parameters: TrainedParameters | undefined;
  readonly #tensors: ReadonlyMap<string, WeightTensor>;
  readonly #packed: ReadonlyMap<string, PackedMatrix>;
  readonly #inputs: BatchInputs;
  readonly #limits: BatchLimits;
  #scoring: DecoderRunner | undefined;
  #training: DecoderRunner | undefined;

  /**
   * @throws ModelError for a model that is not supported. @throws ConfigError where an adapter is to be trained and there
   * is none, the adapter does not fit the model, or packed weights are to be trained.
   */
  constructor(options: TrainableModelOptions) {
    this.#options = options;
    this.config = readDecoderConfig(options.weights.config);
    checkDecoderTensors(this.config, options.weights);
    const base = baseTensors(this.config, options.weights);
    const adapter = adapterTensors(this.config, options.adapter);
    if (options.train === "adapter" && adapter.size === 0) {
      throw new ConfigError(
        "An adapter is to be trained, but the policy has none. Give adapter options or a folder.",
      );
    }
    this.#packed = options.weights.packed ?? new Map();
    if (options.train === "full" && this.#packed.size > 0) {
      throw new ConfigError(
        "The base model is kept in 4 bits, which cannot be trained. Train an adapter, or open the engine with baseBits 32.",
      );
    }
    const trained = { adapter, full: base, none: new Map<string, WeightTensor>() }[options.train];
    this.#parameters = trained.size > 0 ? new TrainedParameters(trained) : undefined;
    this.#tensors = new Map([...base, ...adapter, ...this.trainedTensors()]);
    this.#inputs = new BatchInputs(this.config);
    const tokens = options.tokensPerRun ?? 4096;
    this.#limits = {
      ...{ tokens, cachedTokens: Math.min(tokens, cachedTokens), cells: cellsPerToken * tokens },
      wanted: Math.max(1, Math.floor(logitsPerRun / this.config.vocabularySize)),
    };
  }

  /** All current weights by name that are not packed, adapters' factors included (`….q_proj.lora_A.weight`): live views. */
  get tensors(): ReadonlyMap<string, WeightTensor> {
    return this.#tensors;
  }

  /** The weights under training by name: live views. Empty when nothing is trained. */
  trainedTensors(): ReadonlyMap<string, WeightTensor> {
    return this.#parameters?.tensors ?? new Map();
  }

  /** The pending gradient by name: live views. */
  pendingGradients(): ReadonlyMap<string, WeightTensor> {
    return this.#trained().gradients;
  }

  /**
   * log p(x_t | x_<t) of each sequence: T − 1 numbers. With `reads`, only where it is not 0; elsewhere 0.
   * Also the first of the two passes of an objective whose gradients depend on the log-probabilities; `backward` is the second.
   * @throws InputError before any work. @throws CancelledError. @throws NumericError where a log-probability is not finite.
   */
  async score(sequences: Sequences, reads?: Reads, work: WorkOptions = {}): Promise<PassResult> {
    this.#check(sequences, { reads });
    const isWanted = (index: number, t: number): boolean => reads?.[index]?.[t - 1] !== 0;
    this.#scoring ??= await this.#compile([]);
    return this.#pass(this.#scoring, sequences, isWanted, undefined, work);
  }

  /**
   * Adds Σ gradients · ∂logp/∂θ to the pending gradient, in one pass; returns the log-probabilities where `reads` or the
   * gradient is not 0. This is the whole of a linear loss.
   * On any failure after the checks the pending gradient is dropped.
   * @throws as `score`.
   */
  async accumulateLinear(
    sequences: Sequences,
    gradients: readonly Float32Array[],
    reads?: Reads,
    work: WorkOptions = {},
  ): Promise<PassResult> {
    const isWanted = (index: number, t: number): boolean =>
      reads?.[index]?.[t - 1] !== 0 || gradients[index]![t - 1] !== 0;
    return this.#accumulate(sequences, gradients, isWanted, reads, work);
  }

  /** As `accumulateLinear`, computing only what the gradients need: the second pass of an objective. */
  async backward(
    sequences: Sequences,
    gradients: readonly Float32Array[],
    work: WorkOptions = {},
  ): Promise<PassResult> {
    const isWanted = (index: number, t: number): boolean => gradients[index]![t - 1] !== 0;
    return this.#accumulate(sequences, gradients, isWanted, undefined, work);
  }

  /** One optimiser step with the pending gradient, which is then cleared. @throws as `TrainedParameters.step`. */
  step(options: StepOptions): StepResult {
    return this.#trained().step(options);
  }

  /** Forgets the pending gradient. */
  dropGradient(): void {
    this.#parameters?.dropGradient();
  }

  /** The optimiser's state: live views. */
  optimizerState(): OptimizerState {
    return this.#trained().optimizerState();
  }

  /** Restores trained weights and optimiser, bit for bit. @throws InputError where they do not fit; then nothing changed. */
  restore(tensors: ReadonlyMap<string, WeightTensor>, optimizer: OptimizerState): void {
    this.#trained().restore(tensors, optimizer);
  }

  /** Frees the compiled graphs. */
  async close(): Promise<void> {
    await this.#scoring?.release();
    await this.#training?.release();
    this.#scoring = undefined;
    this.#training = undefined;
  }

  async #accumulate(
    sequences: Sequences,
    gradients: readonly Float32Array[],
    isWanted: (index: number, t: number) => boolean,
    reads: Reads,
    work: WorkOptions,
  ): Promise<PassResult> {
    const parameters = this.#trained();
    this.#check(sequences, { reads, gradients });
    this.#training ??= await this.#compile([...parameters.tensors.keys()]);
    parameters.begin();
    try {
      return await this.#pass(this.#training, sequences, isWanted, gradients, work);
    } catch (error) {
      parameters.dropGradient();
      throw error;
    }
  }

  async #pass(
    session: DecoderRunner,
    sequences: Sequences,
    isWanted: (index: number, t: number) => boolean,
    gradients: readonly Float32Array[] | undefined,
    { isCancelled, onProgress }: WorkOptions,
  ): Promise<PassResult> {
    const batches = planBatches(sequences, isWanted, this.#limits);
    const logprobs = sequences.map((sequence) => new Float32Array(sequence.length - 1));
    const total = batches.reduce((sum, { items }) => sum + items.length, 0);
    let done = 0;
    let tokens = 0;
    try {
      for (const batch of batches) {
        if (isCancelled?.() === true) throw new CancelledError("The work was cancelled.", { done, total });
        const outputs = await session.run(this.#feed(batch, gradients));
        checkFinite(outputs.logprobs);
        scatterWanted(batch, outputs.logprobs, logprobs);
        for (const gradient of outputs.gradients) this.#addGradient(batch, gradient);
        done += batch.items.length;
        tokens += batch.tree.tokens.length;
        onProgress?.(done, total);
      }
    } finally {
      session.rest();
    }
    return { logprobs, tokens };
  }

  #feed(batch: Batch, gradients: readonly Float32Array[] | undefined): Record<string, Tensor> {
    const feeds = this.#inputs.make(batch);
    if (gradients === undefined) return feeds;
    const seed = gatherWanted(batch, gradients);
    return { ...feeds, seed: new Tensor("float32", seed, [seed.length]) };
  }

  #addGradient(batch: Batch, { name, kind, data }: GradientOutput): void {
    if (kind === "whole") this.#trained().addGradient(name, data);
    else this.#trained().addRowGradients(name, batch.tree.tokens, data);
  }

  async #compile(trainable: readonly string[]): Promise<DecoderRunner> {
    const { adapter, recompute, threads = 2 } = this.#options;
    const adapterScale = adapter === undefined ? 1 : adapter.alpha / adapter.rank;
    const shapes = new Map([...shapesOf(this.#tensors), ...shapesOf(this.#packed)]);
    const graph = { config: this.config, shapes, adapterScale, trainable };
    // Unpacked for one layer at a time: the whole graph would need all layers in float32 at once.
    if (recompute === true || this.#packed.size > 0) {
      return new LayeredSession(graph, new WeightFeeds(this.#tensors, this.#packed), threads);
    }
    return DecoderSession.create(graph, this.#tensors, threads);
  }

  #check(
    sequences: Sequences,
    arrays: { readonly reads?: Reads; readonly gradients?: readonly Float32Array[] },
  ): void {
    checkSequences(sequences, this.config);
    if (arrays.reads !== undefined) checkShape(sequences, arrays.reads, "reads");
    if (arrays.gradients === undefined) return;
    checkShape(sequences, arrays.gradients, "gradients");
    if (arrays.gradients.every((gradient) => gradient.every(Number.isFinite))) return;
    this.dropGradient();
    throw new NumericError("The loss has a gradient that is not finite; the pending gradient was dropped.");
  }

  #trained(): TrainedParameters {
    if (this.#parameters !== undefined) return this.#parameters;
    throw new InputError(
      "This policy is not trained: it can only score and sample. Create it with an adapter or train: full.",
    );
  }
}

function checkFinite(logprobs: Float32Array): void {
  if (logprobs.every(Number.isFinite)) return;
  throw new NumericError(
    "A log-probability is not finite: the weights have diverged. Load an earlier state and lower the learning rate.",
  );
}
