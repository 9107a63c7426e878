/** A policy inside the worker: the model under training, and the sampler of its current weights. */
import {
  type ExportOptions,
  InputError,
  type JsonObject,
  type PolicyOptions,
  type Sample,
  type SampleRequest,
  type StepOptions,
  type StepResult,
} from "../../../spec/index.js";
import { readTrainingState, writeTrainingState } from "../../training-state.js";
import { Decoder } from "../decode/decoder.js";
import { PackedLinears } from "../decode/packed-linear.js";
import { sampleBatch } from "../decode/sample-batch.js";
import { adapterFactorNames } from "../training/decoder-session.js";
import { adapterTensors } from "../training/model-tensors.js";
import { TrainableModel } from "../training/trainable-model.js";
import { readDecoderConfig } from "../transformer/decoder-config.js";
import { layerLinears, layerPrefix } from "../transformer/decoder-tensors.js";
import { type AdaptableLinear, createAdapter } from "../weights/adapter-weights.js";
import type { LazyTensor, LoadedWeights, WeightTensor } from "../weights/loaded-weights.js";
import { mergedWeights } from "../weights/merged-weights.js";
import { writeModelFolder } from "../weights/model-folder.js";
import type { BlockMatrix } from "../weights/packed-weights.js";
import { type LoraAdapter, type LoraFactors, readAdapter, writeAdapter } from "../weights/peft-adapter.js";
import type { CallContext, EmbeddedOptions, GradientCall, PassAnswer, SequencesCall } from "./protocol.js";

/** What a policy needs of its engine. */
export interface HostedModel {
  readonly weights: LoadedWeights;
  readonly options: EmbeddedOptions;
  readonly threads: number;
}

/** A policy with its sampler. Calls must not overlap. */
export class HostedPolicy {
  readonly #host: HostedModel;
  readonly #adapter: LoraAdapter | undefined;
  readonly #train: "adapter" | "full" | "none";
  /** Whether the adapter, as it is not trained, is part of the model's weights: it then costs no products of its own. */
  readonly #merges: boolean;
  readonly #model: TrainableModel;
  /** Holds the weights of the last change; made when sampling next. */
  #decoder: Decoder | undefined;

