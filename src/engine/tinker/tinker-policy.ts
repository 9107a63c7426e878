/** A policy whose model is on a server: the order of its calls, and its folders. */
import {
  type AccumulateResult,
  type CallOptions,
  InputError,
  type ModelInfo,
  type Objective,
  type Policy,
  type Sample,
  type SampleRequest,
  type StepOptions,
  type StepResult,
} from "../../spec/index.js";
import { checkRequests, checkSequences } from "../check-calls.js";
import { SharedCalls } from "../remote/shared-calls.js";
import { exportAdapterFolder, exportModelFolder } from "./export-folders.js";
import type { ModelHolder } from "./model-holder.js";
import { PolicySampling } from "./policy-sampling.js";
import { type Sequences, scoreSequences } from "./policy-scoring.js";
import { PolicyTraining } from "./policy-training.js";
import type { ServerLink } from "./remote-model.js";
import { type RemoteWeights, readSavedState, writeSavedState } from "./remote-weights.js";
import type { SamplingTraffic } from "./sampler.js";
import type { ServerKind } from "./tinker-options.js";

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
  readonly requestsInFlight: number;
  readonly #options: TinkerPolicyOptions;
  readonly #calls = new SharedCalls();
  readonly #sampling: PolicySampling;
  readonly #training: PolicyTraining | undefined;

  constructor(options: TinkerPolicyOptions) {
    const { info, holder, trained: kind, warnOnce } = options;
    this.requestsInFlight = options.traffic.most;
    this.#options = options;
    this.#sampling = new PolicySampling({ ...options, contextLength: info.contextLength });
    const remake = async () => this.#replaceModel(await this.#saveOnServer());
    this.#training = kind === undefined ? undefined : new PolicyTraining({ holder, kind, remake, warnOnce });
  }

  score(sequences: Sequences, options?: CallOptions): Promise<Float32Array[]> {
    return this.#pass(async () => {
      checkSequences(sequences, this.#options.info);
      return scoreSequences(this.#options.holder, sequences, options);
    });
  }

  sample(requests: readonly SampleRequest[], options: CallOptions = {}): Promise<Sample[][]> {
    return this.#calls.shared(async () => {
      checkRequests(requests, this.#options.info);
      return this.#sampling.sample(requests, options);
    });
  }

  accumulate(
    sequences: Sequences,
    objective: Objective,
    options: CallOptions = {},
  ): Promise<AccumulateResult> {
    return this.#pass(async () => {
      const training = this.#trained();
      const slot = training.reserve();
      checkSequences(sequences, this.#options.info);
      return training.accumulate(slot, sequences, objective, options);
    });
  }

  step(options: StepOptions): Promise<StepResult> {
    return this.#calls.exclusive(async () => {
      const result = await this.#trained().step(options);
      this.#sampling.forget();
      return result;
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
      const training = this.#trained();
      await this.#replaceModel(await readSavedState(directory, this.#options.weights));
      training.clear();
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

  /**
   * A call with passes over the model. Where all weights are trained, a server whose GPUs do both (SkyRL on PyTorch) puts its
   * copy for sampling away at a pass: passes then wait for samples under way, and the next samples for a new copy.
   */
  #pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#options.weights.policy.train !== "full") return this.#calls.shared(work);
    return this.#calls.exclusive(async () => {
      try {
        return await work();
      } finally {
        this.#sampling.forget();
      }
    });
  }

  async #replaceModel(checkpoint: string): Promise<void> {
    await this.#options.holder.replaceBy(checkpoint);
    this.#sampling.forget();
  }

  async #saveOnServer(): Promise<string> {
    const { holder } = this.#options;
    const checkpoint = await holder.use((model) => model.saveWeights());
    holder.restoreFrom(checkpoint);
    return checkpoint;
  }

  #trained(): PolicyTraining {
    if (this.#training !== undefined) return this.#training;
    const message =
      "This policy is not trained: it can only score and sample. Create it with an adapter or train: full.";
    throw new InputError(message);
  }
}
