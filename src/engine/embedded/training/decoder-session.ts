/** Compiles the decoder graph, with or without gradients, and runs it on batches. */
import { InferenceSession, type Tensor } from "onnxruntime-node";
import { GraphBuilder, type Value } from "../graph/graph-builder.js";
import { Tape } from "../graph/tape.js";
import type { DecoderConfig } from "../transformer/decoder-config.js";
import { type AdapterValues, declareBatch, decoderGraph } from "../transformer/decoder-graph.js";
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

interface GradientPlan {
  readonly name: string;
  readonly kind: GradientOutput["kind"];
  readonly output: string;
}

/** A compiled graph. */
export class DecoderSession {
  readonly #session: InferenceSession;
  readonly #gradients: readonly GradientPlan[];

  private constructor(session: InferenceSession, gradients: readonly GradientPlan[]) {
    this.#session = session;
    this.#gradients = gradients;
  }

  /** @param threads Threads of one run; equal inputs and threads give equal bits. */
  static async create(options: DecoderGraphOptions, threads: number): Promise<DecoderSession> {
    const { model, gradients } = buildGraph(options);
    const session = await InferenceSession.create(model, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // Shapes differ from run to run: planning memory per shape would keep one arena for each.
      enableMemPattern: false,
      // A waiting session must not keep a core busy.
      extra: { session: { intra_op: { spin_duration_us: "200" } } },
    });
    return new DecoderSession(session, gradients);
  }

  /** Runs a batch; `seed` holds ∂loss/∂logprob of each pick and is needed for gradients only. */
  async run(inputs: Readonly<Record<string, Tensor>>): Promise<DecoderOutputs> {
    const results = await this.#session.run(inputs);
    const read = (name: string): Float32Array => {
      const data = results[name]?.data;
      if (data instanceof Float32Array) return data;
      throw new TypeError(`The graph's output ${name} is not float32.`);
    };
    return {
      logprobs: read("logprobs"),
      gradients: this.#gradients.map(({ name, kind, output }) => ({ name, kind, data: read(output) })),
    };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
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

function declareWeights(graph: GraphBuilder, options: DecoderGraphOptions) {
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
export function shapesOf(tensors: ReadonlyMap<string, WeightTensor>): Map<string, readonly number[]> {
  return new Map([...tensors].map(([name, { shape }]) => [name, shape]));
}
