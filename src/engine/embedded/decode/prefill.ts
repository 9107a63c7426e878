/**
 * Runs whole prompts through the model, several at a time, and draws the first token of every sample from the one
 * distribution after each prompt. Long prompts go in chunks of fixed bounds, counted from the prompt's start, so that
 * rounding does not depend on which prompts share a run.
 */
import type { DecodeResult, Decoder, RowChunk } from "./decoder.js";
import { KeyValueCache } from "./key-value-cache.js";
import { drawToken, type SampleInProgress } from "./sample-in-progress.js";

/** Tokens of one prompt that go through at once: bounds the memory of attention scores. */
const CHUNK_TOKENS = 512;
/** Widths and capacities are multiples of this, which is what makes rounding independent of padding. */
export const ALIGNMENT = 64;

/** A prompt and the samples that continue it. */
export interface PromptJob {
  readonly prompt: readonly number[];
  readonly samples: readonly SampleInProgress[];
}

/** The smallest multiple of the alignment that is at least `length`. */
export function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

/**
 * Keys and values of the prompts, one row each in the order given; the first token of each sample is drawn.
 * @param jobs Not empty, by prompt length ascending.
 * @param checkpoint Called before each run; throws to stop.
 */
export async function prefill(
  decoder: Decoder,
  jobs: readonly PromptJob[],
  checkpoint: () => void,
): Promise<KeyValueCache> {
  const longest = jobs.at(-1)!.prompt.length;
  const cache = new KeyValueCache(decoder.config, jobs.length, aligned(longest));
  for (let start = 0; start < longest; start += CHUNK_TOKENS) {
    const firstRow = jobs.findIndex(({ prompt }) => prompt.length > start);
    const members = jobs.slice(firstRow);
    const chunks = members.map((job) => chunkOf(job, start));
    const width = aligned(chunks.reduce((most, { tokens }) => Math.max(most, tokens.length), 0));
    checkpoint();
    const past = start === 0 ? {} : { cache, firstRow };
    const result = await decoder.run({ chunks, width, ...past });
    for (const [row, { tokens }] of chunks.entries())
      cache.append(firstRow + row, start, result, row, tokens.length);
    drawFirstTokens(decoder, members, chunks, result);
  }
  return cache;
}

/** The prompt's tokens of the chunk at `start`; its distribution is wanted where the prompt ends in it. */
function chunkOf(job: PromptJob, start: number): RowChunk {
  const tokens = job.prompt.slice(start, start + CHUNK_TOKENS);
  const ends = start + tokens.length === job.prompt.length;
  return { tokens, start, ...(ends && { temperature: job.samples[0]!.request.temperature }) };
}

function drawFirstTokens(
  decoder: Decoder,
  members: readonly PromptJob[],
  chunks: readonly RowChunk[],
  result: DecodeResult,
): void {
  const ended = members.filter((_, row) => chunks[row]!.temperature !== undefined);
  for (const [row, job] of ended.entries()) {
    for (const sample of job.samples)
      drawToken(sample, result.distributions, row, decoder.config.vocabularySize);
  }
}
