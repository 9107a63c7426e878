/**
 * Fresh weights for a small Llama, with a copying circuit set by hand.
 *
 * A small model that learns from scratch needs very many tokens before it copies unseen names from its prompt (our
 * probes: `docs/log.md`). The circuit is a starting point that does so from the first step: two heads of layer 0 tell
 * each position which tokens stood one and two places before it; two heads of layer 1 look for an earlier place with
 * the same history and copy what followed there (induction heads, arXiv 2209.11895). These are ordinary weights of an
 * ordinary Llama, and all of them are trained further.
 */

import { createRandom, deriveSeed, type Random } from "../../method/random.js";
import { ConfigError } from "../../spec/index.js";
import type { WeightTensor } from "./weights/loaded-weights.js";

/** The sizes of a fresh model. `hiddenSize` is d, `headCount · headSize` the width of attention. */
export interface FreshModelShape {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  readonly headSize: number;
  readonly feedForwardSize: number;
  readonly contextLength: number;
  /** Base of the rotary frequencies θ^(−2i/headSize). */
  readonly ropeTheta: number;
}

/** How fresh weights are drawn. */
export interface FreshModelOptions {
  readonly seed: number;
  /** Standard deviation of the tied embedding. With 0.02 the logit of a copied token cannot grow large enough. */
  readonly embeddingDeviation: number;
  /** False draws every weight at random. */
  readonly copyCircuit: boolean;
}

/** Column 0 of every embedding: a constant that heads can read to attend by position alone. */
const CONSTANT_DEVIATIONS = 1.5;
/** Peak of the attention score of the previous-token heads, before softmax. */
const PREVIOUS_TOKEN_SCORE = 80;
/** Attention score of an induction head where the histories match. */
const MATCH_SCORE = 18;
/** Strength of a copied token against the embedding of the current one. */
const COPY_DEVIATIONS = 4;
/** Rotary pairs slower than this hold still over a prompt, so that they can compare tokens at any distance. */
const SLOW_FREQUENCY = 0.005;
/** Rotary pairs that the previous-token heads use: the fastest. */
const FAST_PAIRS = 8;

/** Hugging Face `config.json` of a fresh model with tied embeddings. */
export function freshModelConfig(shape: FreshModelShape): Record<string, unknown> {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    attention_bias: false,
    attention_dropout: 0,
    head_dim: shape.headSize,
    hidden_act: "silu",
    hidden_size: shape.hiddenSize,
    initializer_range: 0.02,
    intermediate_size: shape.feedForwardSize,
    max_position_embeddings: shape.contextLength,
    mlp_bias: false,
    num_attention_heads: shape.headCount,
    num_hidden_layers: shape.layerCount,
    num_key_value_heads: shape.headCount,
    rms_norm_eps: 1e-6,
    rope_theta: shape.ropeTheta,
    tie_word_embeddings: true,
    torch_dtype: "float32",
    use_cache: true,
    vocab_size: shape.vocabularySize,
  };
}

/**
 * Fresh weights by their Hugging Face names, matrices as `[out, in]`; the head is tied to the embedding.
 *
 * @throws ConfigError where the copying circuit does not fit the shape.
 */
export function initialiseModel(
  shape: FreshModelShape,
  options: FreshModelOptions,
): Map<string, WeightTensor> {
  const tensors = randomWeights(shape, options);
  if (options.copyCircuit) setCopyCircuit(shape, options, tensors);
  return tensors;
}

function randomWeights(shape: FreshModelShape, options: FreshModelOptions): Map<string, WeightTensor> {
  const { hiddenSize: d, feedForwardSize: ff, vocabularySize } = shape;
  const width = shape.headCount * shape.headSize;
  const tensors = new Map<string, WeightTensor>();
  const draw = (name: string, rows: number, columns: number, deviation: number): void => {
    tensors.set(name, normalMatrix(rows, columns, deviation, createRandom(deriveSeed(options.seed, name))));
  };
  // What a layer adds to the stream starts small against the embedding, so that depth does not drown the tokens.
  const outputScale = options.embeddingDeviation / Math.sqrt(2 * shape.layerCount);
  draw("model.embed_tokens.weight", vocabularySize, d, options.embeddingDeviation);
  for (let layer = 0; layer < shape.layerCount; layer++) {
    const prefix = `model.layers.${layer}`;
    for (const name of ["q_proj", "k_proj", "v_proj"]) {
      draw(`${prefix}.self_attn.${name}.weight`, width, d, 1 / Math.sqrt(d));
    }
    draw(`${prefix}.self_attn.o_proj.weight`, d, width, outputScale / Math.sqrt(width));
    draw(`${prefix}.mlp.gate_proj.weight`, ff, d, 1 / Math.sqrt(d));
    draw(`${prefix}.mlp.up_proj.weight`, ff, d, 1 / Math.sqrt(d));
    draw(`${prefix}.mlp.down_proj.weight`, d, ff, outputScale / Math.sqrt(ff));
    tensors.set(`${prefix}.input_layernorm.weight`, ones(d));
    tensors.set(`${prefix}.post_attention_layernorm.weight`, ones(d));
  }
  tensors.set("model.norm.weight", ones(d));
  return tensors;
}

