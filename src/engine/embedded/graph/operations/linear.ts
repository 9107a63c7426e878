import type { Value } from "../graph-builder.js";
import type { Tape } from "../tape.js";

/** Variants of a linear map. */
export interface LinearOptions {
  /** Factor on the product. @default 1 */
  readonly scale?: number;
  /** [N, out]: added to the product. Not beside a bias. */
  readonly addend?: Value;
  /** [out]: added to every row of the product. */
  readonly bias?: Value;
}

/** scale · x Wᵀ + addend (or bias), for x [N, in] and W [out, in] (the layout of Hugging Face folders). */
export function linear(tape: Tape, x: Value, weight: Value, options: LinearOptions = {}): Value {
  const { graph } = tape;
  const { addend, bias } = options;
  const alpha = { float: options.scale ?? 1 };
  const added = addend ?? bias;
  const inputs = added === undefined ? [x, weight] : [x, weight, added];
  const result = graph.emit("Gemm", inputs, { attributes: { alpha, transB: { int: 1 } } });
  const operands = [
    { value: x, pull: (g: Value) => graph.emit("Gemm", [g, weight], { attributes: { alpha } }) },
    {
      value: weight,
      pull: (g: Value) => graph.emit("Gemm", [g, x], { attributes: { alpha, transA: { int: 1 } } }),
    },
  ];
  if (addend !== undefined) operands.push({ value: addend, pull: (g) => g });
  if (bias !== undefined) operands.push({ value: bias, pull: (g) => columnSums(tape, g) });
  return tape.record(result, operands);
}

/** Σ over the rows: [N, out] → [out]. */
function columnSums({ graph }: Tape, x: Value): Value {
  return graph.emit("ReduceSum", [x, graph.integers([0])], { attributes: { keepdims: { int: 0 } } });
}

/** a + b, of equal shapes. */
export function add(tape: Tape, a: Value, b: Value): Value {
  return tape.record(tape.graph.emit("Add", [a, b]), [
    { value: a, pull: (g) => g },
    { value: b, pull: (g) => g },
  ]);
}

/** a ∘ b, of equal shapes. */
export function multiply(tape: Tape, a: Value, b: Value): Value {
  const { graph } = tape;
  return tape.record(graph.emit("Mul", [a, b]), [
    { value: a, pull: (g) => graph.emit("Mul", [g, b]) },
    { value: b, pull: (g) => graph.emit("Mul", [g, a]) },
  ]);
}
