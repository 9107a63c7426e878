/** Samples of a policy: of its newest weights, scored here where the server gives no log-probabilities. */
import type { CallOptions, Sample, SampleRequest } from "../../spec/index.js";
import { throwIfAborted } from "../remote/pause.js";
import type { ModelHolder } from "./model-holder.js";
import { scoreSequences } from "./policy-scoring.js";
import type { RemoteModel, ServerLink } from "./remote-model.js";
import { cutAtStop, Sampler, type SamplingTraffic } from "./sampler.js";

/** What sampling needs. */
export interface PolicySamplingOptions {
  readonly holder: ModelHolder;
  readonly link: ServerLink;
  readonly traffic: SamplingTraffic;
  readonly contextLength: number;
}

/** Draws the samples of one policy. */
export class PolicySampling {
  readonly #options: PolicySamplingOptions;
  #sampler: { readonly model: RemoteModel; readonly opened: Promise<Sampler> } | undefined;

  constructor(options: PolicySamplingOptions) {
    this.#options = options;
  }

  /** The weights changed, or the server has put its copy for sampling away: the next samples are of the weights as they are then. */
  forget(): void {
    this.#sampler = undefined;
  }

  /** The samples of all requests; after a failure none is left under way. */
  async sample(requests: readonly SampleRequest[], options: CallOptions): Promise<Sample[][]> {
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
  }

  async #sampleOne(request: SampleRequest, signal: AbortSignal): Promise<Sample[]> {
    const room = this.#options.contextLength - request.prompt.length;
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
    const [scores] = await scoreSequences(this.#options.holder, [[...prompt, ...tokens]], { signal });
    return { tokens, logprobs: scores!.slice(prompt.length - 1), finish };
  }
}

function emptySample(): Sample {
  return { tokens: [], logprobs: new Float32Array(), finish: "length" };
}
