/**
 * An engine without a neural network, for tests: the model is a function that the test writes, with a small trainable table
 * on top, so that losses, optimiser, saving and adapters are the real thing. Exact, and fast for vocabularies of tens of tokens.
 */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  type AccumulateResult,
  type CallOptions,
  CancelledError,
  ConfigError,
  type Engine,
  type ExportOptions,
  InputError,
  type ModelInfo,
  type Objective,
  type ObjectiveResult,
  type Policy,
  type PolicyOptions,
  type Sample,
  type SampleRequest,
  type StepOptions,
  type StepResult,
} from "../../spec/index.js";
import { CallQueue } from "../call-queue.js";
import { checkRequests, checkSequences, evaluateObjective } from "../check-calls.js";
import { chooseToken, sampleRandom } from "../choose-token.js";
import type { TrainedParameters } from "../embedded/training/trained-parameters.js";
import { createAdapter } from "../embedded/weights/adapter-weights.js";
import type { WeightTensor } from "../embedded/weights/loaded-weights.js";
import { writeModelFolder } from "../embedded/weights/model-folder.js";
import { type LoraAdapter, readAdapter, writeAdapter } from "../embedded/weights/peft-adapter.js";
import { readSafetensors } from "../embedded/weights/safetensors.js";
import { readTrainingState, writeTrainingState } from "../training-state.js";
import { BigramModel, bigramModule, bigramWeight } from "./bigram-model.js";
import type { ScriptedOptions } from "./scripted-options.js";

/** @throws ConfigError for sizes out of range. @throws ModelError where the folder of weights cannot be used. */
export async function openScriptedEngine(options: ScriptedOptions): Promise<Engine> {
  const { vocabularySize, contextLength = 1024 } = options;
  for (const [field, value] of Object.entries({ vocabularySize, contextLength })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ConfigError(`The scripted engine's ${field} is ${value}, but must be an integer ≥ 1.`, {
      field,
      value,
    });
  }
  const model = { name: "scripted", vocabularySize, contextLength, parameterCount: vocabularySize ** 2 };
  return new ScriptedEngine(model, options, await initialTable(options));
}

async function initialTable({ weights, vocabularySize }: ScriptedOptions): Promise<WeightTensor> {
  const zeros = { shape: [vocabularySize, vocabularySize], data: new Float32Array(vocabularySize ** 2) };
  if (weights === undefined) return zeros;
  const table = (await readSafetensors(join(weights, "model.safetensors"))).tensors.get(bigramWeight);
  if (table?.data.length === zeros.data.length) return table;
  throw new ConfigError(
    `${weights} holds no table for ${vocabularySize} tokens. Give the size it was made with.`,
    {
      weights,
      vocabularySize,
    },
  );
}

class ScriptedEngine implements Engine {
  readonly kind = "scripted";
  readonly model: ModelInfo;
  readonly #options: ScriptedOptions;
  readonly #table: WeightTensor;
  readonly #policies: Policy[] = [];
  #closed = false;

  constructor(model: ModelInfo, options: ScriptedOptions, table: WeightTensor) {
    this.model = model;
    this.#options = options;
    this.#table = table;
  }

  async createPolicy(options: PolicyOptions = {}): Promise<Policy> {
    if (this.#closed) throw new InputError("The engine is closed. Open it again.");
    const { vocabularySize, logits } = this.#options;
    const zeros = new Float64Array(vocabularySize);
    const adapter = await this.#adapterOf(options);
    const train = options.train ?? (adapter === undefined ? "none" : "adapter");
    const script = logits ?? (() => zeros);
    const bigrams = new BigramModel({ vocabularySize, script, table: this.#table, adapter, train });
    const policy = new ScriptedPolicy(this.model, bigrams, train);
    this.#policies.push(policy);
    return policy;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const policy of this.#policies) await policy.close();
  }

  async #adapterOf({ adapter, seed }: PolicyOptions): Promise<LoraAdapter | undefined> {
    if (adapter === undefined || typeof adapter === "string") {
      return adapter === undefined ? undefined : readAdapter(adapter);
    }
    const size = this.model.vocabularySize;
    // Targets name the linears of a Llama layer; this model has one linear, and adapts that one.
    const { rank, alpha } = adapter;
    const linear = { module: bigramModule, inputSize: size, outputSize: size };
    return createAdapter([linear], { rank, alpha }, seed ?? 0);
  }
}

type Sequences = readonly (readonly number[])[];

class ScriptedPolicy implements Policy {
  readonly #info: ModelInfo;
  readonly #model: BigramModel;
  readonly #train: string;
  readonly #queue = new CallQueue();

  constructor(info: ModelInfo, model: BigramModel, train: string) {
    this.#info = info;
    this.#model = model;
    this.#train = train;
  }

  score(sequences: Sequences, options?: CallOptions): Promise<Float32Array[]> {
    return this.#queue.run(() => this.#score(sequences, options));
  }

  sample(requests: readonly SampleRequest[], options?: CallOptions): Promise<Sample[][]> {
    return this.#queue.run(async () => {
      checkRequests(requests, this.#info);
      const draw = (request: SampleRequest): Sample[] =>
        Array.from({ length: request.n }, (_, index) => this.#drawSample(request, index));
      return mapSteadily(requests, draw, options);
    });
  }

  accumulate(sequences: Sequences, objective: Objective, options?: CallOptions): Promise<AccumulateResult> {
    return this.#queue.run(async () => {
      const parameters = this.#trained();
      const logprobs = await this.#score(sequences, { ...(options?.signal && { signal: options.signal }) });
      const result = evaluateObjective(objective, logprobs);
      await this.#backward(sequences, objective.linearGradients ?? result.gradients, parameters, options);
      const tokens = sequences.reduce((sum, { length }) => sum + length, 0);
      return { loss: result.loss, metrics: result.metrics ?? {}, tokens };
    });
  }

