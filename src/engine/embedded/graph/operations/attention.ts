import type { GraphBuilder, Value } from "../graph-builder.js";
import { shared, type Tape } from "../tape.js";

/** Operands and sizes of an attention. */
export interface AttentionInputs {
  /** [B, T, heads · headSize], already scaled by 1/√headSize. */
  readonly query: Value;
  /** [B, S, keyHeads · headSize]. */
  readonly key: Value;
  /** [B, S, keyHeads · headSize]. */
  readonly value: Value;
  /** Added to the scores: [1 or B, 1, T, S]; 0 where a token may look, very negative where it may not. */
  readonly bias: Value;
  readonly heads: number;
  /** Each key head serves heads / keyHeads consecutive query heads. */
  readonly keyHeads: number;
  readonly headSize: number;
}

/**
 * softmax(Q Kᵀ + bias) V per head, [B, T, heads · headSize].
 *
 * Query heads that share a key head are stacked along the time axis ([B, keyHeads, group · T, headSize]), so keys and
 * values are never repeated and their gradients need no extra sum. With P the probabilities, O the result and dO its gradient:
 * dV = Pᵀ dO; dS = P ∘ (dO Vᵀ − D), D = rowsum(dO ∘ O) (FlashAttention-2, arXiv 2307.08691, §3.1); dQ = dS K; dK = dSᵀ Q.
 */
export function attention(tape: Tape, inputs: AttentionInputs): Value {
  const { graph } = tape;
  const layout = new HeadLayout(graph, inputs);
  const query = layout.stackQueries(inputs.query);
  const value = layout.splitKeys(inputs.value);
  const scores = graph.emit("MatMul", [query, layout.splitKeysTransposed(inputs.key)]);
  const probabilities = maskedSoftmax(graph, layout, scores, inputs.bias);
  const context = graph.emit("MatMul", [probabilities, value]);

  const upstream = shared((g) => layout.stackQueries(g));
  const scoresGradient = shared((g) => {
    const direct = graph.emit("MatMul", [upstream(g), layout.splitKeysTransposed(inputs.value)]);
    const mean = graph.emit("ReduceSum", [graph.emit("Mul", [upstream(g), context]), graph.integers([-1])]);
    return graph.emit("Mul", [probabilities, graph.emit("Sub", [direct, mean])]);
  });
  const queryGradient = (g: Value): Value =>
    layout.mergeQueries(graph.emit("MatMul", [scoresGradient(g), layout.splitKeys(inputs.key)]));
  return tape.record(layout.mergeQueries(context), [
    { value: inputs.query, pull: queryGradient },
    { value: inputs.key, pull: (g) => layout.mergeKeys(transposedProduct(graph, scoresGradient(g), query)) },
    {
      value: inputs.value,
      pull: (g) => layout.mergeKeys(transposedProduct(graph, probabilities, upstream(g))),
    },
  ]);
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
