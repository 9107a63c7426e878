/**
 * The decoder run layer by layer: the graphs of one layer and of the output layer, compiled once and fed with the weights of
 * each layer in turn. Only the hidden states between layers are kept; the gradient pass computes what is inside a layer
 * again (arXiv 1604.06174). So memory holds the activations of one layer instead of all.
 */
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { GraphBuilder, type Value } from "../graph/graph-builder.js";
import { Tape } from "../graph/tape.js";
import {
  type BatchValues,
  declareBatch,
  headGraph,
  layerGraph,
  type WeightValues,
} from "../transformer/decoder-graph.js";
import { embeddingName, finalNormName, headName, layerPrefix } from "../transformer/decoder-tensors.js";
import {
  compile,
  type DecoderGraphOptions,
  type DecoderOutputs,
  type DecoderRunner,
  declareWeights,
  floatsOf,
  type GradientOutput,
  tensorOf,
} from "./decoder-session.js";
import type { WeightFeeds } from "./weight-feeds.js";

type Feeds = Readonly<Record<string, Tensor>>;

/** Weights of a part, by their name in its graph: layers all use the names of layer 0. */
type Names = ReadonlyMap<string, string>;

/** A graph for a layer or the head, with or without gradients. */
interface Part {
  readonly session: InferenceSession;
  /** Names in the graph of the weights whose gradients are its outputs `gradient_i`. */
  readonly trained: readonly string[];
}

/** The decoder without its gradients, or with them. */
export class LayeredSession implements DecoderRunner {
  readonly #options: DecoderGraphOptions;
  readonly #feeds: WeightFeeds;
  readonly #threads: number;
  readonly #layers: readonly Names[];
  readonly #head: Names;
  /** Compiled graphs by what sets them apart. */
  readonly #parts = new Map<string, Promise<Part>>();

  /** Graphs are compiled when they are first needed. Equal inputs and threads give equal bits. */
  constructor(options: DecoderGraphOptions, feeds: WeightFeeds, threads: number) {
    this.#options = options;
    this.#feeds = feeds;
    this.#threads = threads;
    const { config, shapes } = options;
    this.#layers = Array.from({ length: config.layerCount }, (_, layer) => layerNames(shapes, layer));
    this.#head = new Map([finalNormName, headName(config)].map((name) => [name, name]));
  }

  async run(inputs: Feeds): Promise<DecoderOutputs> {
    const trains = this.#options.trainable.length > 0;
    let hidden = this.#embed(inputs.tokens!);
    const kept: Tensor[] = [];
    for (const names of this.#layers) {
      if (trains) kept.push(hidden);
      hidden = await this.#forward(names, hidden, inputs);
    }
    return trains ? this.#backward(kept, hidden, inputs) : this.#score(hidden, inputs);
  }

  rest(): void {
    this.#feeds.rest();
  }

