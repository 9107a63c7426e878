/** A policy whose model is on a server. Its gradient waits here until the step; see `pending-gradient.ts`. */
import {
  type AccumulateResult,
  type CallOptions,
  InputError,
  type ModelInfo,
  NumericError,
  type Objective,
  type Policy,
  type Sample,
  type SampleRequest,
  type StepOptions,
  type StepResult,
} from "../../spec/index.js";
import { checkRequests, checkSequences, evaluateObjective } from "../check-calls.js";
import { completeStepOptions } from "../embedded/training/adamw.js";
import { throwIfAborted } from "../remote/pause.js";
import { exportAdapterFolder, exportModelFolder } from "./export-folders.js";
import { LostModelError } from "./failures.js";
import type { ModelHolder } from "./model-holder.js";
import { gradientPass, scoringPass, type Weighted, worthSending } from "./passes.js";
import { type GradientShare, PendingGradient } from "./pending-gradient.js";
import type { AdamParameters, RemoteModel, ServerLink } from "./remote-model.js";
import { type RemoteWeights, readSavedState, writeSavedState } from "./remote-weights.js";
import { cutAtStop, Sampler, type SamplingTraffic } from "./sampler.js";
import { gradientNormOf, ignoredOfStep, normalisationOf } from "./server-traits.js";
import { SharedCalls } from "./shared-calls.js";
import type { ServerKind } from "./tinker-options.js";

type Sequences = readonly (readonly number[])[];

/** What a policy is made of. */
export interface TinkerPolicyOptions {
  readonly info: ModelInfo;
  readonly holder: ModelHolder;
  readonly link: ServerLink;
  readonly traffic: SamplingTraffic;
  /** Which weights these are; `adapter` is false for the untrained base model. */
  readonly weights: Pick<RemoteWeights, "baseModel" | "policy"> & { readonly hasAdapter: boolean };
  /** The server's kind, where the policy is trained. */
  readonly trained: ServerKind | undefined;
  /** Tells people, each message once. */
  readonly warnOnce: (message: string) => void;
}

/** The port over one model of a server. */
export class TinkerPolicy implements Policy {
  readonly #options: TinkerPolicyOptions;
  readonly #calls = new SharedCalls();
  readonly #pending = new PendingGradient();
  #sampler: { readonly model: RemoteModel; readonly opened: Promise<Sampler> } | undefined;
  /** The server's gradient holds something that no longer counts. */
  #hasStrayGradient = false;

  constructor(options: TinkerPolicyOptions) {
    this.#options = options;
  }

