/** One sample while it grows, and the drawing of its next token. */
import type { Random } from "../../../method/random.js";
import { NumericError, type Sample, type SampleRequest } from "../../../spec/index.js";
import { chooseToken, sampleRandom } from "../../choose-token.js";
import type { Distributions } from "./decoder.js";

/** A sample that may not be finished yet. */
export interface SampleInProgress {
  readonly request: SampleRequest;
  readonly random: Random;
  readonly tokens: number[];
  readonly logprobs: number[];
  /** Most tokens it can get: `maxTokens`, or what the context leaves. */
  readonly limit: number;
  readonly stop: ReadonlySet<number>;
  finish: Sample["finish"] | undefined;
}

/** Sample `index` of the request, without a token yet. */
export function startSample(request: SampleRequest, index: number, contextLength: number): SampleInProgress {
  const limit = Math.min(request.maxTokens, contextLength - request.prompt.length);
  return {
    request,
    random: sampleRandom(request, index),
    tokens: [],
    logprobs: [],
    limit,
    stop: new Set(request.stop),
    finish: limit === 0 ? "length" : undefined,
  };
}

/** The sample as the caller gets it. */
export function finishedSample(sample: SampleInProgress): Sample {
  return {
    tokens: sample.tokens,
    logprobs: Float32Array.from(sample.logprobs),
    finish: sample.finish ?? "length",
  };
}

/**
 * Draws the sample's next token from row `row` of the distributions.
 * @throws NumericError where the distribution is not finite: the weights are damaged.
 */
export function drawToken(
  sample: SampleInProgress,
  distributions: Distributions,
  row: number,
  vocabularySize: number,
): void {
  if (sample.finish !== undefined) return;
  const { token, logprob } = choose(sample, distributions, row, vocabularySize);
  if (!Number.isFinite(logprob)) {
    const message =
      "The model's distribution is not finite. Its weights are damaged or training has diverged.";
    throw new NumericError(message, { token, logprob });
  }
  sample.tokens.push(token);
  sample.logprobs.push(logprob);
  if (sample.stop.has(token)) sample.finish = "stop";
  else if (sample.tokens.length === sample.limit) sample.finish = "length";
}

function choose(
  sample: SampleInProgress,
  distributions: Distributions,
  row: number,
  vocabularySize: number,
): { token: number; logprob: number } {
  const { temperature, topP } = sample.request;
  const { best, bestLogprobs, logprobs, probabilities } = distributions;
  if (temperature === 0 || logprobs === undefined || probabilities === undefined) {
    return { token: Number(best[row]!), logprob: bestLogprobs[row]! };
  }
  const start = row * vocabularySize;
  const shares = probabilities.subarray(start, start + vocabularySize);
  const token = chooseToken(shares, topP, sample.random.uniform());
  return { token, logprob: logprobs[start + token]! };
}