/** Writes the circuit over the random weights of the embedding's column 0 and of heads 0 and 1 of layers 0 and 1. */
function setCopyCircuit(
  shape: FreshModelShape,
  options: FreshModelOptions,
  tensors: Map<string, WeightTensor>,
): void {
  const circuit = planCircuit(shape, options);
  setConstantColumn(shape, options, tensors);
  for (const head of [0, 1]) setPreviousTokenHead(circuit, tensors, head);
  setInductionHead(circuit, tensors, 0, 0);
  setInductionHead(circuit, tensors, 1, circuit.slowDimensions.length >> 1);
}

/** What the heads of the circuit share. Directions are rows of orthonormal matrices `[headSize, d]`. */
interface Circuit {
  readonly shape: FreshModelShape;
  readonly deviation: number;
  /** Dimensions of a head that lie on slow rotary pairs. */
  readonly slowDimensions: readonly number[];
  /** Reads the token at a place. */
  readonly tokenDirections: Float32Array;
  /** Holds the token `offset` places before, for offsets 1 and 2. */
  readonly historyDirections: readonly [Float32Array, Float32Array];
  /** Carry a copied token from the place attended to the output: `[2 · headSize, d]`, a half for each induction head. */
  readonly copyDirections: Float32Array;
}

function planCircuit(shape: FreshModelShape, options: FreshModelOptions): Circuit {
  if (shape.layerCount < 2 || shape.headCount < 2 || shape.headSize >= shape.hiddenSize) {
    throw new ConfigError(
      `The copying circuit needs at least 2 layers, 2 heads and heads narrower than the model; got ${shape.layerCount} layers, ${shape.headCount} heads of ${shape.headSize}, width ${shape.hiddenSize}. Change the shape or set copyCircuit to false.`,
      { ...shape },
    );
  }
  const directions = (label: string, heads = 1): Float32Array => {
    const rows = Math.min(heads * shape.headSize, shape.hiddenSize - 1);
    return orthonormalRows(rows, shape.hiddenSize, createRandom(deriveSeed(options.seed, "circuit", label)));
  };
  return {
    shape,
    deviation: options.embeddingDeviation,
    slowDimensions: slowDimensions(shape),
    tokenDirections: directions("token"),
    historyDirections: [directions("one before"), directions("two before")],
    copyDirections: directions("copy", 2),
  };
}

/** Both dimensions (i and i + headSize/2) of every rotary pair i that is slower than the limit. */
function slowDimensions(shape: FreshModelShape): number[] {
  const half = shape.headSize / 2;
  const slow = Array.from({ length: half }, (_, pair) => pair).filter(
    (pair) => rotaryFrequency(shape, pair) < SLOW_FREQUENCY,
  );
  return slow.flatMap((pair) => [pair, pair + half]);
}

function rotaryFrequency(shape: FreshModelShape, pair: number): number {
  return shape.ropeTheta ** ((-2 * pair) / shape.headSize);
}

function setConstantColumn(
  shape: FreshModelShape,
  options: FreshModelOptions,
  tensors: Map<string, WeightTensor>,
): void {
  const embedding = tensorOf(tensors, "model.embed_tokens.weight");
  for (let token = 0; token < shape.vocabularySize; token++) {
    embedding[token * shape.hiddenSize] = CONSTANT_DEVIATIONS * options.embeddingDeviation;
  }
}

/**
 * Head `head` of layer 0 attends `head + 1` places back: its query reads the constant only, and its key is the query
 * turned by that many steps. It writes the token found there along the history directions.
 */
function setPreviousTokenHead(circuit: Circuit, tensors: Map<string, WeightTensor>, head: number): void {
  const { shape } = circuit;
  const weights = headWeights(shape, tensors, 0, head);
  weights.clear();
  const amplitude =
    Math.sqrt((PREVIOUS_TOKEN_SCORE * Math.sqrt(shape.headSize)) / FAST_PAIRS) / CONSTANT_DEVIATIONS;
  for (let pair = 0; pair < FAST_PAIRS; pair++) {
    const angle = rotaryFrequency(shape, pair) * (head + 1);
    weights.query(pair)[0] = amplitude;
    weights.key(pair)[0] = amplitude * Math.cos(angle);
    weights.key(pair + shape.headSize / 2)[0] = amplitude * Math.sin(angle);
  }
  const history = circuit.historyDirections[head === 0 ? 0 : 1];
  for (const dimension of circuit.slowDimensions) {
    weights.value(dimension).set(row(circuit.tokenDirections, dimension, shape.hiddenSize));
    weights.writeOutput(dimension, row(history, dimension, shape.hiddenSize), 1.5 * circuit.deviation);
  }
}

