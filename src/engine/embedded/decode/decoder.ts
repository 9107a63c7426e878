/** A decode graph at work: rows of new tokens and a cache in, distributions and the new keys and values out. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { DecoderConfig } from "../transformer/decoder-config.js";
import { rotaryFrequencies, rotaryTables } from "../transformer/rotary-scaling.js";
import type { WeightTensor } from "../weights/loaded-weights.js";
import { buildDecodeModel, layerNames } from "./decode-graph.js";
import type { KeyValueCache, NewKeyValues } from "./key-value-cache.js";
import type { PackedLinears } from "./packed-linear.js";

/** Added to scores that must not count; exp of it is exactly 0 beside any real score. */
const MASKED = -1e30;

/** Inverse temperatures stay below this, so that products with log-probabilities are finite. */
const MAX_INVERSE_TEMPERATURE = 1e30;

/** New tokens of one row. */
export interface RowChunk {
  /** Never empty. */
  readonly tokens: readonly number[];
  /** Row of the shared prefixes that holds its first tokens; must be among those of the batch. */
  readonly prefix: number;
  /** How many tokens the prefix holds. */
  readonly prefixLength: number;
  /** How many further tokens the row's own cache holds. */
  readonly ownLength: number;
  /** Temperature of the wanted distribution after the last of `tokens`; absent: none is wanted. */
  readonly temperature?: number;
}

/** Consecutive rows of a cache. */
export interface CachedRows {
  readonly cache: KeyValueCache;
  readonly from: number;
  readonly to: number;
}

/** One run. */
export interface DecodeBatch {
  readonly chunks: readonly RowChunk[];
  /** Prefixes that rows may share; absent: no row has one. */
  readonly prefixes?: CachedRows;
  /** What the rows cached each for itself, in the order of the chunks; absent: nothing. */
  readonly own?: KeyValueCache;
  /** T: at least the longest chunk. */
  readonly width: number;
}

/** The wanted distributions, in the order of their chunks. */
export interface Distributions {
  /** Most probable tokens, the lowest id on ties, and their log-probabilities. */
  readonly best: BigInt64Array;
  readonly bestLogprobs: Float32Array;
  /** [R, V] at temperature 1, and at the temperature asked for; absent where every temperature is 0. */
  readonly logprobs?: Float32Array;
  readonly probabilities?: Float32Array;
}

/** What a run returns. */
export interface DecodeResult extends NewKeyValues {
  readonly distributions: Distributions;
}

/** A session of the decode graph. */
export class Decoder {
  readonly config: DecoderConfig;
  readonly #session: InferenceSession;
  readonly #frequencies: readonly number[];
  #tables: { cosine: Float32Array; sine: Float32Array; length: number };

  private constructor(config: DecoderConfig, session: InferenceSession) {
    this.config = config;
    this.#session = session;
    this.#frequencies = rotaryFrequencies(config.headSize, config.ropeTheta, config.ropeScaling);
    this.#tables = { cosine: new Float32Array(0), sine: new Float32Array(0), length: 0 };
  }