  score(sequences: Sequences, options?: CallOptions): Promise<Float32Array[]> {
    return this.#calls.shared(async () => {
      checkSequences(sequences, this.#options.info);
      return this.#score(sequences, options);
    });
  }

  sample(requests: readonly SampleRequest[], options: CallOptions = {}): Promise<Sample[][]> {
    return this.#calls.shared(async () => {
      checkRequests(requests, this.#options.info);
      throwIfAborted(options.signal);
      const total = requests.reduce((sum, { n }) => sum + n, 0);
      const failed = new AbortController();
      const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
      let done = 0;
      const one = async (request: SampleRequest): Promise<Sample[]> => {
        const samples = await this.#sampleOne(request, signal);
        done += request.n;
        options.onProgress?.(done, total);
        return samples;
      };
      try {
        return await Promise.all(requests.map(one));
      } finally {
        failed.abort();
      }
    });
  }

  accumulate(
    sequences: Sequences,
    objective: Objective,
    options: CallOptions = {},
  ): Promise<AccumulateResult> {
    return this.#calls.shared(async () => {
      const slot = this.#pending.reserve();
      const kind = this.#trained();
      checkSequences(sequences, this.#options.info);
      throwIfAborted(options.signal);
      const { linearGradients } = objective;
      const early = linearGradients !== undefined && normalisationOf(kind) === "sum";
      const { logprobs, sentTo } = early
        ? await this.#passEarly(sequences, linearGradients)
        : { logprobs: await this.#score(sequences, options), sentTo: undefined };
      try {
        throwIfAborted(options.signal);
        const result = evaluateObjective(objective, logprobs);
        slot.fill({ weighted: weigh(sequences, linearGradients ?? result.gradients), sentTo });
        const tokens = sequences.reduce((sum, { length }) => sum + length, 0);
        return { loss: result.loss, metrics: result.metrics ?? {}, tokens };
      } catch (error) {
        if (sentTo !== undefined) this.#hasStrayGradient = true;
        throw error;
      }
    });
  }

  step(options: StepOptions): Promise<StepResult> {
    return this.#calls.exclusive(async () => {
      const kind = this.#trained();
      const { shares } = this.#pending;
      if (shares.length === 0)
        throw new InputError("There is no pending gradient to step with: call accumulate first.");
      for (const ignored of ignoredOfStep(kind, options))
        this.#options.warnOnce(`On this server ${ignored}.`);
      const { holder } = this.#options;
      if (this.#hasStrayGradient) await this.#dropServerGradient();
      const metrics = await holder.use((model) => this.#stepWith(model, shares, kind, adamOf(options)));
      this.#pending.clear();
      this.#sampler = undefined;
      holder.countStep();
      return { gradientNorm: this.#normOf(metrics) };
    });
  }

  save(directory: string): Promise<void> {
    return this.#calls.exclusive(async () => {
      this.#trained();
      const checkpoint = await this.#saveOnServer();
      const { baseModel, policy } = this.#options.weights;
      await writeSavedState(directory, { baseModel, policy, checkpoint });
    });
  }

  load(directory: string): Promise<void> {
    return this.#calls.exclusive(async () => {
      this.#trained();
      await this.#replaceModel(await readSavedState(directory, this.#options.weights));
      this.#pending.clear();
    });
  }

  exportAdapter(directory: string): Promise<void> {
    return this.#calls.exclusive(async () => {
      const { link, holder, weights } = this.#options;
      if (!weights.hasAdapter || weights.policy.train === "full")
        throw new InputError("This policy has no adapter to export. Use exportModel.");
      const checkpoint = await this.#saveOnServer();
      await holder.use((model) =>
        exportAdapterFolder(directory, { model, link, weights: { ...weights, checkpoint } }),
      );
    });
  }

  exportModel(directory: string): Promise<void> {
    return this.#calls.exclusive(async () => {
      const { link, holder, weights } = this.#options;
      const checkpoint = await this.#saveOnServer();
      await holder.use((model) =>
        exportModelFolder(directory, { model, link, weights: { ...weights, checkpoint } }),
      );
    });
  }

  close(): Promise<void> {
    return this.#calls.close(() => this.#options.holder.unload());
  }

  async #score(sequences: Sequences, { signal, onProgress }: CallOptions = {}): Promise<Float32Array[]> {
    throwIfAborted(signal);
    const scored = sequences.filter(({ length }) => length > 1);
    let done = sequences.length - scored.length;
    const onChunk = (data: number): void => {
      done += data;
      onProgress?.(done, sequences.length);
    };
    const logprobs =
      scored.length === 0
        ? []
        : (await this.#options.holder.use((model) => model.forward(scoringPass(scored), signal, onChunk)))
            .logprobs;
    return spread(sequences, logprobs);
  }

  /** One pass that scores and adds to the gradient on the server. */
  async #passEarly(
    sequences: Sequences,
    gradients: readonly Float32Array[],
  ): Promise<{ readonly logprobs: Float32Array[]; readonly sentTo: RemoteModel | undefined }> {
    checkShapes(sequences, gradients);
    if (this.#hasStrayGradient) return { logprobs: await this.#score(sequences), sentTo: undefined };
    const weighted = weigh(sequences, gradients).filter(({ gradient }) => gradient.length > 0);
    if (weighted.length === 0) return { logprobs: spread(sequences, []), sentTo: undefined };
    return this.#options.holder.use(async (model) => {
      try {
        const { result } = await model.forwardBackward(gradientPass(weighted, "sum", weighted.length));
        return { logprobs: spread(sequences, (await result).logprobs), sentTo: model };
      } catch (error) {
        this.#hasStrayGradient = true;
        throw error;
      }
    });
  }

  /** Everything of a step in one go: the passes and the step itself are submitted before any result is awaited. */
  async #stepWith(
    model: RemoteModel,
    shares: readonly GradientShare[],
    kind: ServerKind,
    adam: AdamParameters,
  ): Promise<Readonly<Record<string, unknown>>> {
    const unsent = shares.filter(({ sentTo }) => sentTo !== model).flatMap(({ weighted }) => weighted);
    const weighted = worthSending(unsent);
    const normalisation = normalisationOf(kind);
    try {
      const pass =
        weighted.length === 0
          ? undefined
          : await model.forwardBackward(gradientPass(weighted, normalisation, weighted.length));
      const step = await model.step(adam);
      const [metrics] = await Promise.all([step.metrics, pass?.result]);
      return metrics;
    } catch (error) {
      if (isLostModel(error)) throw error;
      throw this.#options.holder.break(error);
    }
  }

  /** The server keeps a gradient until a step: to drop it, the model is saved and made again. */
  async #dropServerGradient(): Promise<void> {
    await this.#replaceModel(await this.#saveOnServer());
    for (const share of this.#pending.shares) share.sentTo = undefined;
  }

  async #replaceModel(checkpoint: string): Promise<void> {
    await this.#options.holder.replaceBy(checkpoint);
    this.#sampler = undefined;
    this.#hasStrayGradient = false;
  }

  async #saveOnServer(): Promise<string> {
    const { holder } = this.#options;
    const checkpoint = await holder.use((model) => model.saveWeights());
    holder.restoreFrom(checkpoint);
    return checkpoint;
  }

  async #sampleOne(request: SampleRequest, signal: AbortSignal): Promise<Sample[]> {
    const room = this.#options.info.contextLength - request.prompt.length;
    if (room <= 0) return Array.from({ length: request.n }, emptySample);
    const fitting = { ...request, maxTokens: Math.min(request.maxTokens, room) };
    const given = await this.#options.holder.use(async (model) =>
      (await this.#samplerOf(model)).sample(fitting, signal),
    );
    return Promise.all(
      given.map((sample) => this.#complete(request, cutAtStop(sample, request.stop), signal)),
    );
  }

  /** The sampler of the weights as they are: opened once, whoever asks first. */
  #samplerOf(model: RemoteModel): Promise<Sampler> {
    if (this.#sampler?.model === model) return this.#sampler.opened;
    const { link, traffic } = this.#options;
    const opened = model.openSampler().then((session) => new Sampler(session, link, traffic));
    const current = { model, opened };
    this.#sampler = current;
    opened.catch(() => {
      if (this.#sampler === current) this.#sampler = undefined;
    });
    return opened;
  }

  /** Scores the sample where the server gave no log-probabilities. */
  async #complete(
    { prompt }: SampleRequest,
    { tokens, logprobs, stopped }: ReturnType<typeof cutAtStop>,
    signal: AbortSignal,
  ): Promise<Sample> {
    const finish = stopped ? "stop" : "length";
    if (logprobs !== undefined) return { tokens, logprobs, finish };
    const [scores] = await this.#score([[...prompt, ...tokens]], { signal });
    return { tokens, logprobs: scores!.slice(prompt.length - 1), finish };
  }

  #normOf(metrics: Readonly<Record<string, unknown>>): number {
    const norm = gradientNormOf(metrics);
    if (norm === undefined) {
      this.#options.warnOnce("This server does not tell the norm of the gradient: it is NaN in the log.");
      return Number.NaN;
    }
    if (Number.isFinite(norm)) return norm;
    const message =
      "The gradient is not finite on the server. Lower the learning rate; the same command goes on from the last checkpoint.";
    this.#options.holder.break(new NumericError(message));
    throw new NumericError(message, { gradientNorm: String(norm) });
  }

  #trained(): ServerKind {
    if (this.#options.trained !== undefined) return this.#options.trained;
    const message =
      "This policy is not trained: it can only score and sample. Create it with an adapter or train: full.";
    throw new InputError(message);
  }
}

