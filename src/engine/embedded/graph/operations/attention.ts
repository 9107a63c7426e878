import type { GraphBuilder, Value } from "../graph-builder.js";
import { shared, type Tape } from "../tape.js";

/** The queries in stretches, each with the keys that any of its queries may look at: what is left out has no weight. */
export interface QueryStretches {
  /** int64 [n]: T' of each stretch, in order; at least 1. */
  readonly counts: Value;
  /** Per stretch int64 [1]: S', the keys from the first on; all for the last. */
  readonly keyCounts: readonly Value[];
  /** Per stretch int64 [8]: padding that makes [B, keyHeads, S', headSize] as long as all keys. */
  readonly keyPads: readonly Value[];
}

/** Operands and sizes of an attention. */
export interface AttentionInputs {
  /** [B, T, heads · headSize], already scaled by 1/√headSize. */
  readonly query: Value;
  /** [B, S, keyHeads · headSize]. */
  readonly key: Value;
  /** [B, S, keyHeads · headSize]. */
  readonly value: Value;
  /**
   * Added to the scores, for each stretch of queries: [1 or B, 1, T', S']; 0 where a token may look, very negative where it
   * may not.
   */
  readonly biases: readonly Value[];
  /** Absent: one stretch, of all queries and keys. */
  readonly stretches?: QueryStretches;
  readonly heads: number;
  /** Each key head serves heads / keyHeads consecutive query heads. */
  readonly keyHeads: number;
  readonly headSize: number;
}

/**
 * softmax(Q Kᵀ + bias) V per head, [B, T, heads · headSize]. Stretch by stretch, as a causal query has no use for the keys behind
 * it: with n equal stretches (n − 1) / 2n of the products are never computed.
 *
 * Query heads that share a key head are stacked along the time axis ([B, keyHeads, group · T, headSize]), so keys and
 * values are never repeated and their gradients need no extra sum. With P the probabilities, O the result and dO its gradient:
 * dV = Pᵀ dO; dS = P ∘ (dO Vᵀ − D), D = rowsum(dO ∘ O) (FlashAttention-2, arXiv 2307.08691, §3.1); dQ = dS K; dK = dSᵀ Q.
 */
export function attention(tape: Tape, inputs: AttentionInputs): Value {
  const { graph } = tape;
  const layout = new HeadLayout(graph, inputs);
  const cuts = new StretchCuts(graph, inputs.stretches);
  const queries = cuts.split(inputs.query).map((query) => layout.stackQueries(query));
  const keys = layout.splitKeysTransposed(inputs.key);
  const probabilities = queries.map((query, i) => {
    const scores = graph.emit("MatMul", [query, cuts.keysOf(keys, 3, i)]);
    return maskedSoftmax(graph, layout, scores, inputs.biases[i]!);
  });
  const values = layout.splitKeys(inputs.value);
  const contexts = probabilities.map((shares, i) =>
    graph.emit("MatMul", [shares, cuts.keysOf(values, 2, i)]),
  );

  const upstream = shared((g) => cuts.split(g).map((part) => layout.stackQueries(part)));
  const scoresGradients = shared((g) => {
    const columns = layout.splitKeysTransposed(inputs.value);
    return upstream(g).map((gradient, i) => {
      const direct = graph.emit("MatMul", [gradient, cuts.keysOf(columns, 3, i)]);
      const mean = graph.emit("ReduceSum", [
        graph.emit("Mul", [gradient, contexts[i]!]),
        graph.integers([-1]),
      ]);
      return graph.emit("Mul", [probabilities[i]!, graph.emit("Sub", [direct, mean])]);
    });
  });
  const queryGradient = (g: Value): Value => {
    const rows = layout.splitKeys(inputs.key);
    const parts = scoresGradients(g).map((gradient, i) =>
      graph.emit("MatMul", [gradient, cuts.keysOf(rows, 2, i)]),
    );
    return cuts.join(parts.map((part) => layout.mergeQueries(part)));
  };
  const keyGradient = (parts: readonly Value[], others: readonly Value[]): Value =>
    layout.mergeKeys(cuts.sum(parts.map((part, i) => transposedProduct(graph, part, others[i]!))));
  return tape.record(cuts.join(contexts.map((context) => layout.mergeQueries(context))), [
    { value: inputs.query, pull: queryGradient },
    { value: inputs.key, pull: (g) => keyGradient(scoresGradients(g), queries) },
    { value: inputs.value, pull: (g) => keyGradient(probabilities, upstream(g)) },
  ]);
}

/** The biases of the stretches, from that of all queries and keys: [1 or B, 1, T, S]. */
export function stretchBiases(graph: GraphBuilder, bias: Value, stretches: QueryStretches): Value[] {
  const cuts = new StretchCuts(graph, stretches);
  return cuts.split(bias, 2).map((part, i) => cuts.keysOf(part, 3, i));
}

/** Cuts queries and keys into the stretches, and puts results together. */
class StretchCuts {
  readonly #graph: GraphBuilder;
  readonly #stretches: QueryStretches | undefined;

  constructor(graph: GraphBuilder, stretches: QueryStretches | undefined) {
    this.#graph = graph;
    this.#stretches = stretches;
  }