  /**
   * @param weights The model's weights, an adapter already merged into them. The session keeps its own copy.
   * @param packed Linears that are kept in 4 bits instead; none of them is among `weights`.
   */
  static async create(
    config: DecoderConfig,
    weights: ReadonlyMap<string, WeightTensor>,
    threads: number,
    packed?: PackedLinears,
  ): Promise<Decoder> {
    const model = buildDecodeModel(config, weights, packed);
    const session = await InferenceSession.create(model.bytes, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      enableMemPattern: false,
      externalData: model.externalData.map(({ path, data }) => ({ path, data })),
      // Idle threads of one session must not steal the cores from the next.
      extra: { session: { intra_op: { spin_duration_us: "200" } } },
    });
    return new Decoder(config, session);
  }

  /** Runs the chunks. Does not touch the cache. */
  async run(batch: DecodeBatch): Promise<DecodeResult> {
    const wanted = batch.chunks.flatMap((chunk) => chunk.temperature ?? []);
    const sampling = wanted.some((temperature) => temperature > 0);
    const outputs = this.#outputNames(sampling);
    const results = await this.#session.run(this.#feeds(batch), outputs);
    return {
      keys: this.#perLayer(results, "newKey"),
      values: this.#perLayer(results, "newValue"),
      width: batch.width,
      distributions: {
        best: integersOf(results, "best"),
        bestLogprobs: floatsOf(results, "best_logprob"),
        ...(sampling && {
          logprobs: floatsOf(results, "logprobs"),
          probabilities: floatsOf(results, "probabilities"),
        }),
      },
    };
  }

  /** Frees the session's memory. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  #outputNames(sampling: boolean): string[] {
    const layers = Array.from({ length: this.config.layerCount }, (_, layer) => layerNames(layer));
    const distributions = sampling ? ["logprobs", "probabilities"] : [];
    return [
      ...layers.flatMap(({ newKey, newValue }) => [newKey, newValue]),
      "best",
      "best_logprob",
      ...distributions,
    ];
  }

  #perLayer(results: InferenceSession.OnnxValueMapType, which: "newKey" | "newValue"): Float32Array[] {
    return Array.from({ length: this.config.layerCount }, (_, layer) =>
      floatsOf(results, layerNames(layer)[which]),
    );
  }

  #feeds(batch: DecodeBatch): Record<string, Tensor> {
    const { chunks, width } = batch;
    const longest = chunks.reduce(
      (most, chunk) => Math.max(most, startOf(chunk) + chunk.tokens.length),
      width,
    );
    const tables = this.#tablesFor(longest);
    const tableShape = [tables.length, this.config.headSize / 2];
    const group = this.config.headCount / this.config.keyHeadCount;
    const shared = batch.prefixes?.cache.capacity ?? 0;
    const past = batch.own?.capacity ?? 0;
    return {
      ...packTokens(chunks, width),
      ...wantedRows(chunks),
      ...prefixMembers(chunks, batch.prefixes),
      cosine: new Tensor("float32", tables.cosine, tableShape),
      sine: new Tensor("float32", tables.sine, tableShape),
      mask: attentionMask(chunks, { width, group, shared, past }),
      split: integers([shared, past, width]),
      stack: integers([0, 0, ...queryStack(width, group), this.config.headSize]),
      ...this.#cacheFeeds(batch),
    };
  }

  #cacheFeeds({ chunks, prefixes, own }: DecodeBatch): Record<string, Tensor> {
    const { keyHeadCount: heads, headSize, layerCount } = this.config;
    const groups = prefixes === undefined ? 1 : prefixes.to - prefixes.from;
    const [shared, past] = [prefixes?.cache.capacity ?? 0, own?.capacity ?? 0];
    const feeds: Record<string, Tensor> = {};
    const feed = (name: string, data: Float32Array, shape: readonly number[]): void => {
      feeds[name] = new Tensor("float32", data, shape);
    };
    for (let layer = 0; layer < layerCount; layer++) {
      const names = layerNames(layer);
      const prefix = prefixes?.cache.view(layer, prefixes.from, prefixes.to) ?? nothing;
      feed(names.prefixKey, prefix.key, [groups, 1, heads, 1, shared, headSize]);
      feed(names.prefixValue, prefix.value, [groups, 1, heads, 1, shared, headSize]);
      const row = own?.view(layer, 0, chunks.length) ?? nothing;
      feed(names.key, row.key, [chunks.length, heads, 1, past, headSize]);
      feed(names.value, row.value, [chunks.length, heads, 1, past, headSize]);
    }
    return feeds;
  }

  /** Tables of at least `length` positions; doubled as needed, so that growing costs little in all. */
  #tablesFor(length: number): { cosine: Float32Array; sine: Float32Array; length: number } {
    if (this.#tables.length < length) {
      const rows = Math.max(
        length,
        Math.min(this.config.contextLength, Math.max(256, 2 * this.#tables.length)),
      );
      this.#tables = { ...rotaryTables(this.#frequencies, rows), length: rows };
    }
    return this.#tables;
  }
}

const nothing = { key: new Float32Array(0), value: new Float32Array(0) };

/** Tokens of the row that came before the chunk. */
function startOf({ prefixLength, ownLength }: RowChunk): number {
  return prefixLength + ownLength;
}

