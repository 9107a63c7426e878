/**
 * The decoder as a graph for sampling: some new tokens of each row in, the distribution after chosen tokens out. Keys and
 * values of earlier tokens come in as a cache and only those of the new tokens go out: the cache belongs to the caller.
 *
 * Letters: B rows, T new tokens of a row (padded), N new tokens in all (packed), R wanted distributions, V vocabulary,
 * K key heads, Q query heads a key head, D head size; G shared prefixes of at most L cached tokens, each with at most M
 * rows, and P tokens that a row has cached for itself.
 * The T · Q queries of a key head stand as [X, Y]: a product with keys or values takes Y of them at a time.
 * Linear maps run on the packed tokens and only attention on the padded ones, so padding costs little. The cache of a
 * prefix is read once for all its rows: with long prompts, reading caches is most of the work.
 */
import { GraphBuilder, type Value } from "../graph/graph-builder.js";
import type { DecoderConfig } from "../transformer/decoder-config.js";
import { embeddingName, finalNormName, headName, layerPrefix } from "../transformer/decoder-tensors.js";
import type { WeightTensor } from "../weights/loaded-weights.js";
import { emitPackedLinear, type PackedLinears, type StoreConstant } from "./packed-linear.js";

/** A model for `InferenceSession.create`. */
export interface DecodeModel {
  readonly bytes: Uint8Array;
  /** The weights, handed to the session beside the model. */
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
}

/** Names of the inputs and outputs of layer `layer`. */
export function layerNames(layer: number) {
  return {
    prefixKey: `prefix_key${layer}`,
    prefixValue: `prefix_value${layer}`,
    key: `key${layer}`,
    value: `value${layer}`,
    newKey: `new_key${layer}`,
    newValue: `new_value${layer}`,
  };
}

/**
 * The graph with its weights as constants: ONNX Runtime packs constants once, inputs at every run.
 *
 * Inputs: `tokens` int64 [N]; `rows` int64 [B, T], index into the packed tokens of each padded one; `slots` int64 [N],
 * index into the B · T padded tokens of each packed one; `positions` int64 [B, T], rows of the tables `cosine` and `sine`;
 * `mask` [1 or B, 1, X, Y, L + P + T], added to the scores of the prefix, the row's own cache and the new tokens; `split`
 * int64 [3] = (L, P, T); `stack` int64 [5] = (0, 0, X, Y, D); `members` int64 [G, M], the rows of each prefix, filled up with any row; `seats` int64 [B, 2], where each
 * row is in it; `last` int64 [R], packed tokens whose distribution is wanted; `inverse_temperature` [R, 1];
 * and per layer `prefix_keyL`, `prefix_valueL` [G, 1, K, 1, L, D], `keyL`, `valueL` [B, K, 1, P, D].
 *
 * Outputs: `new_keyL`, `new_valueL` [B, T, K · D]; `logprobs` [R, V] at temperature 1; `probabilities` [R, V] at the given
 * temperature; `best` int64 [R], the most probable token, the lowest on ties; `best_logprob` [R].
 */
export function buildDecodeModel(
  config: DecoderConfig,
  weights: ReadonlyMap<string, WeightTensor>,
  packed?: PackedLinears,
): DecodeModel {
  const emitter = new DecodeEmitter(config, weights, packed);
  let hidden = emitter.embed();
  for (let layer = 0; layer < config.layerCount; layer++) {
    hidden = emitter.feedForward(emitter.attend(hidden, layer), layer);
  }
  emitter.predict(hidden);
  return emitter.build();
}

class DecodeEmitter {
  readonly #graph = new GraphBuilder("decode");
  readonly #external: { path: string; data: Uint8Array }[] = [];
  readonly #config: DecoderConfig;
  readonly #weights: ReadonlyMap<string, WeightTensor>;
  readonly #packed: PackedLinears | undefined;
  readonly #batch;
  readonly #embedding: Value;

