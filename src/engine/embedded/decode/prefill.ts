/**
 * Runs prompts through the model, several at a time, and draws the first token of every sample from the one distribution
 * after each prompt. A prompt is a prefix of whole blocks and a rest of 1 to 64 tokens: prompts with the same prefix share
 * its keys and values, each keeps those of its rest. Where a prompt is cut depends on its length only, so neither does
 * rounding depend on which prompts share a run.
 */
import type { SampleRequest } from "../../../spec/index.js";
import type { DecodeResult, Decoder, RowChunk } from "./decoder.js";
import { KeyValueCache } from "./key-value-cache.js";
import { drawToken, type SampleInProgress } from "./sample-in-progress.js";

/** Tokens of one prefix that go through at once: bounds the memory of attention scores. */
const CHUNK_TOKENS = 256;
/** Widths, capacities and prefixes are multiples of this, which is what makes rounding independent of padding. */
export const ALIGNMENT = 64;
/** Rests that go through at once. */
const REST_ROWS = 16;

/** A prompt behind its prefix, and the samples that continue it. */
export interface PromptRest {
  readonly tokens: readonly number[];
  readonly temperature: number;
  readonly samples: SampleInProgress[];
}

/** A prefix and the prompts that begin with it. */
export interface PrefixGroup {
  readonly tokens: readonly number[];
  readonly rests: readonly PromptRest[];
}

/** A sample with its first token, and where the keys and values of its prompt are. */
export interface ReadySample {
  readonly sample: SampleInProgress;
  readonly prefix: ReadyPrefix;
  /** One row: the rest of the prompt. */
  readonly rest: KeyValueCache;
  readonly restLength: number;
}

/** A prefix in a cache. */
export interface ReadyPrefix {
  readonly cache: KeyValueCache;
  readonly row: number;
  readonly length: number;
}

/** The smallest multiple of the alignment that is at least `length`. */
export function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

/** Groups requests by prefix, the longest prefix first, equal ones in the order given; equal prompts share a rest. */
export function groupByPrefix(
  requests: readonly SampleRequest[],
  samples: readonly (readonly SampleInProgress[])[],
): PrefixGroup[] {
  const groups = new Map<string, { tokens: readonly number[]; rests: Map<string, PromptRest> }>();
  for (const [index, { prompt, temperature }] of requests.entries()) {
    const cut = aligned(prompt.length) - ALIGNMENT;
    const tokens = prompt.slice(0, cut);
    const group = entryOf(groups, tokens.join(), () => ({ tokens, rests: new Map() }));
    const restTokens = prompt.slice(cut);
    const key = `${temperature}:${restTokens.join()}`;
    const rest = entryOf(group.rests, key, () => ({ tokens: restTokens, temperature, samples: [] }));
    rest.samples.push(...samples[index]!);
  }
  return [...groups.values()]
    .map(({ tokens, rests }) => ({ tokens, rests: [...rests.values()] }))
    .toSorted((a, b) => b.tokens.length - a.tokens.length);
}

/**
 * Computes the prompts of the groups and draws the first token of each sample; returns the samples in the order given.
 * @param groups Not empty, the longest prefix first.
 * @param checkpoint Called before each run; throws to stop.
 */
export async function prefill(
  decoder: Decoder,
  groups: readonly PrefixGroup[],
  checkpoint: () => void,
): Promise<ReadySample[]> {
  const cache = new KeyValueCache(decoder.config, groups.length, groups[0]!.tokens.length);
  for (let start = 0; start < cache.capacity; start += CHUNK_TOKENS) {
    checkpoint();
    await runPrefixes(decoder, groups, cache, start);
  }
  const rests = groups.flatMap((group, row) => {
    const prefix = { cache, row, length: group.tokens.length };
    return group.rests.map((rest) => ({ prefix, rest }));
  });
  const ready: ReadySample[] = [];
  for (let first = 0; first < rests.length; first += REST_ROWS) {
    checkpoint();
    ready.push(...(await runRests(decoder, rests.slice(first, first + REST_ROWS))));
  }
  return ready;
}

/** The chunk at `start` of every prefix that reaches it. Prefixes that agree up to the chunk's end are computed once. */
async function runPrefixes(
  decoder: Decoder,
  groups: readonly PrefixGroup[],
  cache: KeyValueCache,
  start: number,
): Promise<void> {
  const active = groups.filter(({ tokens }) => tokens.length > start);
  const rows = new Map<string, number>();
  const chunks: RowChunk[] = [];
  const sources = active.map(({ tokens }, row) => {
    const upToHere = tokens.slice(0, start + CHUNK_TOKENS);
    return entryOf(rows, upToHere.join(), () => {
      chunks.push({ tokens: upToHere.slice(start), prefix: row, prefixLength: start, ownLength: 0 });
      return chunks.length - 1;
    });
  });
  const shared = start === 0 ? {} : { prefixes: { cache, from: 0, to: active.length } };
  const result = await decoder.run({ chunks, width: widthOf(chunks), ...shared });
  for (const [row, source] of sources.entries())
    cache.append(row, start, result, source, chunks[source]!.tokens.length);
}

/** The rests, each behind its prefix, with the first token of their samples. */
async function runRests(
  decoder: Decoder,
  members: readonly { readonly prefix: ReadyPrefix; readonly rest: PromptRest }[],
): Promise<ReadySample[]> {
  const { cache, row: from } = members[0]!.prefix;
  const to = members.at(-1)!.prefix.row + 1;
  const chunks = members.map(({ prefix, rest: { tokens, temperature } }) => ({
    ...{ tokens, temperature, prefix: prefix.row, prefixLength: prefix.length, ownLength: 0 },
  }));
  const prefixes = { cache, from, to };
  const result = await decoder.run({ chunks, width: ALIGNMENT, prefixes });
  return members.flatMap(({ prefix, rest }, row) => readySamples(decoder, prefix, rest, { result, row }));
}

function readySamples(
  decoder: Decoder,
  prefix: ReadyPrefix,
  { tokens, samples }: PromptRest,
  { result, row }: { readonly result: DecodeResult; readonly row: number },
): ReadySample[] {
  const rest = new KeyValueCache(decoder.config, 1, tokens.length);
  rest.append(0, 0, result, row, tokens.length);
  return samples.map((sample) => {
    drawToken(sample, result.distributions, row, decoder.config.vocabularySize);
    return { sample, prefix, rest, restLength: tokens.length };
  });
}

function widthOf(chunks: readonly RowChunk[]): number {
  return aligned(chunks.reduce((most, { tokens }) => Math.max(most, tokens.length), 0));
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
