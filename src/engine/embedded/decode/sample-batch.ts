/**
 * Continues many prompts at once. The batch is kept full: where a sample ends, the next one takes its row. Prompts are
 * computed once for all their samples.
 *
 * What a sample becomes does not depend on the rows around it, bit for bit: ONNX Runtime computes each row of a product by
 * itself in the same order of additions whatever the number of rows, and padding, always to multiples of 64, only adds
 * exact zeros (checked by a test; it holds for constant weights on the CPU provider, one version and machine type).
 */
import type { Sample, SampleRequest } from "../../../spec/index.js";
import type { Decoder } from "./decoder.js";
import { KeyValueCache } from "./key-value-cache.js";
import { aligned, type PromptJob, prefill } from "./prefill.js";
import { drawToken, finishedSample, type SampleInProgress, startSample } from "./sample-in-progress.js";

/** Prompts are run together up to this many tokens. */
const PREFILL_TOKENS = 1024;

/** How a batch of requests is worked through. */
export interface SampleBatchOptions {
  /** Most samples that grow at the same time. @default 64 */
  readonly maxRows?: number;
  /** Most bytes of keys and values of the growing samples. @default 2 GB */
  readonly cacheBytes?: number;
  /** Called between runs; throws to stop. */
  readonly checkpoint?: () => void;
  /** Called as samples finish. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Per request, its samples. */
export async function sampleBatch(
  decoder: Decoder,
  requests: readonly SampleRequest[],
  options: SampleBatchOptions = {},
): Promise<Sample[][]> {
  const { contextLength } = decoder.config;
  const samples = requests.map((request) =>
    Array.from({ length: request.n }, (_, index) => startSample(request, index, contextLength)),
  );
  const jobs = requests
    .map((request, index): PromptJob => ({ prompt: request.prompt, samples: samples[index]! }))
    .filter((job) => job.samples.some((sample) => sample.finish === undefined))
    // By length, so that rows of a run need little padding. The sort is stable.
    .toSorted((a, b) => a.prompt.length - b.prompt.length);
  if (jobs.length > 0) await new BatchRun(decoder, jobs, samples.flat().length, options).work();
  return samples.map((group) => group.map(finishedSample));
}

/** A sample with its first token whose prompt is in a cache. */
interface ReadySample {
  readonly sample: SampleInProgress;
  readonly cache: KeyValueCache;
  readonly row: number;
}

class BatchRun {
  readonly #decoder: Decoder;
  readonly #options: SampleBatchOptions;
  readonly #total: number;
  /** Prompts not yet run, the next one last. */
  readonly #waiting: PromptJob[];
  /** Samples waiting for a row, the next one last. */
  #ready: ReadySample[] = [];
  /** The growing samples; their keys and values are in the rows of the same numbers. */
  readonly #growing: SampleInProgress[] = [];
  readonly #cache: KeyValueCache;
  #done = 0;

  constructor(decoder: Decoder, jobs: readonly PromptJob[], total: number, options: SampleBatchOptions) {
    this.#decoder = decoder;
    this.#options = options;
    this.#total = total;
    this.#waiting = jobs.toReversed();
    this.#cache = new KeyValueCache(decoder.config, rowCount(decoder, jobs, options), 0);
    const finished = jobs.reduce((sum, job) => sum + job.samples.length, 0);
    this.#done = total - finished;
  }

  async work(): Promise<void> {
    await this.#refill();
    while (this.#growing.length > 0) {
      await this.#grow();
      this.#dropFinished();
      await this.#refill();
    }
  }

  /** Gives free rows to samples as long as there are any. */
  async #refill(): Promise<void> {
    while (this.#growing.length < this.#cache.rows) {
      const ready = this.#ready.pop();
      if (ready !== undefined) this.#admit(ready);
      else if (this.#waiting.length > 0) await this.#runPrompts();
      else return;
    }
  }