  constructor(
    config: DecoderConfig,
    weights: ReadonlyMap<string, WeightTensor>,
    packed: PackedLinears | undefined,
  ) {
    this.#config = config;
    this.#weights = weights;
    this.#packed = packed;
    const graph = this.#graph;
    const tableShape = ["table", config.headSize / 2];
    this.#batch = {
      tokens: graph.input("tokens", "int64", ["N"]),
      rows: graph.input("rows", "int64", ["B", "T"]),
      slots: graph.input("slots", "int64", ["N"]),
      positions: graph.input("positions", "int64", ["B", "T"]),
      cosine: graph.input("cosine", "float32", tableShape),
      sine: graph.input("sine", "float32", tableShape),
      mask: graph.input("mask", "float32", ["masks", 1, "X", "Y", "S"]),
      split: graph.input("split", "int64", [3]),
      stack: graph.input("stack", "int64", [5]),
      members: graph.input("members", "int64", ["G", "M"]),
      seats: graph.input("seats", "int64", ["B", 2]),
      last: graph.input("last", "int64", ["R"]),
      inverseTemperature: graph.input("inverse_temperature", "float32", ["R", 1]),
    };
    this.#embedding = this.#fused(embeddingName, [embeddingName]);
  }

  build(): DecodeModel {
    return { bytes: this.#graph.build(), externalData: this.#external };
  }

  /** [N, hiddenSize] */
  embed(): Value {
    return this.#graph.emit("Gather", [this.#embedding, this.#batch.tokens]);
  }

  /** hidden + attention of the normed hidden states; [N, hiddenSize]. */
  attend(hidden: Value, layer: number): Value {
    const { headCount, keyHeadCount, headSize } = this.#config;
    const prefix = layerPrefix(layer);
    const attention = `${prefix}.self_attn`;
    const normed = this.#norm(hidden, `${prefix}.input_layernorm.weight`);
    const packed = this.#projectHeads(normed, attention);
    const padded = this.#graph.emit("Gather", [packed, this.#batch.rows]);
    const keySize = keyHeadCount * headSize;
    const [unnormed, value] = this.#split(padded, [headCount * headSize + keySize, keySize]);
    const queryKey = this.#normHeads(unnormed, attention);
    const rotated = this.#graph.emit(
      "RotaryEmbedding",
      [queryKey, this.#batch.positions, this.#batch.cosine, this.#batch.sine],
      { domain: "com.microsoft" },
    );
    const [query, key] = this.#split(rotated, [headCount * headSize, keySize]);
    const names = layerNames(layer);
    this.#graph.output(names.newKey, key);
    this.#graph.output(names.newValue, value);
    const mixed = this.#mix(query, key, value, layer);
    return this.#project(mixed, `${attention}.o`, [`${attention}.o_proj`], { addend: hidden });
  }

  /**
   * Queries, keys and values of packed tokens, side by side. The factor 1/√D of the scores is in what makes the queries
   * (here, or in their norm): no pass over the scores, and one rotation for queries and keys.
   */
  #projectHeads(normed: Value, attention: string): Value {
    const { headSize, queryKeyNorm, queryKeyValueBias } = this.#config;
    const factors = [queryKeyNorm ? 1 : headSize ** -0.5, 1, 1];
    const modules = ["q", "k", "v"].map((part) => `${attention}.${part}_proj`);
    const biases = modules.map((module) => `${module}.bias`);
    const addend = queryKeyValueBias ? this.#fused(`${attention}.qkv_bias`, biases, factors) : undefined;
    return this.#project(normed, `${attention}.qkv`, modules, { factors, addend });
  }

  /** Queries and keys side by side, [B, T, (K · G + K) · D], each head normed by itself, for models that do that. */
  #normHeads(queryKey: Value, attention: string): Value {
    const { headCount, keyHeadCount, headSize, queryKeyNorm } = this.#config;
    if (!queryKeyNorm) return queryKey;
    const graph = this.#graph;
    const heads = headCount + keyHeadCount;
    const apart = this.#reshape(queryKey, [0, 0, heads, headSize]);
    const unit = graph.floats(new Array<number>(headSize).fill(1));
    const normed = graph.emit("SimplifiedLayerNormalization", [apart, unit], {
      attributes: this.#normAttributes(),
    });
    const names = Array.from(
      { length: heads },
      (_, head) => `${attention}.${head < headCount ? "q" : "k"}_norm.weight`,
    );
    const factors = names.map((_, head) => (head < headCount ? headSize ** -0.5 : 1));
    const weight = this.#reshape(this.#fused(`${attention}.qk_norm`, names, factors), [heads, headSize]);
    return this.#reshape(graph.emit("Mul", [normed, weight]), [0, 0, heads * headSize]);
  }

  /** hidden + gated feed-forward of the normed hidden states; [N, hiddenSize]. */
  feedForward(hidden: Value, layer: number): Value {
    const graph = this.#graph;
    const { feedForwardSize } = this.#config;
    const prefix = layerPrefix(layer);
    const normed = this.#norm(hidden, `${prefix}.post_attention_layernorm.weight`);
    const projections = [`${prefix}.mlp.gate_proj`, `${prefix}.mlp.up_proj`];
    const both = this.#project(normed, `${prefix}.mlp.gate_up`, projections);
    const [gate, up] = this.#split(both, [feedForwardSize, feedForwardSize]);
    // QuickGelu with alpha 1 is x · sigmoid(x), SiLU, in one pass.
    const silu = graph.emit("QuickGelu", [gate], {
      domain: "com.microsoft",
      attributes: { alpha: { float: 1 } },
    });
    const gated = graph.emit("Mul", [silu, up]);
    return this.#project(gated, `${prefix}.mlp.down`, [`${prefix}.mlp.down_proj`], { addend: hidden });
  }

  /** The outputs for the tokens of `last`. */
  predict(hidden: Value): void {
    const graph = this.#graph;
    const wanted = this.#norm(graph.emit("Gather", [hidden, this.#batch.last]), finalNormName);
    const tied = this.#config.tiedHead;
    const name = headName(this.#config);
    const logits = this.#linear(wanted, tied ? this.#embedding : this.#fused(name, [name]));
    const axis = { axis: { int: -1 } };
    const logprobs = graph.emit("LogSoftmax", [logits], { attributes: axis });
    const tempered = graph.emit("Mul", [logprobs, this.#batch.inverseTemperature]);
    const noDimension = { keepdims: { int: 0 } };
    const best = graph.emit("ArgMax", [logits], { type: "int64", attributes: { ...axis, ...noDimension } });
    graph.output("logprobs", logprobs);
    graph.output("probabilities", graph.emit("Softmax", [tempered], { attributes: axis }));
    graph.output("best", best);
    const bestLogprob = graph.emit("ReduceMax", [logprobs, graph.integers([-1])], {
      attributes: noDimension,
    });
    graph.output("best_logprob", bestLogprob);
  }

  /**
   * softmax([q·prefixᵀ, q·cacheᵀ, q·kᵀ] + mask) · [prefix, cached, new values], packed: [N, heads · D]. The query heads of a
   * key head are stacked, so keys and values are never repeated.
   */
  #mix(query: Value, key: Value, value: Value, layer: number): Value {
    const graph = this.#graph;
    const { headCount, keyHeadCount, headSize } = this.#config;
    const caches = this.#caches(layer);
    const queries = this.#reshape(query, [0, 0, keyHeadCount, headCount / keyHeadCount, headSize]);
    const stacked = graph.emit("Reshape", [this.#transpose(queries, [0, 2, 1, 3, 4]), this.#batch.stack]);
    const perHead = (x: Value): Value =>
      this.#transpose(this.#reshape(x, [0, 0, keyHeadCount, 1, headSize]), [0, 2, 3, 1, 4]);
    const [newKey, newValue] = [perHead(key), perHead(value)];
    const prefixScores = this.#perPrefix(stacked, (x) => this.#timesTransposed(x, caches.prefixKey));
    const ownScores = [caches.key, newKey].map((keys) => this.#timesTransposed(stacked, keys));
    const scores = graph.emit("Concat", [prefixScores, ...ownScores], { attributes: { axis: { int: -1 } } });
    const masked = graph.emit("Add", [scores, this.#batch.mask]);
    const shares = graph.emit("Softmax", [masked], { attributes: { axis: { int: -1 } } });
    const [prefix, past, present] = this.#splitBy(shares, this.#batch.split, 3);
    const mixed = graph.emit("Sum", [
      this.#perPrefix(prefix!, (x) => graph.emit("MatMul", [x, caches.prefixValue])),
      graph.emit("MatMul", [past!, caches.value]),
      graph.emit("MatMul", [present!, newValue]),
    ]);
    const split = this.#reshape(mixed, [0, keyHeadCount, -1, headCount / keyHeadCount, headSize]);
    const flat = this.#reshape(this.#transpose(split, [0, 2, 1, 3, 4]), [-1, headCount * headSize]);
    return graph.emit("Gather", [flat, this.#batch.slots]);
  }

  #caches(layer: number) {
    const { keyHeadCount, headSize } = this.#config;
    const names = layerNames(layer);
    const input = (name: string, shape: readonly (number | string)[]): Value =>
      this.#graph.input(name, "float32", shape);
    return {
      prefixKey: input(names.prefixKey, ["G", 1, keyHeadCount, 1, "L", headSize]),
      prefixValue: input(names.prefixValue, ["G", 1, keyHeadCount, 1, "L", headSize]),
      key: input(names.key, ["B", keyHeadCount, 1, "P", headSize]),
      value: input(names.value, ["B", keyHeadCount, 1, "P", headSize]),
    };
  }

  /**
   * The product of each row of x [B, K, X, Y, ·] with the matrix of its prefix. `multiply` takes x as [G, M, K, X, Y, ·]
   * and broadcasts the matrices [G, 1, K, 1, ·, ·]: the rows of a prefix follow each other with the same matrix, which is then
   * in the processor's cache; each is a product by itself, so a row's bits do not depend on how many share the prefix.
   */
  #perPrefix(x: Value, multiply: (grouped: Value) => Value): Value {
    const grouped = this.#graph.emit("Gather", [x, this.#batch.members]);
    return this.#graph.emit("GatherND", [multiply(grouped), this.#batch.seats]);
  }

  /** x yᵀ of the last two dimensions. */
  #timesTransposed(x: Value, y: Value): Value {
    return this.#graph.emit("FusedMatMul", [x, y], {
      domain: "com.microsoft",
      attributes: { transB: { int: 1 } },
    });
  }

  #norm(x: Value, name: string): Value {
    const attributes = this.#normAttributes();
    return this.#graph.emit("SimplifiedLayerNormalization", [x, this.#fused(name, [name])], { attributes });
  }

  #normAttributes() {
    return { axis: { int: -1 }, epsilon: { float: this.#config.normEpsilon }, stash_type: { int: 1 } };
  }

  /** The products with the named linears side by side, each times its factor, plus `addend`: [N, out] or a bias [out]. */
  #project(
    x: Value,
    path: string,
    modules: readonly string[],
    { factors, addend }: { readonly factors?: readonly number[]; readonly addend?: Value | undefined } = {},
  ): Value {
    const packed = this.#packed?.find(modules, factors);
    if (packed !== undefined)
      return emitPackedLinear(this.#graph, x, { path, ...packed, addend }, this.#store);
    const names = modules.map((module) => `${module}.weight`);
    return this.#linear(x, this.#fused(path, names, factors), addend);
  }

  /** x Wᵀ + addend. */
  #linear(x: Value, weight: Value, addend?: Value): Value {
    const inputs = addend === undefined ? [x, weight] : [x, weight, addend];
    return this.#graph.emit("Gemm", inputs, { attributes: { transB: { int: 1 } } });
  }

  #split(x: Value, sizes: readonly [number, number]): [Value, Value] {
    const [first, second] = this.#splitBy(x, this.#graph.integers(sizes), 2);
    return [first!, second!];
  }

  #splitBy(x: Value, sizes: Value, parts: number): Value[] {
    const types = Array.from({ length: parts }, () => "float32" as const);
    return this.#graph.emitMany("Split", [x, sizes], types, { attributes: { axis: { int: -1 } } });
  }

  #reshape(x: Value, shape: readonly number[]): Value {
    return this.#graph.emit("Reshape", [x, this.#graph.integers(shape)]);
  }

  #transpose(x: Value, order: readonly number[]): Value {
    return this.#graph.emit("Transpose", [x], { attributes: { perm: { ints: order } } });
  }

  /** A constant: the named weights one below the other, each times its factor. */
  #fused(path: string, names: readonly string[], factors?: readonly number[]): Value {
    const parts = names.map((name) => this.#weights.get(name)!);
    const data = factors === undefined && parts.length === 1 ? parts[0]!.data : concatenate(parts, factors);
    const shape = [parts.reduce((sum, part) => sum + part.shape[0]!, 0), ...parts[0]!.shape.slice(1)];
    return this.#store(path, "float32", shape, data);
  }

  /** A constant of the model whose bytes are handed over beside it. */
  readonly #store: StoreConstant = (path, type, shape, data) => {
    const length = data.byteLength;
    this.#external.push({ path, data: new Uint8Array(data.buffer, data.byteOffset, length) });
    return this.#graph.stored(path, { type, shape, location: path, offset: 0, length });
  };
}

function concatenate(parts: readonly WeightTensor[], factors: readonly number[] | undefined): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let offset = 0;
  for (const [index, { data }] of parts.entries()) {
    const factor = factors?.[index] ?? 1;
    if (factor === 1) joined.set(data, offset);
    else for (let item = 0; item < data.length; item++) joined[offset + item] = data[item]! * factor;
    offset += data.length;
  }
  return joined;
}
