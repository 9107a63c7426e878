/** Histograms of whole numbers. */

/** How many values lie in [from, to]. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const mostBins = 24;

/**
 * At most 24 bins of equal width that hold all values: one a value where they fit, else up to the 99th percentile, and the
 * last bin holds what lies beyond. Values are whole numbers with how often each occurs.
 */
export function histogram(counts: readonly (readonly [number, number])[]): readonly Bin[] {
  const sorted = counts.toSorted(([one], [other]) => one - other);
  const low = sorted[0]?.[0];
  const high = sorted.at(-1)?.[0];
  if (low === undefined || high === undefined) return [];
  const most = high - low < mostBins ? high : Math.max(low, percentile99(sorted));
  const width = Math.max(1, Math.ceil((most - low + 1) / (high > most ? mostBins - 1 : mostBins)));
  const number = Math.ceil((most - low + 1) / width);
  const bins = Array.from({ length: number }, (_, index) => ({
    from: low + index * width,
    to: low + (index + 1) * width - 1,
    count: 0,
  }));
  const covered = bins.at(-1)?.to ?? low;
  if (high > covered) bins.push({ from: covered + 1, to: high, count: 0 });
  for (const [value, count] of sorted) {
    const bin = bins[Math.min(bins.length - 1, Math.floor((value - low) / width))];
    if (bin !== undefined) bin.count += count;
  }
  return bins;
}

function percentile99(sorted: readonly (readonly [number, number])[]): number {
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [value, count] of sorted) {
    seen += count;
    if (seen >= 0.99 * total) return value;
  }
  return sorted.at(-1)?.[0] ?? 0;
}