  #admit({ sample, cache, row }: ReadySample): void {
    this.#fitCapacity(cachedLength(sample) + 1);
    this.#cache.copyRow(this.#growing.length, cache, row, cachedLength(sample));
    this.#growing.push(sample);
  }

  /** Makes the cache as long as the longest row needs after its next token, and at most a third longer. */
  #fitCapacity(atLeast: number): void {
    const lengths = this.#growing.map(cachedLength);
    const needed = aligned(lengths.reduce((most, length) => Math.max(most, length + 1), atLeast));
    const { capacity } = this.#cache;
    if (needed <= capacity && needed * 4 > capacity * 3) return;
    this.#cache.resize(needed, lengths);
  }

  async #runPrompts(): Promise<void> {
    const jobs = this.#takePrompts();
    const cache = await prefill(this.#decoder, jobs, () => this.#options.checkpoint?.());
    const ready = jobs.flatMap(({ samples }, row) => samples.map((sample) => ({ sample, cache, row })));
    this.#ready = ready.filter(({ sample }) => sample.finish === undefined).reverse();
    this.#report(ready.length - this.#ready.length);
  }

  /** The next prompts: enough for the free rows or for a well-filled run, but no more tokens than it takes at once. */
  #takePrompts(): PromptJob[] {
    const jobs: PromptJob[] = [];
    let tokens = 0;
    while (this.#waiting.length > 0) {
      const next = this.#waiting.at(-1)!;
      if (jobs.length > 0 && tokens + next.prompt.length > PREFILL_TOKENS) break;
      tokens += next.prompt.length;
      jobs.push(this.#waiting.pop()!);
    }
    return jobs;
  }

  /** One more token for every growing sample. */
  async #grow(): Promise<void> {
    this.#options.checkpoint?.();
    this.#fitCapacity(0);
    const chunks = this.#growing.map((sample) => ({
      tokens: [sample.tokens.at(-1)!],
      start: cachedLength(sample),
      temperature: sample.request.temperature,
    }));
    const result = await this.#decoder.run({ chunks, cache: this.#cache, width: 1 });
    for (const [row, { start }] of chunks.entries()) this.#cache.append(row, start, result, row, 1);
    for (const [row, sample] of this.#growing.entries()) {
      drawToken(sample, result.distributions, row, this.#decoder.config.vocabularySize);
    }
  }

  /** Frees the rows of finished samples, filling each gap with the last row. */
  #dropFinished(): void {
    const before = this.#growing.length;
    for (let row = before - 1; row >= 0; row--) {
      if (this.#growing[row]!.finish === undefined) continue;
      const last = this.#growing.pop()!;
      if (row === this.#growing.length) continue;
      this.#growing[row] = last;
      this.#cache.copyRow(row, this.#cache, this.#growing.length, cachedLength(last));
    }
    this.#report(before - this.#growing.length);
  }

  #report(finished: number): void {
    if (finished === 0) return;
    this.#done += finished;
    this.#options.onProgress?.(this.#done, this.#total);
  }
}

/** Tokens of a growing sample that are in the cache: all but the one drawn last. */
function cachedLength(sample: SampleInProgress): number {
  return sample.request.prompt.length + sample.tokens.length - 1;
}

/** As many rows as are asked for, needed, and fit into the memory at the longest that a sample can become. */
function rowCount(decoder: Decoder, jobs: readonly PromptJob[], options: SampleBatchOptions): number {
  const samples = jobs.flatMap((job) => job.samples);
  const longest = samples.reduce(
    (most, { request, limit }) => Math.max(most, request.prompt.length + limit),
    0,
  );
  const rowBytes = aligned(longest) * KeyValueCache.bytesPerPosition(decoder.config);
  const fitting = Math.max(1, Math.floor((options.cacheBytes ?? 2e9) / rowBytes));
  return Math.min(options.maxRows ?? 64, fitting, samples.length);
}