  step(options: StepOptions): Promise<StepResult> {
    return this.#queue.run(async () => {
      const result = this.#trained().step(options);
      this.#model.weightsChanged();
      return result;
    });
  }

  save(directory: string): Promise<void> {
    return this.#queue.run(async () => {
      const { tensors } = this.#trained();
      const optimizer = this.#trained().optimizerState();
      await writeTrainingState(directory, this.#description(), { weights: tensors, optimizer });
    });
  }

  load(directory: string): Promise<void> {
    return this.#queue.run(async () => {
      const state = await readTrainingState(directory, this.#description());
      this.#trained().restore(state.weights, state.optimizer);
      this.#model.weightsChanged();
    });
  }

  exportAdapter(directory: string): Promise<void> {
    return this.#queue.run(async () => {
      const { adapter } = this.#model;
      if (adapter === undefined) {
        throw new InputError("This policy has no adapter to export. Use exportModel.");
      }
      await writeAdapter(directory, adapter, this.#info.name);
    });
  }

  exportModel(directory: string, options?: ExportOptions): Promise<void> {
    const tensors = new Map([[bigramWeight, this.#model.mergedTable()]]);
    const config = { model_type: "scripted", vocab_size: this.#info.vocabularySize };
    return this.#queue.run(() => writeModelFolder(directory, config, tensors, options));
  }

  close(): Promise<void> {
    return this.#queue.close(async () => undefined);
  }

  #score(sequences: Sequences, options: CallOptions | undefined): Promise<Float32Array[]> {
    checkSequences(sequences, this.#info);
    return mapSteadily(sequences, (sequence) => this.#model.score(sequence), options);
  }

  async #backward(
    sequences: Sequences,
    gradients: ObjectiveResult["gradients"],
    parameters: TrainedParameters,
    options: CallOptions | undefined,
  ): Promise<void> {
    parameters.begin();
    try {
      const indices = [...sequences.keys()];
      await mapSteadily(indices, (i) => this.#model.backward(sequences[i]!, gradients[i]!), options);
    } catch (error) {
      parameters.dropGradient();
      throw error;
    }
  }

  #drawSample(request: SampleRequest, index: number): Sample {
    const random = sampleRandom(request, index);
    const prefix = [...request.prompt];
    const logprobs: number[] = [];
    const limit = Math.min(request.maxTokens, this.#info.contextLength - prefix.length);
    for (let count = 0; count < limit; count++) {
      const logs = this.#model.logDistribution(prefix);
      const token = request.temperature === 0 ? mostProbable(logs) : draw(logs, request, random.uniform());
      prefix.push(token);
      logprobs.push(logs[token]!);
      if (request.stop.includes(token)) return sampleOf(request, prefix, logprobs, "stop");
    }
    return sampleOf(request, prefix, logprobs, "length");
  }

  #trained(): TrainedParameters {
    if (this.#model.parameters !== undefined) return this.#model.parameters;
    const message =
      "This policy is not trained: it can only score and sample. Create it with an adapter or train: full.";
    throw new InputError(message);
  }

  #description(): { train: string; adapter: { rank: number; alpha: number } | null } {
    const { adapter } = this.#model;
    return {
      train: this.#train,
      adapter: adapter === undefined ? null : { rank: adapter.rank, alpha: adapter.alpha },
    };
  }
}

function sampleOf(
  request: SampleRequest,
  tokens: readonly number[],
  logprobs: readonly number[],
  finish: Sample["finish"],
): Sample {
  return { tokens: tokens.slice(request.prompt.length), logprobs: Float32Array.from(logprobs), finish };
}

/** The lowest id of the largest. */
function mostProbable(logs: Float64Array): number {
  return logs.reduce((best, value, token) => (value > logs[best]! ? token : best), 0);
}

/** Before it is tempered, the distribution is shifted so that its largest value is 1. */
function draw(logs: Float64Array, { temperature, topP }: SampleRequest, uniform: number): number {
  const largest = logs[mostProbable(logs)]!;
  return chooseToken(
    Float32Array.from(logs, (log) => Math.exp((log - largest) / temperature)),
    topP,
    uniform,
  );
}

/** Maps in order, giving way to the event loop between items, with progress and cancellation. */
async function mapSteadily<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
  options: CallOptions | undefined,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    if (options?.signal !== undefined) await setImmediate();
    if (options?.signal?.aborted === true) {
      throw new CancelledError("The work was cancelled.", { done: results.length, total: items.length });
    }
    results.push(map(item));
    options?.onProgress?.(results.length, items.length);
  }
  return results;
}