  private constructor(
    host: HostedModel,
    adapter: LoraAdapter | undefined,
    train: "adapter" | "full" | "none",
  ) {
    this.#host = host;
    this.#adapter = adapter;
    this.#train = train;
    const merges = train === "none" && host.weights.packed === undefined;
    this.#merges = merges;
    this.#model = new TrainableModel({
      weights: merges ? withAdapter(host.weights, adapter) : host.weights,
      train,
      threads: host.threads,
      recompute: host.options.recompute ?? false,
      ...(adapter !== undefined && !merges && { adapter }),
      ...(host.options.tokenBudget !== undefined && { tokensPerRun: host.options.tokenBudget }),
    });
  }

  /** @throws ConfigError, ModelError for options that do not fit the model. */
  static async create(host: HostedModel, options: PolicyOptions): Promise<HostedPolicy> {
    const adapter = await adapterOf(host, options);
    return new HostedPolicy(host, adapter, options.train ?? (adapter === undefined ? "none" : "adapter"));
  }

  async score(call: SequencesCall, context: CallContext): Promise<PassAnswer> {
    return this.#model.score(call.sequences, call.reads, context);
  }

  async accumulateLinear(call: GradientCall, context: CallContext): Promise<PassAnswer> {
    return this.#model.accumulateLinear(call.sequences, call.gradients, call.reads, context);
  }

  async backward(call: GradientCall, context: CallContext): Promise<PassAnswer> {
    return this.#model.backward(call.sequences, call.gradients, context);
  }

  dropGradient(): void {
    this.#model.dropGradient();
  }

  async sample(
    requests: readonly SampleRequest[],
    checkpoint: () => void,
    onProgress: CallContext["onProgress"],
  ): Promise<Sample[][]> {
    const { options } = this.#host;
    this.#decoder ??= await this.#createDecoder();
    const maxRows = options.sampleRows ?? 64;
    return sampleBatch(this.#decoder, requests, { maxRows, checkpoint, onProgress });
  }

  async step(options: StepOptions): Promise<StepResult> {
    const result = this.#model.step(options);
    await this.#forgetDecoder();
    return result;
  }

  async save(directory: string): Promise<void> {
    await writeTrainingState(directory, this.#description(), {
      weights: this.#model.trainedTensors(),
      optimizer: this.#model.optimizerState(),
    });
  }

  async load(directory: string): Promise<void> {
    const state = await readTrainingState(directory, this.#description());
    this.#model.restore(state.weights, state.optimizer);
    await this.#forgetDecoder();
  }

  async exportAdapter(directory: string): Promise<void> {
    const adapter = this.#currentAdapter();
    if (adapter === undefined) {
      throw new InputError("This policy has no adapter to export. Use exportModel.");
    }
    await writeAdapter(directory, adapter, this.#host.options.model);
  }

  async exportModel(directory: string, exported: ExportOptions): Promise<void> {
    const { weights, options } = this.#host;
    await writeModelFolder(directory, weights.config, this.#merged(), {
      ...exported,
      companionsFrom: options.model,
    });
  }

  async close(): Promise<void> {
    await this.#forgetDecoder();
    await this.#model.close();
  }

  async #forgetDecoder(): Promise<void> {
    await this.#decoder?.release();
    this.#decoder = undefined;
  }

  /** The current weights as one model. */
  #merged(): Map<string, LazyTensor> {
    const { config, packed } = this.#host.weights;
    const tensors = [...this.#model.tensors].filter(([name]) => !/\.lora_[AB]\.weight$/.test(name));
    const base = { config, tensors: new Map(tensors), ...(packed !== undefined && { packed }) };
    return mergedWeights(base, this.#merges ? undefined : this.#currentAdapter());
  }

  #currentAdapter(): LoraAdapter | undefined {
    if (this.#adapter === undefined || this.#merges) return this.#adapter;
    const names = [...this.#adapter.modules.keys()];
    return { ...this.#adapter, modules: new Map(names.map((module) => [module, this.#factors(module)])) };
  }

  /** With packed linears as they are, and everything else merged. */
  #createDecoder(): Promise<Decoder> {
    const { threads, weights } = this.#host;
    const blocks = blockMatrices(weights);
    const tensors = readTensors([...this.#merged()].filter(([name]) => !blocks.has(moduleOf(name))));
    if (blocks.size === 0) return Decoder.create(this.#model.config, tensors, threads);
    const adapter = this.#currentAdapter();
    const scaled = [...(adapter?.modules ?? [])].map(
      ([module, factors]) => [module, { ...factors, scale: adapter!.alpha / adapter!.rank }] as const,
    );
    return Decoder.create(this.#model.config, tensors, threads, new PackedLinears(blocks, new Map(scaled)));
  }

  #factors(module: string): LoraFactors {
    const { a, b } = adapterFactorNames(module);
    return { a: this.#model.tensors.get(a)!, b: this.#model.tensors.get(b)! };
  }

  /** What saved state must agree with. */
  #description(): JsonObject {
    const { rank, alpha, targets } = this.#adapter ?? {};
    const adapter =
      rank === undefined || alpha === undefined ? null : { rank, alpha, targets: targets ?? [] };
    return { train: this.#train, adapter };
  }
}

/** The weights with the adapter's update in them. @throws ConfigError for an adapter that does not fit. */
function withAdapter(weights: LoadedWeights, adapter: LoraAdapter | undefined): LoadedWeights {
  if (adapter === undefined) return weights;
  adapterTensors(readDecoderConfig(weights.config), adapter);
  return { config: weights.config, tensors: readTensors(mergedWeights(weights, adapter)) };
}

function readTensors(tensors: Iterable<readonly [string, LazyTensor]>): Map<string, WeightTensor> {
  return new Map([...tensors].map(([name, { shape, read }]) => [name, { shape, data: read() }]));
}

/** The packed linears by module. */
function blockMatrices({ packed }: LoadedWeights): Map<string, BlockMatrix> {
  const blocks = [...(packed ?? [])].flatMap(([name, matrix]) =>
    matrix.kind === "blocks" ? [[moduleOf(name), matrix] as const] : [],
  );
  return new Map(blocks);
}

function moduleOf(name: string): string {
  return name.replace(/\.weight$/, "");
}

async function adapterOf(host: HostedModel, options: PolicyOptions): Promise<LoraAdapter | undefined> {
  if (options.adapter === undefined) return undefined;
  if (typeof options.adapter === "string") return readAdapter(options.adapter);
  return createAdapter(adaptableLinears(host.weights), options.adapter, options.seed ?? 0);
}

function adaptableLinears(weights: LoadedWeights): AdaptableLinear[] {
  const config = readDecoderConfig(weights.config);
  return Array.from({ length: config.layerCount }, (_, layer) =>
    layerLinears(config).map((linear) => ({ ...linear, module: `${layerPrefix(layer)}.${linear.module}` })),
  ).flat();
}
