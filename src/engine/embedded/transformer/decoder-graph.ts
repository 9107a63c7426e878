/**
 * The decoder as a differentiable graph: token ids in, log-probabilities of wanted tokens out. Activations are
 * [N, hiddenSize]. Which token stands where, and which tokens it looks at, is data (positions, the rows of attention and
 * their bias), never structure.
 */
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { attention, type QueryStretches, stretchBiases } from "../graph/operations/attention.js";
import { gatedSilu } from "../graph/operations/gated-silu.js";
import { collectQueries, type GridValues, spreadKeys, spreadQueries } from "../graph/operations/grid.js";
import { add, linear } from "../graph/operations/linear.js";
import { pickLogProbabilities } from "../graph/operations/log-probabilities.js";
import { rmsNorm } from "../graph/operations/rms-norm.js";
import { type RotaryTables, rotate } from "../graph/operations/rotary.js";
import { reshape, selectRows } from "../graph/operations/shape.js";
import type { Tape } from "../graph/tape.js";
import type { DecoderConfig } from "./decoder-config.js";
import { embeddingName, finalNormName, headName, layerPrefix } from "./decoder-tensors.js";

/** Stretches of queries that attention runs in; a row has at least as many queries. */
export const queryStretches = 4;

/** The graph inputs that describe a batch. */
export interface BatchValues {
  /** int64 [N]. */
  readonly tokens: Value;
  /** int64 [N, 1]: row of the rotary tables of each token. */
  readonly positions: Value;
  /** Where the tokens stand in the rows of attention. */
  readonly grid: GridValues;
  /** [1 or rows, 1, queries, keys]: added to the attention scores. */
  readonly bias: Value;
  /** int64 [n]: queries of each stretch. */
  readonly queryCounts: Value;
  /** int64 [n, 1] and [n, 8]: keys that each stretch looks at, and the padding to all. */
  readonly keyCounts: Value;
  readonly keyPads: Value;
  /** int64 [R], distinct, in [0, N): where the output layer is computed. */
  readonly rows: Value;
  /** int64 [W, 2], distinct: (index into `rows`, token id) of each wanted log-probability. */
  readonly picks: Value;
  /** [P, headSize / 2] each. */
  readonly cosine: Value;
  readonly sine: Value;
}

/** What the graph computes. */
export interface DecoderValues {
  /** [W] */
  readonly logprobs: Value;
  /** [N, hiddenSize]: the embeddings of the tokens. Their gradient is that of the embedding's rows. */
  readonly embedded: Value;
}

/** A low-rank update of a linear. */
export interface AdapterValues {
  /** [rank, in] */
  readonly a: Value;
  /** [out, rank] */
  readonly b: Value;
  /** alpha / rank. */
  readonly scale: number;
}

/** Where the graph finds its weights. */
export interface WeightValues {
  /** The weight of that name. */
  readonly base: (name: string) => Value;
  /** The weight of that name, if the model has one. */
  readonly optional: (name: string) => Value | undefined;
  /** The update of the module of that name (`model.layers.0.self_attn.q_proj`), if it has one. */
  readonly adapter: (module: string) => AdapterValues | undefined;
}

/** Declares the inputs that describe a batch. */
export function declareBatch(graph: GraphBuilder, config: DecoderConfig): BatchValues {
  return {
    tokens: graph.input("tokens", "int64", ["N"]),
    positions: graph.input("positions", "int64", ["N", 1]),
    grid: {
      queryTokens: graph.input("query_tokens", "int64", ["rows", "Q"]),
      queryPlaces: graph.input("query_places", "int64", ["N", 2]),
      keyTokens: graph.input("key_tokens", "int64", ["rows", "K"]),
      keyPlaces: graph.input("key_places", "int64", ["N", 2]),
      sharedTokens: graph.input("shared_tokens", "int64", ["U", 1]),
      sharedPlaces: graph.input("shared_places", "int64", ["U", "D", 2]),
    },
    bias: graph.input("bias", "float32", ["biases", 1, "Q", "K"]),
    queryCounts: graph.input("query_counts", "int64", [queryStretches]),
    keyCounts: graph.input("key_counts", "int64", [queryStretches, 1]),
    keyPads: graph.input("key_pads", "int64", [queryStretches, 8]),
    rows: graph.input("rows", "int64", ["R"]),
    picks: graph.input("picks", "int64", ["W", 2]),
    cosine: graph.input("cosine", "float32", ["P", config.headSize / 2]),
    sine: graph.input("sine", "float32", ["P", config.headSize / 2]),
  };
}

/** Emits the whole decoder. */
export function decoderGraph(
  tape: Tape,
  config: DecoderConfig,
  batch: BatchValues,
  weights: WeightValues,
): DecoderValues {
  const context = new DecoderContext(tape, config, batch, weights);
  const embedded = context.embed();
  let hidden = embedded;
  for (let layer = 0; layer < config.layerCount; layer += 1) hidden = layerBlock(context, hidden, layer);
  return { logprobs: predict(context, hidden), embedded };
}

/** Emits one layer alone, under the names of layer 0: hidden states [N, hiddenSize] in and out. */
export function layerGraph(
  tape: Tape,
  config: DecoderConfig,
  batch: BatchValues,
  weights: WeightValues,
  hidden: Value,
): Value {
  return layerBlock(new DecoderContext(tape, config, batch, weights), hidden, 0);
}

/** Emits what follows the last layer: hidden states [N, hiddenSize] in, log-probabilities [W] out. */
export function headGraph(
  tape: Tape,
  config: DecoderConfig,
  batch: BatchValues,
  weights: WeightValues,
  hidden: Value,
): Value {
  return predict(new DecoderContext(tape, config, batch, weights), hidden);
}