function isLostModel(error: unknown): boolean {
  return error instanceof LostModelError;
}

function weigh(sequences: Sequences, gradients: readonly Float32Array[]): Weighted[] {
  return sequences.map((tokens, index) => ({ tokens, gradient: gradients[index]! }));
}

/** @throws InputError before a misshapen gradient goes anywhere */
function checkShapes(sequences: Sequences, gradients: readonly Float32Array[]): void {
  const wanted = sequences.map(({ length }) => length - 1);
  const given = gradients.map(({ length }) => length);
  if (String(wanted) === String(given)) return;
  const message = `The objective's linear gradients have lengths [${given}] for log-probabilities of lengths [${wanted}]. They must agree.`;
  throw new InputError(message, { gradients: given, logprobs: wanted });
}

/** The server's rows in the places of their sequences, and nothing for sequences of one token. @throws NumericError for what is no number */
function spread(sequences: Sequences, rows: readonly Float32Array[]): Float32Array[] {
  let next = 0;
  return sequences.map((tokens, sequence) => {
    const row = tokens.length > 1 ? rows[next++] : new Float32Array();
    if (row?.length !== tokens.length - 1 || row.some(Number.isNaN))
      throw unusable(sequence, tokens.length - 1, row);
    return row;
  });
}

function unusable(sequence: number, wanted: number, row: Float32Array | undefined): NumericError {
  const token = row?.findIndex(Number.isNaN) ?? -1;
  const what =
    row?.length === wanted
      ? `no number for token ${token + 1}`
      : `${row?.length ?? 0} log-probabilities instead of ${wanted}`;
  const message = `For sequence ${sequence} the server gave ${what}. The ids may be outside its vocabulary, or training has diverged.`;
  return new NumericError(message, { sequence, wanted, given: row?.length ?? 0 });
}

function emptySample(): Sample {
  return { tokens: [], logprobs: new Float32Array(), finish: "length" };
}

function adamOf(options: StepOptions): AdamParameters {
  const { learningRate, beta1, beta2, eps, weightDecay, clipNorm } = completeStepOptions(options);
  return {
    learning_rate: learningRate,
    beta1,
    beta2,
    eps,
    weight_decay: weightDecay,
    grad_clip_norm: clipNorm,
  };
}
