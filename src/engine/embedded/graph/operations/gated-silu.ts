import type { Value } from "../graph-builder.js";
import { shared, type Tape } from "../tape.js";

/**
 * silu(gate) ∘ up with silu(z) = z · σ(z) (SwiGLU, arXiv 2002.05202).
 * ∂up = g ∘ silu(gate); ∂gate = g ∘ up ∘ (σ + silu · (1 − σ)).
 */
export function gatedSilu(tape: Tape, gate: Value, up: Value): Value {
  const { graph } = tape;
  const silu = graph.emit("QuickGelu", [gate], {
    domain: "com.microsoft",
    attributes: { alpha: { float: 1 } },
  });
  const slope = shared(() => {
    const sigmoid = graph.emit("Sigmoid", [gate]);
    const rest = graph.emit("Sub", [silu, graph.emit("Mul", [silu, sigmoid])]);
    return graph.emit("Add", [sigmoid, rest]);
  });
  return tape.record(graph.emit("Mul", [silu, up]), [
    { value: gate, pull: (g) => graph.emit("Mul", [graph.emit("Mul", [g, up]), slope(g)]) },
    { value: up, pull: (g) => graph.emit("Mul", [g, silu]) },
  ]);
}
