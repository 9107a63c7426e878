/**
 * The decoder as a differentiable graph: token ids in, log-probabilities of wanted tokens out. Activations are
 * [N, hiddenSize] with N = B · T. Which token stands where is data (positions, attention bias, rows), never structure.
 */
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { attention } from "../graph/operations/attention.js";
import { gatedSilu } from "../graph/operations/gated-silu.js";
import { add, linear } from "../graph/operations/linear.js";
import { pickLogProbabilities } from "../graph/operations/log-probabilities.js";
import { rmsNorm } from "../graph/operations/rms-norm.js";
import { type RotaryTables, rotate } from "../graph/operations/rotary.js";
import { reshape, selectRows } from "../graph/operations/shape.js";
import type { Tape } from "../graph/tape.js";
import type { DecoderConfig } from "./decoder-config.js";
import { embeddingName, finalNormName, headName, layerPrefix } from "./decoder-tensors.js";

/** The graph inputs that describe a batch. */
export interface BatchValues {
  /** int64 [B, T]. */
  readonly tokens: Value;
  /** int64 [B, T]: row of the rotary tables of each token. */
  readonly positions: Value;
  /** [1 or B, 1, T, T]: added to the attention scores. */
  readonly bias: Value;
  /** int64 [R], distinct, in [0, B · T): where the output layer is computed. */
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
    tokens: graph.input("tokens", "int64", ["B", "T"]),
    positions: graph.input("positions", "int64", ["B", "T"]),
    bias: graph.input("bias", "float32", ["biases", 1, "T", "T"]),
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
    context.perSequence(context.normHeads(project(name), `${prefix}.self_attn.${name}_norm`, count));
  const mixed = attention(tape, {
    query: rotate(tape, heads("q", config.headCount), context.batch.positions, context.queryTables),
    key: rotate(tape, heads("k", config.keyHeadCount), context.batch.positions, context.keyTables),
    value: context.perSequence(project("v")),
    bias: context.batch.bias,
    heads: config.headCount,
    keyHeads: config.keyHeadCount,
    headSize: config.headSize,
  });
  const flat = context.perToken(mixed, config.headCount * config.headSize);
  return add(tape, hidden, context.project(flat, `${prefix}.self_attn.o_proj`));
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
  /** [B, T, −1]. */
  readonly #sequenceShape: Value;

  constructor(
    readonly tape: Tape,
    readonly config: DecoderConfig,
    readonly batch: BatchValues,
    readonly weights: WeightValues,
  ) {
    const { graph } = tape;
    const size = graph.emit("Shape", [batch.tokens], { type: "int64" });
    this.#sequenceShape = graph.emit("Concat", [size, graph.integers([-1])], {
      type: "int64",
      attributes: { axis: { int: 0 } },
    });
    this.keyTables = withNegative(graph, batch.cosine, batch.sine);
    // The factor of the scores goes into the queries' tables: as a node of its own it would cost a pass over all scores.
    const scale = graph.floats([config.headSize ** -0.5], []);
    this.queryTables = withNegative(
      graph,
      graph.emit("Mul", [batch.cosine, scale]),
      graph.emit("Mul", [batch.sine, scale]),
    );
  }

  /** The rows of the embedding, [N, hiddenSize]. Not on the tape: the caller scatters their gradient. */
  embed(): Value {
    const { graph } = this.tape;
    const flat = graph.emit("Reshape", [this.batch.tokens, graph.integers([-1])], { type: "int64" });
    return graph.emit("Gather", [this.weights.base(embeddingName), flat]);
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

  /** [N, size] → [B, T, size]. */
  perSequence(x: Value): Value {
    const width = this.tape.graph.emit("Shape", [x], { type: "int64" });
    return reshape(this.tape, x, this.#sequenceShape, width);
  }

  /** [B, T, size] → [N, size]. */
  perToken(x: Value, size: number): Value {
    return reshape(this.tape, x, this.tape.graph.integers([-1, size]), this.#sequenceShape);
  }
}

function withNegative(graph: GraphBuilder, cosine: Value, sine: Value): RotaryTables {
  return { cosine, sine, negativeSine: graph.emit("Neg", [sine]) };
}
