import type { Value } from "../graph-builder.js";
import { shared, type Tape } from "../tape.js";
import { zerosLike } from "./shape.js";

/**
 * log softmax(logits)[row, token] for each pair of `picks`: [W].
 *
 * logits is [R, V], `picks` int64 [W, 2] with distinct pairs (a row may have several tokens). With the gradient g [W]
 * the gradient of the logits is Σ_w g_w · (onehot(token_w) − softmax(logits)) in row row_w.
 */
export function pickLogProbabilities(tape: Tape, logits: Value, picks: Value): Value {
  const { graph } = tape;
  const logs = graph.emit("LogSoftmax", [logits], { attributes: { axis: { int: -1 } } });
  const pull = shared((g: Value) => {
    const weights = graph.emit("Neg", [rowSums(tape, logs, picks, g)]);
    const expected = graph.emit("Mul", [graph.emit("Exp", [logs]), weights]);
    return graph.emit("ScatterND", [expected, picks, g], { attributes: { reduction: { string: "add" } } });
  });
  return tape.record(graph.emit("GatherND", [logs, picks]), [{ value: logits, pull }]);
}

/** The gradients of a row's picks, added up: [R, 1]. ScatterElements adds one after the other, so repeats are safe. */
function rowSums(tape: Tape, logs: Value, picks: Value, gradient: Value): Value {
  const { graph } = tape;
  const int64 = { type: "int64" } as const;
  const rows = graph.emit("Gather", [picks, graph.integers([0], [])], {
    ...int64,
    attributes: { axis: { int: 1 } },
  });
  const firstColumn = graph.emit("Gather", [logs, graph.integers([0], [])], {
    attributes: { axis: { int: 1 } },
  });
  const sums = graph.emit("ScatterElements", [zerosLike(tape, firstColumn), rows, gradient], {
    attributes: { axis: { int: 0 }, reduction: { string: "add" } },
  });
  return graph.emit("Unsqueeze", [sums, graph.integers([-1])]);
}
