/**
 * Continues many prompts at once. The batch is kept full: where a sample ends, the next one takes its row. What prompts
 * have in common is computed once and kept once: rows that continue one prefix read the same keys and values.
 *
 * What a sample becomes does not depend on the rows around it, bit for bit: ONNX Runtime computes each row of a product by
 * itself in the same order of additions whatever the number of rows, and padding, always to multiples of 64, only adds
 * exact zeros (checked by a test; it holds for constant weights on the CPU provider, one version and machine type).
 */
import type { Sample, SampleRequest } from "../../../spec/index.js";
import type { Decoder } from "./decoder.js";
import { KeyValueCache } from "./key-value-cache.js";
import { aligned, groupByPrefix, type PrefixGroup, prefill, type ReadySample } from "./prefill.js";
import { PrefixPool, type SharedPrefix } from "./prefix-pool.js";
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
  const open = (index: number): boolean => samples[index]!.some(({ finish }) => finish === undefined);
  const groups = groupByPrefix(
    requests.filter((_, index) => open(index)),
    samples.filter((_, index) => open(index)),
  );
  if (groups.length > 0) await new BatchRun(decoder, groups, samples.flat().length, options).work();
  return samples.map((group) => group.map(finishedSample));
}

/** A sample with a row of its own behind a shared prefix. */
interface GrowingSample {
  readonly sample: SampleInProgress;
  readonly prefix: SharedPrefix;
  /** Tokens of the prompt behind the prefix. */
  readonly restLength: number;
}

class BatchRun {
  readonly #decoder: Decoder;
  readonly #options: SampleBatchOptions;
  readonly #total: number;
  /** Prompts not yet run, the next ones last. */
  readonly #waiting: PrefixGroup[];
  /** Samples waiting for a row, the next one last. */
  #ready: ReadySample[] = [];
  /** The growing samples; what each cached for itself is in the rows of the same numbers. */
  readonly #growing: GrowingSample[] = [];
  readonly #cache: KeyValueCache;
  readonly #prefixes: PrefixPool;
  #done = 0;

  constructor(decoder: Decoder, groups: readonly PrefixGroup[], total: number, options: SampleBatchOptions) {
    this.#decoder = decoder;
    this.#options = options;
    this.#total = total;
    this.#waiting = groups.toReversed();
    const samples = samplesOf(groups);
    const rows = rowCount(decoder, samples, options);
    this.#cache = new KeyValueCache(decoder.config, rows, 0);
    this.#prefixes = new PrefixPool(decoder.config, Math.min(rows, groups.length));
    this.#done = total - samples.length;
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

  #admit({ sample, prefix, rest, restLength }: ReadySample): void {
    this.#fitCapacity(restLength + 1);
    this.#cache.copyRow(this.#growing.length, rest, 0, restLength);
    this.#growing.push({ sample, restLength, prefix: this.#prefixes.join(prefix) });
  }

  /** Makes the rows as long as the longest needs after its next token, and at most a third longer. */
  #fitCapacity(atLeast: number): void {
    const lengths = this.#growing.map(ownLength);
    this.#cache.fit(aligned(lengths.reduce((most, length) => Math.max(most, length + 1), atLeast)), lengths);
  }

  async #runPrompts(): Promise<void> {
    const ready = await prefill(this.#decoder, this.#takePrompts(), () => this.#options.checkpoint?.());
    const open = ready.filter(({ sample }) => sample.finish === undefined);
    this.#ready = open.reverse();
    this.#report(ready.length - open.length);
  }

  /** The next prompts: a well-filled run, but no more tokens than it takes at once. */
  #takePrompts(): PrefixGroup[] {
    const groups: PrefixGroup[] = [];
    let tokens = 0;
    while (this.#waiting.length > 0) {
      const next = this.#waiting.at(-1)!;
      tokens += next.rests.reduce((sum, rest) => sum + rest.tokens.length, next.tokens.length);
      if (groups.length > 0 && tokens > PREFILL_TOKENS) break;
      groups.push(this.#waiting.pop()!);
    }
    return groups;
  }

  /** One more token for every growing sample. */
  async #grow(): Promise<void> {
    this.#options.checkpoint?.();
    this.#fitCapacity(0);
    const chunks = this.#growing.map((item) => ({
      tokens: [item.sample.tokens.at(-1)!],
      prefix: item.prefix.row,
      prefixLength: item.prefix.length,
      ownLength: ownLength(item),
      temperature: item.sample.request.temperature,
    }));
    const prefixes = this.#prefixes.rows();
    const result = await this.#decoder.run({ chunks, prefixes, own: this.#cache, width: 1 });
    for (const [row, chunk] of chunks.entries()) this.#cache.append(row, chunk.ownLength, result, row, 1);
    for (const [row, { sample }] of this.#growing.entries()) {
      drawToken(sample, result.distributions, row, this.#decoder.config.vocabularySize);
    }
  }

  /** Frees the rows of finished samples, filling each gap with the last row. */
  #dropFinished(): void {
    const before = this.#growing.length;
    for (let row = before - 1; row >= 0; row--) {
      const { sample, prefix } = this.#growing[row]!;
      if (sample.finish === undefined) continue;
      this.#prefixes.leave(prefix);
      const last = this.#growing.pop()!;
      if (row === this.#growing.length) continue;
      this.#growing[row] = last;
      this.#cache.copyRow(row, this.#cache, this.#growing.length, ownLength(last));
    }
    // The samples of a prefix follow each other: only the next one's may be wanted again.
    this.#prefixes.release(this.#ready.at(-1)?.prefix);
    this.#report(before - this.#growing.length);
  }

  #report(finished: number): void {
    if (finished === 0) return;
    this.#done += finished;
    this.#options.onProgress?.(this.#done, this.#total);
  }
}

/** Tokens that a growing sample has cached for itself: all behind its prefix but the one drawn last. */
function ownLength({ restLength, sample }: GrowingSample): number {
  return restLength + sample.tokens.length - 1;
}

function samplesOf(groups: readonly PrefixGroup[]): SampleInProgress[] {
  return groups.flatMap(({ rests }) => rests.flatMap(({ samples }) => samples));
}

/** As many rows as are asked for, needed, and fit into the memory at the longest that a sample can become. */
function rowCount(
  decoder: Decoder,
  samples: readonly SampleInProgress[],
  options: SampleBatchOptions,
): number {
  const longest = samples.reduce(
    (most, { request, limit }) => Math.max(most, request.prompt.length + limit),
    0,
  );
  const rowBytes = aligned(longest) * KeyValueCache.bytesPerPosition(decoder.config);
  const fitting = Math.max(1, Math.floor((options.cacheBytes ?? 2e9) / rowBytes));
  return Math.min(options.maxRows ?? 64, fitting, samples.length);
}
