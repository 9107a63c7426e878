/** The name somebody probably meant. */

/**
 * The candidate with the smallest edit distance to `name` (letters inserted, removed, replaced, or two neighbours
 * swapped; upper and lower case and separators are alike), or `undefined` when none is near: more than a third of the
 * letters would have to change.
 */
export function nearestKey(name: string, candidates: readonly string[]): string | undefined {
  const wanted = fold(name);
  const distances = candidates.map((candidate) => ({
    candidate,
    distance: editDistance(wanted, fold(candidate)),
  }));
  const best = distances.toSorted((one, other) => one.distance - other.distance)[0];
  if (best === undefined) return undefined;
  const limit = Math.max(1, Math.floor(Math.max(wanted.length, fold(best.candidate).length) / 3));
  return best.distance <= limit ? best.candidate : undefined;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, "");
}

/** Optimal string alignment distance, row by row. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const replaced = last[column - 1]! + (same ? 0 : 1);
      const swapped = isSwap(left, right, row, column)
        ? beforeLast[column - 2]! + 1
        : Number.POSITIVE_INFINITY;
      current.push(Math.min(replaced, last[column]! + 1, current[column - 1]! + 1, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length]!;
}

function isSwap(left: string, right: string, row: number, column: number): boolean {
  return row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
}
