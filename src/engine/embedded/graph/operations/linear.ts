import type { Value } from "../graph-builder.js";
import type { Tape } from "../tape.js";

/** Variants of a linear map. */
export interface LinearOptions {
  /** Factor on the product. @default 1 */
  readonly scale?: number;
  /** [N, out], or [out] for a bias: added to the product. */
  readonly addend?: Value;
}

/**
 * scale · x Wᵀ + addend, for x [N, in] and W [out, in] (the layout of Hugging Face folders).
 * An addend of rank 1 has no gradient rule: biases are frozen.
 */
export function linear(tape: Tape, x: Value, weight: Value, options: LinearOptions = {}): Value {
  const { graph } = tape;
  const alpha = { float: options.scale ?? 1 };
  const inputs = options.addend === undefined ? [x, weight] : [x, weight, options.addend];
  const result = graph.emit("Gemm", inputs, { attributes: { alpha, transB: { int: 1 } } });
  const operands = [
    { value: x, pull: (g: Value) => graph.emit("Gemm", [g, weight], { attributes: { alpha } }) },
    {
      value: weight,
      pull: (g: Value) => graph.emit("Gemm", [g, x], { attributes: { alpha, transA: { int: 1 } } }),
    },
  ];
  if (options.addend !== undefined) operands.push({ value: options.addend, pull: (g) => g });
  return tape.record(result, operands);
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
