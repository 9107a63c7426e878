import type { Value } from "../graph-builder.js";
import { shared, type Tape } from "../tape.js";

/**
 * x · r · w with r = (mean(x²) + ε)^(−½) over the last dimension (RMSNorm, arXiv 1910.07467), for x [N, d] and w [d].
 * With p = g ∘ x: ∂x = r · (g ∘ w − x · r² · (p·w)/d) and ∂w = rᵀ p.
 */
export function rmsNorm(tape: Tape, x: Value, weight: Value, epsilon: number, size: number): Value {
  const { graph } = tape;
  const [result, inverse] = graph.emitMany(
    "SimplifiedLayerNormalization",
    [x, weight],
    ["float32", "float32"],
    {
      attributes: { axis: { int: -1 }, epsilon: { float: epsilon }, stash_type: { int: 1 } },
    },
  );
  const products = shared((g) => graph.emit("Mul", [g, x]));
  return tape.record(result!, [
    { value: x, pull: (g) => gradientOfInput(tape, g, products(g), { x, weight, inverse: inverse!, size }) },
    { value: weight, pull: (g) => gradientOfWeight(tape, products(g), inverse!) },
  ]);
}

interface Forward {
  readonly x: Value;
  readonly weight: Value;
  /** r, [N, 1]. */
  readonly inverse: Value;
  readonly size: number;
}

function gradientOfInput(tape: Tape, gradient: Value, products: Value, forward: Forward): Value {
  const { graph } = tape;
  const column = graph.emit("Reshape", [forward.weight, graph.integers([-1, 1])]);
  const projection = graph.emit("Gemm", [products, column], {
    attributes: { alpha: { float: 1 / forward.size } },
  });
  const square = graph.emit("Mul", [forward.inverse, forward.inverse]);
  const along = graph.emit("Mul", [forward.x, graph.emit("Mul", [square, projection])]);
  const scaled = graph.emit("Mul", [gradient, forward.weight]);
  return graph.emit("Mul", [graph.emit("Sub", [scaled, along]), forward.inverse]);
}

function gradientOfWeight(tape: Tape, products: Value, inverse: Value): Value {
  const { graph } = tape;
  const row = graph.emit("Gemm", [inverse, products], { attributes: { transA: { int: 1 } } });
  return graph.emit("Reshape", [row, graph.integers([-1])]);
}