  /** The stretches of the queries of x, along its dimension `axis`. */
  split(x: Value, axis = 1): Value[] {
    if (this.#stretches === undefined) return [x];
    const { counts, keyCounts } = this.#stretches;
    const types = keyCounts.map(() => "float32" as const);
    return this.#graph.emitMany("Split", [x, counts], types, { attributes: { axis: { int: axis } } });
  }

  /** The keys of x, along dimension `axis`, that a stretch looks at. */
  keysOf(x: Value, axis: number, stretch: number): Value {
    const counts = this.#stretches?.keyCounts ?? [];
    if (stretch >= counts.length - 1) return x;
    const [start, axes] = [this.#graph.integers([0]), this.#graph.integers([axis])];
    return this.#graph.emit("Slice", [x, start, counts[stretch]!, axes]);
  }

  /** Results of the stretches [B, T', ·] one behind the other. */
  join(parts: readonly Value[]): Value {
    if (parts.length === 1) return parts[0]!;
    return this.#graph.emit("Concat", parts, { attributes: { axis: { int: 1 } } });
  }

  /** The sum of [B, keyHeads, S', headSize] over the stretches. */
  sum(parts: readonly Value[]): Value {
    const pads = this.#stretches?.keyPads;
    if (pads === undefined) return parts[0]!;
    const padded = parts.map((part, i) =>
      i === parts.length - 1 ? part : this.#graph.emit("Pad", [part, pads[i]!]),
    );
    return this.#graph.emit("Sum", padded);
  }
}

/** Softmax over the last dimension of scores + bias, with a row of scores for every head. */
function maskedSoftmax(graph: GraphBuilder, layout: HeadLayout, scores: Value, bias: Value): Value {
  const biased = graph.emit("Add", [layout.perHead(scores), bias]);
  return layout.perKeyHead(graph.emit("Softmax", [biased], { attributes: { axis: { int: -1 } } }));
}

/** aᵀ b of the last two dimensions. */
function transposedProduct(graph: GraphBuilder, a: Value, b: Value): Value {
  return graph.emit("FusedMatMul", [a, b], { domain: "com.microsoft", attributes: { transA: { int: 1 } } });
}

/** Moves heads in front of time and back. In a shape, 0 copies the dimension and −1 is inferred. */
class HeadLayout {
  readonly #graph: GraphBuilder;
  readonly #sizes: Pick<AttentionInputs, "heads" | "keyHeads" | "headSize">;

  constructor(graph: GraphBuilder, sizes: Pick<AttentionInputs, "heads" | "keyHeads" | "headSize">) {
    this.#graph = graph;
    this.#sizes = sizes;
  }

  /** [B, T, heads · headSize] → [B, keyHeads, group · T, headSize]. */
  stackQueries(x: Value): Value {
    const { heads, keyHeads, headSize } = this.#sizes;
    const split = this.#reshape(x, [0, 0, keyHeads, heads / keyHeads, headSize]);
    return this.#reshape(this.#transpose(split, [0, 2, 3, 1, 4]), [0, keyHeads, -1, headSize]);
  }

  /** [B, keyHeads, group · T, headSize] → [B, T, heads · headSize]. */
  mergeQueries(x: Value): Value {
    const { heads, keyHeads, headSize } = this.#sizes;
    const split = this.#reshape(x, [0, keyHeads, heads / keyHeads, -1, headSize]);
    return this.#reshape(this.#transpose(split, [0, 3, 1, 2, 4]), [0, 0, -1]);
  }

  /** [B, S, keyHeads · headSize] → [B, keyHeads, S, headSize]. */
  splitKeys(x: Value): Value {
    return this.#transpose(
      this.#reshape(x, [0, 0, this.#sizes.keyHeads, this.#sizes.headSize]),
      [0, 2, 1, 3],
    );
  }

  /** [B, S, keyHeads · headSize] → [B, keyHeads, headSize, S]. */
  splitKeysTransposed(x: Value): Value {
    return this.#transpose(
      this.#reshape(x, [0, 0, this.#sizes.keyHeads, this.#sizes.headSize]),
      [0, 2, 3, 1],
    );
  }

  /** [B, keyHeads, S, headSize] → [B, S, keyHeads · headSize]. */
  mergeKeys(x: Value): Value {
    return this.#reshape(this.#transpose(x, [0, 2, 1, 3]), [0, 0, -1]);
  }

  /** [B, keyHeads, group · T, S] → [B, heads, T, S]. */
  perHead(x: Value): Value {
    return this.#reshape(x, [0, this.#sizes.heads, -1, 0]);
  }

  /** [B, heads, T, S] → [B, keyHeads, group · T, S]. */
  perKeyHead(x: Value): Value {
    return this.#reshape(x, [0, this.#sizes.keyHeads, -1, 0]);
  }

  #reshape(x: Value, shape: readonly number[]): Value {
    return this.#graph.emit("Reshape", [x, this.#graph.integers(shape)]);
  }

  #transpose(x: Value, order: readonly number[]): Value {
    return this.#graph.emit("Transpose", [x], { attributes: { perm: { ints: order } } });
  }
}