  async release(): Promise<void> {
    for (const part of this.#parts.values()) await (await part).session.release();
    this.#parts.clear();
  }

  async #score(hidden: Tensor, inputs: Feeds): Promise<DecoderOutputs> {
    const { session } = await this.#part("head", this.#head, "forward");
    const results = await session.run({ ...inputs, ...this.#feed(this.#head), hidden });
    return { logprobs: floatsOf(results, "logprobs"), gradients: [] };
  }

  /** From the head down to the lowest layer that has trained weights, or to the embedding where that is trained. */
  async #backward(kept: readonly Tensor[], last: Tensor, inputs: Feeds): Promise<DecoderOutputs> {
    const head = await this.#part("head", this.#head, "backward");
    const results = await head.session.run({ ...inputs, ...this.#feed(this.#head), hidden: last });
    const gradients = gradientsOf(results, head, this.#head);
    const logprobs = floatsOf(results, "logprobs");
    const lowest = this.#lowestTrained();
    let gradient = tensorNamed(results, "hidden_gradient");
    for (let layer = kept.length - 1; layer >= lowest; layer -= 1) {
      const names = this.#layers[layer]!;
      const part = await this.#part("layer", names, "backward");
      const outputs = await part.session.run({
        ...inputs,
        ...this.#feed(names),
        hidden: kept[layer]!,
        gradient,
      });
      gradients.push(...gradientsOf(outputs, part, names));
      gradient = tensorNamed(outputs, "hidden_gradient");
    }
    if (!this.#options.trainable.includes(embeddingName)) return { logprobs, gradients };
    const rows = { name: embeddingName, kind: "rows", data: floatsOf({ gradient }, "gradient") } as const;
    return { logprobs, gradients: [...gradients, rows] };
  }

  async #forward(names: Names, hidden: Tensor, inputs: Feeds): Promise<Tensor> {
    const { session } = await this.#part("layer", names, "forward");
    return tensorNamed(await session.run({ ...inputs, ...this.#feed(names), hidden }), "hidden_after");
  }

  /** The rows of the embedding, [N, hiddenSize]. */
  #embed(tokens: Tensor): Tensor {
    if (!(tokens.data instanceof BigInt64Array)) throw new TypeError("Token ids must be int64.");
    return tensorOf(this.#feeds.rows(embeddingName, tokens.data));
  }

  #feed(names: Names): Record<string, Tensor> {
    return Object.fromEntries([...names].map(([own, name]) => [own, this.#feeds.tensor(name, own)]));
  }

  #lowestTrained(): number {
    const { trainable } = this.#options;
    if (trainable.includes(embeddingName)) return 0;
    const lowest = this.#layers.findIndex((names) =>
      [...names.values()].some((name) => trainable.includes(name)),
    );
    return lowest === -1 ? this.#layers.length : lowest;
  }

  /** Compiled when first needed; layers with equal shapes and equal trained weights share it. */
  #part(kind: "layer" | "head", names: Names, pass: "forward" | "backward"): Promise<Part> {
    const { shapes, trainable } = this.#options;
    const local = new Map([...names].map(([own, name]) => [own, shapes.get(name)!]));
    const trained = pass === "forward" ? [] : [...names].filter(([, name]) => trainable.includes(name));
    const key = JSON.stringify([kind, pass, [...local], trained.map(([own]) => own)]);
    const known = this.#parts.get(key);
    if (known !== undefined) return known;
    const build = kind === "layer" ? buildLayer : buildHead;
    const model = build({
      ...this.#options,
      shapes: local,
      trainable: trained.map(([own]) => own),
      pass,
    });
    const part = compile(model, this.#threads).then((session) => ({
      session,
      trained: trained.map(([own]) => own),
    }));
    this.#parts.set(key, part);
    return part;
  }
}

interface PartOptions extends DecoderGraphOptions {
  readonly pass: "forward" | "backward";
}

/** `hidden` → `hidden_after`; or `hidden`, `gradient` → `hidden_gradient`, `gradient_0` … */
function buildLayer(options: PartOptions): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder("layer");
  const tape = new Tape(graph);
  const { batch, weights, hidden } = declareInputs(graph, options);
  const result = layerGraph(tape, options.config, batch, weights, hidden);
  if (options.pass === "forward") {
    graph.output("hidden_after", result);
    return graph.build();
  }
  const gradient = graph.input("gradient", "float32", ["N", options.config.hiddenSize]);
  outputGradients(tape, { result, seed: gradient, hidden, weights, trainable: options.trainable });
  return graph.build();
}

/** `hidden` → `logprobs`; or `hidden`, `seed` → `logprobs`, `hidden_gradient`, `gradient_0` … */
function buildHead(options: PartOptions): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder("head");
  const tape = new Tape(graph);
  const { batch, weights, hidden } = declareInputs(graph, options);
  const result = headGraph(tape, options.config, batch, weights, hidden);
  graph.output("logprobs", result);
  if (options.pass === "forward") return graph.build();
  const seed = graph.input("seed", "float32", ["W"]);
  outputGradients(tape, { result, seed, hidden, weights, trainable: options.trainable });
  return graph.build();
}

function declareInputs(
  graph: GraphBuilder,
  options: PartOptions,
): { readonly batch: BatchValues; readonly weights: WeightValues; readonly hidden: Value } {
  return {
    batch: declareBatch(graph, options.config),
    weights: declareWeights(graph, options),
    hidden: graph.input("hidden", "float32", ["N", options.config.hiddenSize]),
  };
}

interface GradientTask {
  readonly result: Value;
  readonly seed: Value;
  readonly hidden: Value;
  readonly weights: WeightValues;
  readonly trainable: readonly string[];
}

function outputGradients(tape: Tape, task: GradientTask): void {
  const wanted = [task.hidden, ...task.trainable.map((name) => task.weights.base(name))];
  const [ofHidden, ...ofWeights] = tape.gradients(task.result, task.seed, wanted);
  tape.graph.output("hidden_gradient", ofHidden!);
  for (const [index, value] of ofWeights.entries()) tape.graph.output(`gradient_${index}`, value);
}

/** The weights of a layer, adapters' factors included, in the order of `shapes`. */
function layerNames(shapes: ReadonlyMap<string, readonly number[]>, layer: number): Names {
  const [prefix, first] = [`${layerPrefix(layer)}.`, `${layerPrefix(0)}.`];
  const own = [...shapes.keys()].filter((name) => name.startsWith(prefix));
  return new Map(own.map((name) => [first + name.slice(prefix.length), name]));
}

function gradientsOf(results: InferenceSession.OnnxValueMapType, part: Part, names: Names): GradientOutput[] {
  return part.trained.map((own, index) => {
    const data = floatsOf(results, `gradient_${index}`);
    return { name: names.get(own)!, kind: "whole", data } as const;
  });
}

function tensorNamed(results: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const tensor = results[name];
  if (tensor === undefined) throw new TypeError(`The graph has no output ${name}.`);
  return tensor;
}
