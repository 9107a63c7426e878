/**
 * Hard sampling (second stage of the paper): the policy of the round re-scores every gold response, and the rows that
 * surprise it most go on to the search.
 *
 * Stratified, as in the authors' code: the share is taken separately from rows with and without a call, because
 * refusals have other perplexities and would be crowded out.
 */
import { InputError } from "../spec/index.js";
import { compareIds, groupByName } from "./ordering.js";

/**
 * h(y | q, T) = (Π_t 1 / P(y_t | q, T, y_<t))^(1/n) = exp(−(1/n) Σ log p) over the n response tokens; at least 1.
 *
 * @param logprobs T − 1 log-probabilities of a sequence: prompt and gold response
 * @param mask T entries, non-zero at response tokens, as for `objectives.supervised`; entry 0 is not read
 * @throws InputError when the lengths do not fit or no response token has a log-probability.
 */
export function generationPerplexity(logprobs: ArrayLike<number>, mask: ArrayLike<number | boolean>): number {
  if (logprobs.length !== mask.length - 1) {
    throw new InputError(
      `${logprobs.length} log-probabilities for a mask of ${mask.length} tokens; pass one fewer than tokens.`,
      { logprobs: logprobs.length, mask: mask.length },
    );
  }
  let sum = 0;
  let count = 0;
  for (let index = 0; index < logprobs.length; index++) {
    if (!mask[index + 1]) continue;
    sum += logprobs[index]!;
    count += 1;
  }
  if (count === 0) throw new InputError("A response without tokens has no perplexity; set the row aside.");
  return Math.exp(-sum / count);
}

/** A row with the perplexity of its gold response. */
export interface RankedItem {
  readonly id: string;
  readonly perplexity: number;
  /** Whether the gold response has a call. */
  readonly hasCall: boolean;
}

/** How many rows are hard. */
export interface HardSelectionOptions<T extends RankedItem> {
  /** Share of each stratum, in [0, 1], rounded up to whole rows. @default 0.1 */
  readonly share?: number;
  /**
   * Share of each stratum, in [0, 1], that is passed over from the top before the share is taken. Ours: a small policy
   * never solves the rows that surprise it most, and a search without a right response teaches little. @default 0
   */
  readonly skipShare?: number;
  /** Name of a row's stratum. @default `call` or `text` */
  readonly strata?: (item: T) => string;
  /** Most rows in all; the strata then give in proportion. @default no limit */
  readonly maximum?: number;
}

/** One stratum of a selection. */
export interface StratumCount {
  readonly name: string;
  /** Rows with a perplexity. */
  readonly total: number;
  /** Rows passed over at the top. */
  readonly skipped: number;
  readonly selected: number;
  /** Lowest perplexity selected; absent when none is. */
  readonly threshold?: number;
}

/** The hard rows, and how they came about. */
export interface HardSelection<T> {
  /** Highest perplexity first; equal ones in order of id. */
  readonly selected: readonly T[];
  /** In order of name. */
  readonly strata: readonly StratumCount[];
  /** Rows whose perplexity is not a number: never selected, for the report. */
  readonly unranked: readonly T[];
}

/**
 * The `share` of highest perplexity of each stratum, below the `skipShare` at its top. Depends on the set of rows only, not
 * on their order. Where fewer rows are left below the skipped ones, all of them.
 *
 * @throws InputError for a share outside [0, 1] or a maximum that is not a whole number ≥ 0.
 */
export function selectHard<T extends RankedItem>(
  items: readonly T[],
  options: HardSelectionOptions<T> = {},
): HardSelection<T> {
  const { share = 0.1, skipShare = 0, maximum = Number.POSITIVE_INFINITY } = options;
  requireOptions(share, skipShare, maximum);
  const ranked = items.filter((item) => !Number.isNaN(item.perplexity)).toSorted(hardestFirst);
  const groups = groupByName(ranked, options.strata ?? callOrText);
  const skipped = groups.map(([, group]) => rowsOf(skipShare, group.length));
  const wanted = groups.map(([, group], index) =>
    Math.min(rowsOf(share, group.length), group.length - skipped[index]!),
  );
  const quotas = fitInto(wanted, maximum);
  const chosen = groups.map(([, group], index) =>
    group.slice(skipped[index]!, skipped[index]! + quotas[index]!),
  );
  return {
    selected: chosen.flat().toSorted(hardestFirst),
    strata: groups.map(([name, group], index) =>
      countOf({ name, total: group.length, skipped: skipped[index]! }, chosen[index]!),
    ),
    unranked: items.filter((item) => Number.isNaN(item.perplexity)),
  };
}

function callOrText(item: RankedItem): string {
  return item.hasCall ? "call" : "text";
}

function requireOptions(share: number, skipShare: number, maximum: number): void {
  if (!(share >= 0 && share <= 1)) {
    throw new InputError(`The share of hard rows is ${share}; it must be in [0, 1].`, { share });
  }
  if (!(skipShare >= 0 && skipShare <= 1)) {
    throw new InputError(`The share of rows passed over is ${skipShare}; it must be in [0, 1].`, {
      skipShare,
    });
  }
  if (maximum !== Number.POSITIVE_INFINITY && !(Number.isInteger(maximum) && maximum >= 0)) {
    throw new InputError(`The maximum of hard rows is ${maximum}; it must be a whole number.`, { maximum });
  }
}

function hardestFirst(one: RankedItem, other: RankedItem): number {
  if (one.perplexity !== other.perplexity) return one.perplexity > other.perplexity ? -1 : 1;
  return compareIds(one.id, other.id);
}

/** Scales whole numbers down to a sum of at most `maximum`: largest remainders first, earlier ones on ties. */
function fitInto(wanted: readonly number[], maximum: number): readonly number[] {
  const sum = wanted.reduce((total, count) => total + count, 0);
  if (sum <= maximum) return wanted;
  const exact = wanted.map((count) => (count * maximum) / sum);
  const quotas = exact.map(Math.floor);
  const left = maximum - quotas.reduce((total, count) => total + count, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .toSorted((one, other) => other.remainder - one.remainder || one.index - other.index);
  for (const { index } of byRemainder.slice(0, left)) quotas[index]! += 1;
  return quotas;
}

/** A share in whole rows, rounded up. */
function rowsOf(share: number, total: number): number {
  return Math.max(0, Math.ceil(share * total - 1e-9));
}

function countOf(
  group: Pick<StratumCount, "name" | "total" | "skipped">,
  chosen: readonly RankedItem[],
): StratumCount {
  const last = chosen.at(-1);
  const count = { ...group, selected: chosen.length };
  return last === undefined ? count : { ...count, threshold: last.perplexity };
}
