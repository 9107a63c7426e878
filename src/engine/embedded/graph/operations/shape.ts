import type { Value } from "../graph-builder.js";
import type { Tape } from "../tape.js";

/** x in another shape; `shape` and `back`, the shape of x, are int64 vectors in which −1 is inferred and 0 copied. */
export function reshape(tape: Tape, x: Value, shape: Value, back: Value): Value {
  const { graph } = tape;
  return tape.record(graph.emit("Reshape", [x, shape]), [
    { value: x, pull: (g) => graph.emit("Reshape", [g, back]) },
  ]);
}

/** x with its dimensions in another order. */
export function transpose(tape: Tape, x: Value, order: readonly number[]): Value {
  const { graph } = tape;
  const inverse = order.map((_, dimension) => order.indexOf(dimension));
  return tape.record(graph.emit("Transpose", [x], { attributes: { perm: { ints: order } } }), [
    { value: x, pull: (g) => graph.emit("Transpose", [g], { attributes: { perm: { ints: inverse } } }) },
  ]);
}

/**
 * Rows of x [N, d] in the order of `rows` (int64 [R]).
 * The rows must be distinct for the gradient: ONNX Runtime scatters in parallel without locks, so repeated rows would
 * make it wrong and irreproducible.
 */
export function selectRows(tape: Tape, x: Value, rows: Value): Value {
  const { graph } = tape;
  return tape.record(graph.emit("Gather", [x, rows], { attributes: { axis: { int: 0 } } }), [
    { value: x, pull: (g) => graph.emit("ScatterND", [zerosLike(tape, x), indexColumn(tape, rows), g]) },
  ]);
}

/** Zeros in the shape of x. */
export function zerosLike(tape: Tape, x: Value): Value {
  return tape.graph.emit("ConstantOfShape", [tape.graph.emit("Shape", [x], { type: "int64" })]);
}

function indexColumn(tape: Tape, rows: Value): Value {
  return tape.graph.emit("Unsqueeze", [rows, tape.graph.integers([-1])], { type: "int64" });
}
