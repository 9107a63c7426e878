/** The best one-to-one assignment, for pairing the calls of a response with the calls of the gold answer. */

/**
 * For each row the column that it is assigned to, such that the sum of scores is the highest possible; −1 for a row that
 * is left over when there are fewer columns. Every row, or every column if there are fewer, is assigned, also with
 * score 0. Shortest augmenting paths with potentials (Kuhn–Munkres), O(min² · max).
 *
 * @param scores rows × columns, finite; all rows as long as the first
 */
export function bestAssignment(scores: readonly (readonly number[])[]): number[] {
  const columns = scores[0]?.length ?? 0;
  if (scores.length <= columns) return assignRows(scores);
  const transposed = Array.from({ length: columns }, (_, column) => scores.map((row) => row[column]!));
  const assigned = new Array<number>(scores.length).fill(-1);
  for (const [column, row] of assignRows(transposed).entries()) assigned[row] = column;
  return assigned;
}

/** One row more at a time, along the cheapest path of changes. Needs at least as many columns as rows. */
function assignRows(scores: readonly (readonly number[])[]): number[] {
  const columns = scores[0]?.length ?? 0;
  const state: Matching = {
    rowOf: new Array<number>(columns).fill(-1),
    rowPrice: new Array<number>(scores.length).fill(0),
    columnPrice: new Array<number>(columns).fill(0),
  };
  for (let row = 0; row < scores.length; row++) addRow(row, scores, state);
  const assigned = new Array<number>(scores.length).fill(-1);
  for (const [column, row] of state.rowOf.entries()) if (row >= 0) assigned[row] = column;
  return assigned;
}

interface Matching {
  /** Row assigned to each column; −1 for none. */
  readonly rowOf: number[];
  readonly rowPrice: number[];
  readonly columnPrice: number[];
}

/** What reaching a column costs over the cheapest path found, and the column before it; −1 for the new row itself. */
interface Frontier {
  readonly cost: number[];
  readonly previous: number[];
  readonly done: boolean[];
}

/** Dijkstra over the columns from the new row to the nearest free column, then the changes along that path. */
function addRow(newRow: number, scores: readonly (readonly number[])[], state: Matching): void {
  const columns = state.rowOf.length;
  const frontier: Frontier = {
    cost: new Array<number>(columns).fill(Number.POSITIVE_INFINITY),
    previous: new Array<number>(columns).fill(-1),
    done: new Array<boolean>(columns).fill(false),
  };
  let reached = -1;
  let distance = 0;
  do {
    const row = reached < 0 ? newRow : state.rowOf[reached]!;
    if (reached >= 0) frontier.done[reached] = true;
    relax(row, reached, distance, scores, state, frontier);
    reached = nearest(frontier);
    distance = frontier.cost[reached]!;
  } while (state.rowOf[reached]! >= 0);
  reprice(newRow, distance, state, frontier);
  for (let column = reached; column >= 0; column = frontier.previous[column]!) {
    const before = frontier.previous[column]!;
    state.rowOf[column] = before < 0 ? newRow : state.rowOf[before]!;
  }
}

function relax(
  row: number,
  via: number,
  distance: number,
  scores: readonly (readonly number[])[],
  state: Matching,
  frontier: Frontier,
): void {
  for (let column = 0; column < state.rowOf.length; column++) {
    if (frontier.done[column]) continue;
    const reduced = -scores[row]![column]! - state.rowPrice[row]! - state.columnPrice[column]!;
    if (distance + reduced >= frontier.cost[column]!) continue;
    frontier.cost[column] = distance + reduced;
    frontier.previous[column] = via;
  }
}

function nearest({ cost, done }: Frontier): number {
  let best = -1;
  for (let column = 0; column < cost.length; column++) {
    if (!done[column] && (best < 0 || cost[column]! < cost[best]!)) best = column;
  }
  return best;
}

/** Keeps every reduced cost at 0 or more, and 0 along assignments. */
function reprice(newRow: number, distance: number, state: Matching, { cost, done }: Frontier): void {
  state.rowPrice[newRow]! += distance;
  for (const [column, visited] of done.entries()) {
    if (!visited) continue;
    const saved = distance - cost[column]!;
    state.columnPrice[column]! -= saved;
    state.rowPrice[state.rowOf[column]!]! += saved;
  }
}
