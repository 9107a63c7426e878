import type { Value } from "../graph-builder.js";
import type { Tape } from "../tape.js";

/** The rotations of all positions: [P, headSize / 2] each. */
export interface RotaryTables {
  readonly cosine: Value;
  readonly sine: Value;
  /** −sine: turns back. */
  readonly negativeSine: Value;
}

/**
 * Rotary position embedding (arXiv 2104.09864) in the half-rotation layout of Hugging Face Llama: dimension i of a head
 * turns with dimension i + headSize/2 by the angle of row `positions[n, 0]` of the tables. x is [N, heads · headSize].
 * A factor on the tables is a factor on the result: attention's 1/√headSize is folded into those of the queries.
 * The transpose of a rotation turns back, so the gradient is the rotation with −sine.
 */
export function rotate(tape: Tape, x: Value, positions: Value, tables: RotaryTables): Value {
  const { graph } = tape;
  const time = graph.integers([1]);
  const turn = (value: Value, sine: Value): Value => {
    const single = graph.emit("Unsqueeze", [value, time]);
    const inputs = [single, positions, tables.cosine, sine];
    return graph.emit("Squeeze", [graph.emit("RotaryEmbedding", inputs, { domain: "com.microsoft" }), time]);
  };
  return tape.record(turn(x, tables.sine), [{ value: x, pull: (g) => turn(g, tables.negativeSine) }]);
}
