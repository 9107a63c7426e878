/**
 * Moves tokens between the packed order in which linear maps run, [N, size], and the rows in which attention runs,
 * [R, Q, size] for queries and [R, K, size] for keys. A token asks in one row and is asked in one or more.
 *
 * Places of a row that no token fills read one token of the packed order that nothing else reads and no output needs: its
 * gradient is 0, and so is that of the places.
 */
import type { Value } from "../graph-builder.js";
import type { Tape } from "../tape.js";

/** Which token stands where. All int64. */
export interface GridValues {
  /** [R, Q]: the token that asks there. */
  readonly queryTokens: Value;
  /** [N, 2]: (row, place) where the token asks. */
  readonly queryPlaces: Value;
  /** [R, K]: the token that is asked there. */
  readonly keyTokens: Value;
  /** [N, 2]: the first (row, place) where the token is asked. */
  readonly keyPlaces: Value;
  /** [U, 1]: the tokens that are asked in several rows. */
  readonly sharedTokens: Value;
  /** [U, D, 2]: all (row, place) where they are asked, filled up with one that no token fills. */
  readonly sharedPlaces: Value;
}

/** [N, size] → [R, Q, size]. */
export function spreadQueries(tape: Tape, x: Value, grid: GridValues): Value {
  const { graph } = tape;
  return tape.record(graph.emit("Gather", [x, grid.queryTokens]), [
    { value: x, pull: (g) => graph.emit("GatherND", [g, grid.queryPlaces]) },
  ]);
}

/** [R, Q, size] → [N, size]. */
export function collectQueries(tape: Tape, x: Value, grid: GridValues): Value {
  const { graph } = tape;
  return tape.record(graph.emit("GatherND", [x, grid.queryPlaces]), [
    { value: x, pull: (g) => graph.emit("Gather", [g, grid.queryTokens]) },
  ]);
}

/** [N, size] → [R, K, size]. The gradients of a token's places are added up. */
export function spreadKeys(tape: Tape, x: Value, grid: GridValues): Value {
  const { graph } = tape;
  const pull = (g: Value): Value => {
    const single = graph.emit("GatherND", [g, grid.keyPlaces]);
    const all = graph.emit("GatherND", [g, grid.sharedPlaces]);
    const sums = graph.emit("ReduceSum", [all, graph.integers([1])], {
      attributes: { keepdims: { int: 0 } },
    });
    return graph.emit("ScatterND", [single, grid.sharedTokens, sums]);
  };
  return tape.record(graph.emit("Gather", [x, grid.keyTokens]), [{ value: x, pull }]);
}