/**
 * Head `head` of layer 1 attends to places whose previous token is the current one, and copies the token there.
 * The first `longer` slow dimensions compare one token further back instead: the previous token with the token two
 * places before. 0 compares the current token alone.
 */
function setInductionHead(
  circuit: Circuit,
  tensors: Map<string, WeightTensor>,
  head: number,
  longer: number,
): void {
  const { shape, slowDimensions: slow } = circuit;
  const weights = headWeights(shape, tensors, 1, head);
  weights.clear();
  const amplitude = Math.sqrt(
    (MATCH_SCORE * Math.sqrt(shape.headSize) * (longer > 0 ? 1.5 : 1)) / (0.7 * slow.length),
  );
  slow.forEach((dimension, index) => {
    const useLonger = index < longer;
    const now = useLonger ? circuit.historyDirections[0] : circuit.tokenDirections;
    const then = circuit.historyDirections[useLonger ? 1 : 0];
    copyScaled(row(now, dimension, shape.hiddenSize), weights.query(dimension), amplitude);
    copyScaled(row(then, dimension, shape.hiddenSize), weights.key(dimension), amplitude);
  });
  const first = head * shape.headSize;
  const rows = Math.min(shape.headSize, circuit.copyDirections.length / shape.hiddenSize - first);
  for (let dimension = 0; dimension < rows; dimension++) {
    const direction = row(circuit.copyDirections, first + dimension, shape.hiddenSize);
    weights.value(dimension).set(direction);
    weights.writeOutput(dimension, direction, COPY_DEVIATIONS * circuit.deviation);
  }
}

/** Views on the rows of one head's projections. */
interface HeadWeights {
  clear(): void;
  query(dimension: number): Float32Array;
  key(dimension: number): Float32Array;
  value(dimension: number): Float32Array;
  /** Makes the head's dimension write along a direction of the stream. */
  writeOutput(dimension: number, direction: Float32Array, scale: number): void;
}

function headWeights(
  shape: FreshModelShape,
  tensors: Map<string, WeightTensor>,
  layer: number,
  head: number,
): HeadWeights {
  const { hiddenSize: d, headSize } = shape;
  const width = shape.headCount * headSize;
  const name = (projection: string): string => `model.layers.${layer}.self_attn.${projection}.weight`;
  const inputs = ["q_proj", "k_proj", "v_proj"].map((projection) => tensorOf(tensors, name(projection)));
  const output = tensorOf(tensors, name("o_proj"));
  const rowOf = (input: number) => (dimension: number) => row(inputs[input]!, head * headSize + dimension, d);
  return {
    clear(): void {
      for (const input of inputs) input.fill(0, head * headSize * d, (head + 1) * headSize * d);
      for (let line = 0; line < d; line++) {
        output.fill(0, line * width + head * headSize, line * width + (head + 1) * headSize);
      }
    },
    query: rowOf(0),
    key: rowOf(1),
    value: rowOf(2),
    writeOutput(dimension, direction, scale): void {
      for (let line = 0; line < d; line++) {
        output[line * width + head * headSize + dimension] = scale * direction[line]!;
      }
    },
  };
}

function normalMatrix(rows: number, columns: number, deviation: number, random: Random): WeightTensor {
  const data = new Float32Array(rows * columns);
  for (let index = 0; index < data.length; index++) data[index] = deviation * random.normal();
  return { shape: [rows, columns], data };
}

/** Orthonormal rows (Gram–Schmidt on normal draws), with column 0, the constant's, left out. */
function orthonormalRows(rows: number, columns: number, random: Random): Float32Array {
  const { data } = normalMatrix(rows, columns, 1, random);
  for (let index = 0; index < rows; index++) {
    const current = row(data, index, columns);
    current[0] = 0;
    for (let before = 0; before < index; before++) removeDirection(current, row(data, before, columns));
    const length = Math.sqrt(dot(current, current));
    for (let column = 0; column < columns; column++) current[column]! /= length;
  }
  return data;
}

function removeDirection(vector: Float32Array, unit: Float32Array): void {
  const share = dot(vector, unit);
  for (let index = 0; index < vector.length; index++) vector[index]! -= share * unit[index]!;
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}

function copyScaled(from: Float32Array, to: Float32Array, scale: number): void {
  for (let index = 0; index < from.length; index++) to[index] = scale * from[index]!;
}

function ones(length: number): WeightTensor {
  return { shape: [length], data: new Float32Array(length).fill(1) };
}

function row(matrix: Float32Array, index: number, columns: number): Float32Array {
  return matrix.subarray(index * columns, (index + 1) * columns);
}

function tensorOf(tensors: Map<string, WeightTensor>, name: string): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new ConfigError(`The fresh model has no weight ${name}.`, { name });
  return tensor.data;
}
