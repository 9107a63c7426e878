/** Compiles the decoder graph, with or without gradients, and runs it on batches. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { GraphBuilder, type Value } from "../graph/graph-builder.js";
import { Tape } from "../graph/tape.js";
import type { DecoderConfig } from "../transformer/decoder-config.js";
import {
  type AdapterValues,
  declareBatch,
  decoderGraph,
  type WeightValues,
} from "../transformer/decoder-graph.js";
import { embeddingName } from "../transformer/decoder-tensors.js";
import type { WeightTensor } from "../weights/loaded-weights.js";

/** What the graph is made of. */
export interface DecoderGraphOptions {
  readonly config: DecoderConfig;
  /** Shapes of all weights by name, adapters' factors included: the inputs of the graph. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** alpha / rank where there is an adapter. */
  readonly adapterScale: number;
  /** Weights whose gradients are wanted; none makes a graph that only scores. */
  readonly trainable: readonly string[];
}

/** The gradient of one run. */
export interface GradientOutput {
  readonly name: string;
  /** `rows`: one row per token of the batch ([N, hiddenSize]), to be added to the token's row of the embedding. */
  readonly kind: "whole" | "rows";
  readonly data: Float32Array;
}

/** Result of one run. */
export interface DecoderOutputs {
  /** One number per pick. */
  readonly logprobs: Float32Array;
  readonly gradients: readonly GradientOutput[];
}

/** Names of the two factors of a module's adapter among the weights. */
export const adapterFactorNames = (module: string): { readonly a: string; readonly b: string } => ({
  a: `${module}.lora_A.weight`,
  b: `${module}.lora_B.weight`,
});

/** A compiled decoder. */
export interface DecoderRunner {
  /** Runs a batch; `seed` holds ∂loss/∂logprob of each pick and is needed for gradients only. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<DecoderOutputs>;
  /** Frees what only runs need. */
  rest(): void;
  release(): Promise<void>;
}

interface GradientPlan {
  readonly name: string;
  readonly kind: GradientOutput["kind"];
  readonly output: string;
}

/** The whole decoder as one graph. */
export class DecoderSession implements DecoderRunner {
  readonly #session: InferenceSession;
  readonly #gradients: readonly GradientPlan[];
  readonly #weights: Readonly<Record<string, Tensor>>;

  private constructor(
    session: InferenceSession,
    gradients: readonly GradientPlan[],
    weights: Readonly<Record<string, Tensor>>,
  ) {
    this.#session = session;
    this.#gradients = gradients;
    this.#weights = weights;
  }

  /**
   * @param weights Every tensor of `options.shapes`, not copied.
   * @param threads Threads of one run; equal inputs and threads give equal bits.
   */
  static async create(
    options: DecoderGraphOptions,
    weights: ReadonlyMap<string, WeightTensor>,
    threads: number,
  ): Promise<DecoderSession> {
    const { model, gradients } = buildGraph(options);
    const feeds = Object.fromEntries([...weights].map(([name, tensor]) => [name, tensorOf(tensor)]));
    return new DecoderSession(await compile(model, threads), gradients, feeds);
  }

  async run(inputs: Readonly<Record<string, Tensor>>): Promise<DecoderOutputs> {
    const results = await this.#session.run({ ...this.#weights, ...inputs });
    return {
      logprobs: floatsOf(results, "logprobs"),
      gradients: this.#gradients.map(({ name, kind, output }) => ({
        name,
        kind,
        data: floatsOf(results, output),
      })),
    };
  }

  rest(): void {}

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** A session with the settings that all of training uses. */
export async function compile(model: Uint8Array<ArrayBuffer>, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(model, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    // Shapes differ from run to run: planning memory per shape would keep one arena for each.
    enableMemPattern: false,
    // A waiting session must not keep a core busy.
    extra: { session: { intra_op: { spin_duration_us: "200" } } },
  });
}

/** The tensor as the runtime takes it, sharing its memory. */
export function tensorOf({ data, shape }: WeightTensor): Tensor {
  return new Tensor("float32", data, shape);
}

/** @throws TypeError where the output is not float32: a mistake in the graph. */
export function floatsOf(results: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const data = results[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new TypeError(`The graph's output ${name} is not float32.`);
}

function buildGraph(options: DecoderGraphOptions): {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly gradients: readonly GradientPlan[];
} {
  const graph = new GraphBuilder("decoder");
  const tape = new Tape(graph);
  const batch = declareBatch(graph, options.config);
  const weights = declareWeights(graph, options);
  const { logprobs, embedded } = decoderGraph(tape, options.config, batch, weights);
  graph.output("logprobs", logprobs);
  if (options.trainable.length === 0) return { model: graph.build(), gradients: [] };

  const wanted = wantedGradients(options, weights.base, embedded);
  const seed = graph.input("seed", "float32", ["W"]);
  const values = tape.gradients(
    logprobs,
    seed,
    wanted.map(({ value }) => value),
  );
  const gradients = wanted.map(({ name, kind }, index) => ({ name, kind, output: `gradient_${index}` }));
  for (const [index, value] of values.entries()) graph.output(`gradient_${index}`, value);
  return { model: graph.build(), gradients };
}

/** Makes every weight an input of the graph. */
export function declareWeights(
  graph: GraphBuilder,
  options: Pick<DecoderGraphOptions, "shapes" | "adapterScale">,
): WeightValues {
  const values = new Map<string, Value>();
  for (const [name, shape] of options.shapes) values.set(name, graph.input(name, "float32", shape));
  const base = (name: string): Value => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`The graph reads ${name}, which is not among its weights.`);
    return value;
  };
  const adapter = (module: string): AdapterValues | undefined => {
    const names = adapterFactorNames(module);
    if (!values.has(names.a)) return undefined;
    return { a: base(names.a), b: base(names.b), scale: options.adapterScale };
  };
  return { base, optional: (name: string) => values.get(name), adapter };
}

/** The embedding gets the gradients of its rows, and as a tied output layer one for the whole besides. */
function wantedGradients(
  options: DecoderGraphOptions,
  weight: (name: string) => Value,
  embedded: Value,
): { readonly name: string; readonly kind: GradientOutput["kind"]; readonly value: Value }[] {
  return options.trainable.flatMap((name) => {
    const whole = { name, kind: "whole", value: weight(name) } as const;
    if (name !== embeddingName) return [whole];
    const rows = { name, kind: "rows", value: embedded } as const;
    return options.config.tiedHead ? [whole, rows] : [rows];
  });
}

/** Shapes of tensors by name. */
export function shapesOf(
  tensors: ReadonlyMap<string, Pick<WeightTensor, "shape">>,
): Map<string, readonly number[]> {
  return new Map([...tensors].map(([name, { shape }]) => [name, shape]));
}