function layerBlock(context: DecoderContext, hidden: Value, layer: number): Value {
  return feedForwardBlock(context, attentionBlock(context, hidden, layer), layer);
}

function predict(context: DecoderContext, hidden: Value): Value {
  const { tape, config, batch, weights } = context;
  const wanted = context.norm(selectRows(tape, hidden, batch.rows), finalNormName);
  const logits = linear(tape, wanted, weights.base(headName(config)));
  return pickLogProbabilities(tape, logits, batch.picks);
}

function attentionBlock(context: DecoderContext, hidden: Value, layer: number): Value {
  const { tape, config } = context;
  const prefix = layerPrefix(layer);
  const normed = context.norm(hidden, `${prefix}.input_layernorm.weight`);
  const project = (name: string): Value => context.project(normed, `${prefix}.self_attn.${name}_proj`);
  const heads = (name: string, count: number): Value =>
    context.normHeads(project(name), `${prefix}.self_attn.${name}_norm`, count);
  const { positions, grid } = context.batch;
  const query = rotate(tape, heads("q", config.headCount), positions, context.queryTables);
  const key = rotate(tape, heads("k", config.keyHeadCount), positions, context.keyTables);
  const mixed = attention(tape, {
    query: spreadQueries(tape, query, grid),
    key: spreadKeys(tape, key, grid),
    value: spreadKeys(tape, project("v"), grid),
    ...context.stretched(),
    heads: config.headCount,
    keyHeads: config.keyHeadCount,
    headSize: config.headSize,
  });
  const packed = collectQueries(tape, mixed, grid);
  return add(tape, hidden, context.project(packed, `${prefix}.self_attn.o_proj`));
}

function feedForwardBlock(context: DecoderContext, hidden: Value, layer: number): Value {
  const prefix = layerPrefix(layer);
  const normed = context.norm(hidden, `${prefix}.post_attention_layernorm.weight`);
  const gate = context.project(normed, `${prefix}.mlp.gate_proj`);
  const up = context.project(normed, `${prefix}.mlp.up_proj`);
  const activated = gatedSilu(context.tape, gate, up);
  return add(context.tape, hidden, context.project(activated, `${prefix}.mlp.down_proj`));
}

/** What the blocks share. */
class DecoderContext {
  readonly queryTables: RotaryTables;
  readonly keyTables: RotaryTables;
  #stretches: { readonly stretches: QueryStretches; readonly biases: readonly Value[] } | undefined;

  constructor(
    readonly tape: Tape,
    readonly config: DecoderConfig,
    readonly batch: BatchValues,
    readonly weights: WeightValues,
  ) {
    const { graph } = tape;
    this.keyTables = withNegative(graph, batch.cosine, batch.sine);
    // The factor of the scores goes into the queries' tables: as a node of its own it would cost a pass over all scores.
    const scale = graph.floats([config.headSize ** -0.5], []);
    this.queryTables = withNegative(
      graph,
      graph.emit("Mul", [batch.cosine, scale]),
      graph.emit("Mul", [batch.sine, scale]),
    );
  }

  /** The stretches of attention and their biases: the same for all layers. A graph without a layer has none. */
  stretched(): { readonly stretches: QueryStretches; readonly biases: readonly Value[] } {
    if (this.#stretches !== undefined) return this.#stretches;
    const { graph } = this.tape;
    const stretches = stretchesOf(graph, this.batch);
    this.#stretches = { stretches, biases: stretchBiases(graph, this.batch.bias, stretches) };
    return this.#stretches;
  }

  /** The rows of the embedding, [N, hiddenSize]. Not on the tape: the caller scatters their gradient. */
  embed(): Value {
    return this.tape.graph.emit("Gather", [this.weights.base(embeddingName), this.batch.tokens]);
  }

  norm(x: Value, name: string): Value {
    return rmsNorm(this.tape, x, this.weights.base(name), this.config.normEpsilon, this.config.hiddenSize);
  }

  /** The heads of x [N, heads · headSize] normed each by itself, for models that do that. */
  normHeads(x: Value, module: string, heads: number): Value {
    const { tape, config } = this;
    if (!config.queryKeyNorm) return x;
    const shape = (size: number): Value => tape.graph.integers([-1, size]);
    const [together, apart] = [shape(heads * config.headSize), shape(config.headSize)];
    const weight = this.weights.base(`${module}.weight`);
    const normed = rmsNorm(
      tape,
      reshape(tape, x, apart, together),
      weight,
      config.normEpsilon,
      config.headSize,
    );
    return reshape(tape, normed, together, apart);
  }

  /** x Wᵀ + bias, plus scale · (x Aᵀ) Bᵀ where the module has an adapter. */
  project(x: Value, module: string): Value {
    const bias = this.weights.optional(`${module}.bias`);
    const options = bias === undefined ? {} : { bias };
    const product = linear(this.tape, x, this.weights.base(`${module}.weight`), options);
    const adapter = this.weights.adapter(module);
    if (adapter === undefined) return product;
    const narrow = linear(this.tape, x, adapter.a, { scale: adapter.scale });
    return linear(this.tape, narrow, adapter.b, { addend: product });
  }
}

function stretchesOf(graph: GraphBuilder, batch: BatchValues): QueryStretches {
  const rowsOf = (x: Value): Value[] =>
    Array.from({ length: queryStretches }, (_, row) =>
      graph.emit("Gather", [x, graph.integers([row], [])], { type: "int64" }),
    );
  return { counts: batch.queryCounts, keyCounts: rowsOf(batch.keyCounts), keyPads: rowsOf(batch.keyPads) };
}

function withNegative(graph: GraphBuilder, cosine: Value, sine: Value): RotaryTables {
  return { cosine, sine, negativeSine: graph.emit("Neg", [sine]) };
}
