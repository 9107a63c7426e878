/**
 * The training of a policy: gradients wait here until the step (`pending-gradient.ts`), except those of linear losses on
 * servers that add up, which score and learn in one pass.
 */
import {
  type AccumulateResult,
  type CallOptions,
  InputError,
  NumericError,
  type Objective,
  type StepOptions,
  type StepResult,
} from "../../spec/index.js";
import { evaluateObjective } from "../check-calls.js";
import { completeStepOptions } from "../embedded/training/adamw.js";
import { throwIfAborted } from "../remote/pause.js";
import { LostModelError } from "./failures.js";
import type { ModelHolder } from "./model-holder.js";
import { gradientPass, type Weighted, worthSending } from "./passes.js";
import { type GradientShare, PendingGradient } from "./pending-gradient.js";
import { type Sequences, scoreSequences, spread } from "./policy-scoring.js";
import type { AdamParameters, RemoteModel } from "./remote-model.js";
import { gradientNormOf, ignoredOfStep, normalisationOf } from "./server-traits.js";
import type { ServerKind } from "./tinker-options.js";

/** What training needs. */
export interface PolicyTrainingOptions {
  readonly holder: ModelHolder;
  readonly kind: ServerKind;
  /** Saves the model on the server, and puts a new one made from there in its place. */
  readonly remake: () => Promise<void>;
  readonly warnOnce: (message: string) => void;
}

/** Trains one policy. */
export class PolicyTraining {
  readonly #options: PolicyTrainingOptions;
  readonly #pending = new PendingGradient();
  /** The server's gradient holds something that no longer counts. */
  #hasStrayGradient = false;

  constructor(options: PolicyTrainingOptions) {
    this.#options = options;
  }

  /** The model was replaced by a saved one: nothing of the gradient is left. */
  clear(): void {
    this.#pending.clear();
    this.#hasStrayGradient = false;
  }

  /** Adds a share to the gradient; the shares count in the order of the calls of `reserve`. */
  async accumulate(
    slot: ReturnType<PendingGradient["reserve"]>,
    sequences: Sequences,
    objective: Objective,
    options: CallOptions,
  ): Promise<AccumulateResult> {
    throwIfAborted(options.signal);
    const { linearGradients } = objective;
    const early = linearGradients !== undefined && normalisationOf(this.#options.kind) === "sum";
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
  }

  /** A place in the order of the gradient's shares. */
  reserve(): ReturnType<PendingGradient["reserve"]> {
    return this.#pending.reserve();
  }

  /** One optimiser step with all shares. @throws InputError where there is none */
  async step(options: StepOptions): Promise<StepResult> {
    const { holder, kind, warnOnce } = this.#options;
    const { shares } = this.#pending;
    if (shares.length === 0)
      throw new InputError("There is no pending gradient to step with: call accumulate first.");
    for (const ignored of ignoredOfStep(kind, options)) warnOnce(`On this server ${ignored}.`);
    if (this.#hasStrayGradient) await this.#dropServerGradient();
    const metrics = await holder.use((model) => this.#stepWith(model, shares, adamOf(options)));
    this.#pending.clear();
    holder.countStep();
    return { gradientNorm: this.#normOf(metrics) };
  }

  #score(sequences: Sequences, options: CallOptions = {}): Promise<Float32Array[]> {
    return scoreSequences(this.#options.holder, sequences, options);
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
    adam: AdamParameters,
  ): Promise<Readonly<Record<string, unknown>>> {
    const unsent = shares.filter(({ sentTo }) => sentTo !== model).flatMap(({ weighted }) => weighted);
    const weighted = worthSending(unsent);
    const normalisation = normalisationOf(this.#options.kind);
    try {
      const pass =
        weighted.length === 0
          ? undefined
          : await model.forwardBackward(gradientPass(weighted, normalisation, weighted.length));
      const step = await model.step(adam);
      const [metrics] = await Promise.all([step.metrics, pass?.result]);
      return metrics;
    } catch (error) {
      if (error instanceof LostModelError) throw error;
      throw this.#options.holder.break(error);
    }
  }

  /** The server keeps a gradient until a step: to drop it, the model is saved and made again. */
  async #dropServerGradient(): Promise<void> {
    await this.#options.remake();
    this.#hasStrayGradient = false;
    for (const share of this.#pending.shares) share.sentTo = undefined;
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