/** Which rows read which prefix, and where each row is among those of its prefix. */
function prefixMembers(
  chunks: readonly RowChunk[],
  prefixes: CachedRows | undefined,
): Record<"members" | "seats", Tensor> {
  const { from, to } = prefixes ?? { from: 0, to: 1 };
  const groups: number[][] = Array.from({ length: to - from }, () => []);
  const seats = chunks.flatMap(({ prefix }, row) => {
    const group = prefixes === undefined ? 0 : prefix - from;
    return [group, groups[group]!.push(row) - 1];
  });
  const most = groups.reduce((largest, { length }) => Math.max(largest, length), 0);
  const members = groups.flatMap((rows) => Array.from({ length: most }, (_, seat) => rows[seat] ?? 0));
  return {
    members: integers(members, [groups.length, most]),
    seats: integers(seats, [chunks.length, 2]),
  };
}

/** The tokens without padding, and where each stands with padding. */
function packTokens(chunks: readonly RowChunk[], width: number): Record<string, Tensor> {
  const total = chunks.reduce((sum, chunk) => sum + chunk.tokens.length, 0);
  const tokens = new BigInt64Array(total);
  const slots = new BigInt64Array(total);
  const rows = new BigInt64Array(chunks.length * width);
  const positions = new BigInt64Array(chunks.length * width);
  let packed = 0;
  for (const [row, chunk] of chunks.entries()) {
    for (const [index, token] of chunk.tokens.entries()) {
      const slot = row * width + index;
      tokens[packed] = BigInt(token);
      slots[packed] = BigInt(slot);
      rows[slot] = BigInt(packed);
      positions[slot] = BigInt(startOf(chunk) + index);
      packed++;
    }
  }
  return {
    tokens: new Tensor("int64", tokens, [total]),
    slots: new Tensor("int64", slots, [total]),
    rows: new Tensor("int64", rows, [chunks.length, width]),
    positions: new Tensor("int64", positions, [chunks.length, width]),
  };
}

/** The last tokens of the chunks whose distribution is wanted, and 1 / temperature (1 where the temperature is 0). */
function wantedRows(chunks: readonly RowChunk[]): Record<string, Tensor> {
  const last: number[] = [];
  const inverses: number[] = [];
  let packed = 0;
  for (const { tokens, temperature } of chunks) {
    packed += tokens.length;
    if (temperature === undefined) continue;
    last.push(packed - 1);
    inverses.push(temperature > 0 ? Math.min(1 / temperature, MAX_INVERSE_TEMPERATURE) : 1);
  }
  if (last.length === 0) {
    // The runtime's reductions want at least one row; nobody reads it.
    last.push(0);
    inverses.push(1);
  }
  return {
    last: integers(last),
    inverse_temperature: new Tensor("float32", Float32Array.from(inverses), [inverses.length, 1]),
  };
}

/** Sizes of a mask: T new tokens, Q lines for each, L positions of the prefix, P of the row's own cache. */
interface MaskShape {
  readonly width: number;
  readonly group: number;
  readonly shared: number;
  readonly past: number;
}

/**
 * [1 or B, 1, X, Y, L + P + T]: token t sees its prefix, the row's own tokens, and the new ones 0 … t. Without any cache
 * one mask does for all rows.
 */
function attentionMask(chunks: readonly RowChunk[], { width, group, shared, past }: MaskShape): Tensor {
  const line = shared + past + width;
  const rows = line === width ? chunks.slice(0, 1) : chunks;
  const mask = new Float32Array(rows.length * width * group * line);
  let offset = 0;
  for (const { prefixLength, ownLength } of rows) {
    for (let query = 0; query < width * group; query++) {
      const fresh = offset + shared + past;
      mask.fill(MASKED, offset + prefixLength, offset + shared);
      mask.fill(MASKED, offset + shared + ownLength, fresh);
      mask.fill(MASKED, fresh + Math.floor(query / group) + 1, offset + line);
      offset += line;
    }
  }
  return new Tensor("float32", mask, [rows.length, 1, ...queryStack(width, group), line]);
}

/**
 * [X, Y] of T · Q queries. Several are multiplied together, which copies the keys into the kernel's own order; a single
 * token's are multiplied one by one, which reads them as they are.
 */
function queryStack(width: number, group: number): [number, number] {
  return width === 1 ? [group, 1] : [1, width * group];
}

function integers(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), shape);
}

function floatsOf(results: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const data = results[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new TypeError(`The decode graph returned no float32 tensor ${name}.`);
}

function integersOf(results: InferenceSession.OnnxValueMapType, name: string): BigInt64Array {
  const data = results[name]?.data;
  if (data instanceof BigInt64Array) return data;
  throw new TypeError(`The decode graph returned no int64 tensor ${name}.`);
}
