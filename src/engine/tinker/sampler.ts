/**
 * Sampling from a model's newest weights. A sampler is made of the weights as they are and dropped when they change: on
 * SkyRL, sampling an older one gives other weights than it names, or puts them back into training.
 */

import { deriveSeed } from "../../method/random.js";
import type { SampleRequest } from "../../spec/index.js";
import { type HttpAnswer, jsonOf } from "../remote/http.js";
import { Limiter } from "../remote/limiter.js";
import { pause } from "../remote/pause.js";
import type { ServerSample } from "./codec.js";
import type { ApiCall, Connection } from "./connection.js";
import { LostPromiseError } from "./failures.js";
import { requestIdOf, retrieve } from "./futures.js";
import type { ServerLink } from "./remote-model.js";

/** What the samplers of an engine share: how much is under way. */
export class SamplingTraffic {
  /** Most requests under way at once. */
  readonly most: number;
  readonly #limiter: Limiter;
  readonly #samplingPause: number;
  #heldUntil = 0;
  #slowUntil = 0;

  constructor(most: number, samplingPause: number) {
    this.most = most;
    this.#samplingPause = samplingPause;
    this.#limiter = new Limiter(most);
  }

  /** The result of the work, when there is room for it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#limiter.run(work);
  }

  /** Resolves when nothing holds sampling back. */
  async clear(signal?: AbortSignal): Promise<void> {
    for (let left = this.#left(); left > 0; left = this.#left()) await pause(left, signal);
    if (this.#slowUntil !== 0 && performance.now() > this.#slowUntil) {
      this.#slowUntil = 0;
      this.#limiter.limit = this.most;
    }
  }

  /** The server said that it is too much: all sampling waits, and goes on with few at a time for a while. */
  hold(promptTokens: number): void {
    const wait = promptTokens > LARGE_PROMPT ? 5 * this.#samplingPause : this.#samplingPause;
    this.#heldUntil = Math.max(this.#heldUntil, performance.now() + wait);
    this.#slowUntil = this.#heldUntil + 10 * this.#samplingPause;
    this.#limiter.limit = Math.min(SLOW_LIMIT, this.most);
  }

  #left(): number {
    return this.#heldUntil - performance.now();
  }
}

/** 128 KiB at ten bytes a token, as the official client reckons. */
const LARGE_PROMPT = 13_107;
const SLOW_LIMIT = 10;
/** How often a request is sent again whose promise the server lost. */
const LOST_PROMISES = 5;

/** Samples from one sampling session. */
export class Sampler {
  readonly #session: string;
  readonly #link: ServerLink;
  readonly #traffic: SamplingTraffic;
  #number = 0;

  constructor(session: string, link: ServerLink, traffic: SamplingTraffic) {
    this.#session = session;
    this.#link = link;
    this.#traffic = traffic;
  }

  /** The samples of one request. */
  sample(request: SampleRequest, signal?: AbortSignal): Promise<readonly ServerSample[]> {
    return this.#traffic.run(async () => {
      const call = this.#callOf(request, this.#number++, signal);
      for (let lost = 0; ; lost += 1) {
        try {
          const answer = await this.#once(call, request, signal);
          const samples = this.#link.codec.reader.decodeSamples(answer);
          const written = samples.reduce((sum, { tokens }) => sum + tokens.length, 0);
          this.#link.meter.add({ written });
          return samples;
        } catch (error) {
          if (!(error instanceof LostPromiseError) || lost === LOST_PROMISES) throw error;
        }
      }
    });
  }

  async #once(call: ApiCall, request: SampleRequest, signal?: AbortSignal): Promise<HttpAnswer> {
    const { connection, meter } = this.#link;
    meter.add({ read: request.prompt.length, requests: 1 });
    const requestId = await this.#submit(connection, call, request.prompt.length, signal);
    return retrieve(connection, { requestId, type: "Sample", ...(signal && { signal }) });
  }

  async #submit(
    connection: Connection,
    call: ApiCall,
    promptTokens: number,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    for (;;) {
      await this.#traffic.clear(signal);
      const answer = await connection.send({ ...call, expected: [429] });
      if (answer.status !== 429) return requestIdOf(jsonOf(answer));
      this.#traffic.hold(promptTokens);
    }
  }

  #callOf(request: SampleRequest, seq_id: number, signal: AbortSignal | undefined): ApiCall {
    const { prompt, n, maxTokens, temperature, topP, stop } = request;
    const json = {
      type: "sample",
      sampling_session_id: this.#session,
      seq_id,
      num_samples: n,
      prompt: { chunks: [{ type: "encoded_text", tokens: [...prompt] }] },
      sampling_params: {
        max_tokens: maxTokens,
        temperature,
        top_p: topP,
        top_k: -1,
        seed: seedOf(request),
        stop: [...stop],
      },
      prompt_logprobs: false,
      topk_prompt_logprobs: 0,
    };
    const headers = { "x-tinker-sampling-backpressure": "1" };
    return { path: "asample", json, headers, ...(signal && { signal }) };
  }
}

/** 30 bits of the request's seed and prompt: servers count on from it, one seed a sample. */
function seedOf({ seed, prompt }: SampleRequest): number {
  return deriveSeed(seed, "sample", prompt.join(",")) >>> 2;
}

/**
 * The sample as the port wants it: nothing after a stop token (one way of serving forgets them), and no more
 * log-probabilities than tokens; `undefined` where the server gave none that can be used.
 */
export function cutAtStop(sample: ServerSample, stop: readonly number[]): ServerSample {
  const { tokens, logprobs, stopped } = sample;
  const end = tokens.findIndex((token) => stop.includes(token));
  const length = end < 0 ? tokens.length : end + 1;
  const usable = logprobs !== undefined && logprobs.length === tokens.length && isTold(logprobs);
  return {
    tokens: tokens.slice(0, length),
    logprobs: usable ? logprobs.slice(0, length) : undefined,
    stopped: end >= 0 || stopped,
  };
}

/** Servers write zeros, or null, where they were told nothing. */
function isTold(logprobs: Float32Array): boolean {
  return logprobs.length === 0 || (!logprobs.some(Number.isNaN) && logprobs.some((value) => value !== 0));
}
