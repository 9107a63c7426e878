/** Counters for the report on a data file. Memory grows with the number of different values, not of rows. */

/** Quantiles of whole numbers: each is a value that occurs (nearest rank). */
export interface Quantiles {
  readonly count: number;
  readonly minimum: number;
  readonly q25: number;
  readonly q50: number;
  readonly q75: number;
  readonly q90: number;
  readonly q99: number;
  readonly maximum: number;
}

/** Counts how often each value occurs. */
export interface Tally<K> {
  add(key: K): void;
  /** The most frequent first; equal ones in the order of their first appearance. */
  entries(): readonly (readonly [K, number])[];
}

/**
 * A counter with nothing counted.
 *
 * @param most Keys that are told apart; further ones are not counted. Without it there is no limit.
 */
export function createTally<K>(most: number = Number.POSITIVE_INFINITY): Tally<K> {
  const counts = new Map<K, number>();
  return {
    add(key) {
      const count = counts.get(key);
      if (count !== undefined || counts.size < most) counts.set(key, (count ?? 0) + 1);
    },
    entries: () => [...counts].sort((first, second) => second[1] - first[1]),
  };
}

/** Quantiles of the values of a tally; `undefined` where there are none. */
export function quantiles(tally: Tally<number>): Quantiles | undefined {
  const sorted = [...tally.entries()].sort(([first], [second]) => first - second);
  const count = sorted.reduce((sum, [, times]) => sum + times, 0);
  const minimum = sorted[0]?.[0];
  const maximum = sorted.at(-1)?.[0];
  if (minimum === undefined || maximum === undefined) return undefined;
  const at = (share: number): number => valueAtRank(sorted, Math.max(1, Math.ceil(share * count)), maximum);
  return { count, minimum, q25: at(0.25), q50: at(0.5), q75: at(0.75), q90: at(0.9), q99: at(0.99), maximum };
}

function valueAtRank(sorted: readonly (readonly [number, number])[], rank: number, last: number): number {
  let seen = 0;
  for (const [value, times] of sorted) {
    seen += times;
    if (seen >= rank) return value;
  }
  return last;
}
