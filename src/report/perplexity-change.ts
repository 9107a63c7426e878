/** Perplexities of a round's hard rows (method §3a: exp of the mean negative log-probability) → seven numbers. */
import { quantileSorted } from "simple-statistics";
import type { Distribution, PerplexityChange } from "./report-data.js";
import type { PerplexityRows } from "./report-input.js";

/** The summary of a round. A row counts as fallen where both numbers are finite and the later is smaller. */
export function summarizePerplexity(rows: PerplexityRows): PerplexityChange {
  const before = distribution(rows.before);
  const { after } = rows;
  if (after === undefined) return { round: rows.round, before };
  const both = rows.before.flatMap((value, row) => {
    const later = after[row];
    return later !== undefined && Number.isFinite(value) && Number.isFinite(later) ? [later < value] : [];
  });
  const change = { round: rows.round, before, after: distribution(after) };
  return both.length === 0 ? change : { ...change, fell: both.filter(Boolean).length / both.length };
}

function distribution(values: readonly number[]): Distribution {
  const finite = values.filter(Number.isFinite).sort((left, right) => left - right);
  const notFinite = values.length - finite.length;
  if (finite.length === 0) return { count: 0, geometricMean: 0, quantiles: [0, 0, 0, 0, 0], notFinite };
  const meanLog = finite.reduce((sum, value) => sum + Math.log(value), 0) / finite.length;
  const at = (share: number): number => quantileSorted(finite, share);
  return {
    count: finite.length,
    geometricMean: Math.exp(meanLog),
    quantiles: [at(0.1), at(0.25), at(0.5), at(0.75), at(0.9)],
    notFinite,
  };
}
