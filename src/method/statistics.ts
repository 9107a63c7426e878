/**
 * Scores with intervals. A share gets Wilson's interval; the difference of two policies on the same rows gets a paired
 * bootstrap interval, which is much narrower than the two shares' intervals side by side. All intervals are 95 %.
 */
import { quantileSorted } from "simple-statistics";
import {
  type ComparisonRecord,
  type Deficiency,
  type EvaluationRecord,
  InputError,
  type ItemRecord,
  type Score,
} from "../spec/index.js";
import { compareIds, groupByName } from "./ordering.js";
import { createRandom, deriveSeed, type Random } from "./random.js";

/** An estimate with the ends of its 95 % interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % point of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval of a share (Wilson 1927): (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Never leaves
 * [0, 1] and has a width also at 0 and at all. Of 0 trials: estimate 0, interval [0, 1].
 */
export function wilsonInterval(correct: number, total: number): Interval {
  if (total === 0) return { estimate: 0, low: 0, high: 1 };
  const share = correct / total;
  const shrink = 1 + Z ** 2 / total;
  const centre = share + Z ** 2 / (2 * total);
  const reach = Z * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2));
  const low = correct === 0 ? 0 : (centre - reach) / shrink;
  const high = correct === total ? 1 : (centre + reach) / shrink;
  return { estimate: share, low, high };
}

/** How a bootstrap draws. */
export interface BootstrapOptions {
  readonly seed: number;
  /** @default 2000 */
  readonly resamples?: number;
}

/**
 * Percentile bootstrap interval (Efron 1979) of the mean: 2.5 % and 97.5 % quantiles of the means of resamples with
 * replacement. @throws InputError without values.
 */
export function bootstrapMean(values: readonly number[], options: BootstrapOptions): Interval {
  if (values.length === 0) throw new InputError("The mean of no values has no interval; pass at least one.");
  return percentileInterval(mean(values), options, "mean", (random) => meanOfResample(values, random));
}

/** One item of an evaluation, as far as a comparison needs it. */
export type JudgedItem = Pick<ItemRecord, "exampleId" | "grade">;

/** Two policies' items on the same rows. */
export interface PairedRun {
  readonly from: readonly JudgedItem[];
  readonly to: readonly JudgedItem[];
}

/** What is compared. */
export interface ComparisonOptions extends BootstrapOptions {
  readonly from: string;
  readonly to: string;
  /** One for each training seed; every run has the same rows. */
  readonly runs: readonly PairedRun[];
  /**
   * `rows`: the seeds are taken as given, and the interval says what other rows would give. `rows-and-runs`: seeds are
   * drawn with replacement too, so the interval also covers other seeds (crude below five). @default "rows"
   */
  readonly resample?: "rows" | "rows-and-runs";
}

/**
 * Accuracy of `to` minus accuracy of `from`, with a paired percentile bootstrap interval: rows are drawn with
 * replacement, and each brings its differences in {−1, 0, 1} averaged over the runs. Exactly 0 lies outside the interval
 * when the difference is beyond chance.
 *
 * @throws InputError without runs or rows, or when two sides do not have the same rows, each once.
 */
export function comparePolicies(options: ComparisonOptions): ComparisonRecord {
  const differences = options.runs.map(differencesOf);
  requireSameRows(differences);
  const rows = [...differences[0]!.keys()].sort(compareIds);
  const table = differences.map((run) => rows.map((id) => run.get(id)!));
  const overRuns = rows.map((_, row) => mean(table.map((run) => run[row]!)));
  const { estimate, low, high } = percentileInterval(mean(overRuns), options, "paired", (random) => {
    if (options.resample !== "rows-and-runs") return meanOfResample(overRuns, random);
    const drawn = table.map(() => random.choice(table));
    return meanOfResample(
      rows.map((_, row) => mean(drawn.map((run) => run[row]!))),
      random,
    );
  });
  return { from: options.from, to: options.to, difference: estimate, low, high };
}

/** The share of correct items with Wilson's interval. */
export function scoreOf(name: string, items: readonly Pick<ItemRecord, "grade">[]): Score {
  const correct = items.filter((item) => item.grade.correct).length;
  const { estimate, low, high } = wilsonInterval(correct, items.length);
  return { name, correct, total: items.length, accuracy: estimate, low, high };
}

/**
 * The scores of one policy: overall (every item counts the same), by category and by tag in order of name, and how often
 * each deficiency occurs. Categories and tags without items do not appear.
 */
export function evaluationOf(policy: string, items: readonly ItemRecord[]): EvaluationRecord {
  const byTag = items.flatMap((item) => item.tags.map((tag) => ({ tag, grade: item.grade })));
  return {
    policy,
    overall: scoreOf("overall", items),
    categories: scoresBy(items, (item) => item.category),
    tags: scoresBy(byTag, (item) => item.tag),
    deficiencies: countDeficiencies(items),
  };
}

function percentileInterval(
  estimate: number,
  { seed, resamples = 2000 }: BootstrapOptions,
  label: string,
  draw: (random: Random) => number,
): Interval {
  const random = createRandom(deriveSeed(seed, "bootstrap", label));
  const sorted = Array.from({ length: resamples }, () => draw(random)).sort((one, other) => one - other);
  return { estimate, low: quantileSorted(sorted, 0.025), high: quantileSorted(sorted, 0.975) };
}

function meanOfResample(values: readonly number[], random: Random): number {
  let sum = 0;
  for (let draw = 0; draw < values.length; draw++) sum += values[random.integer(values.length)]!;
  return sum / values.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Row id → correctness of `to` minus correctness of `from`. */
function differencesOf(run: PairedRun): ReadonlyMap<string, number> {
  const before = correctness(run.from);
  const after = correctness(run.to);
  const unmatched = [...before.keys()].filter((id) => !after.has(id));
  if (unmatched.length > 0 || before.size !== after.size) {
    throw new InputError(
      `The two policies were not evaluated on the same rows (${before.size} and ${after.size}, e.g. ${unmatched[0] ?? "one more in the second"}); evaluate both on one set.`,
      { from: before.size, to: after.size, unmatched: unmatched.length },
    );
  }
  return new Map([...before].map(([id, correct]) => [id, after.get(id)! - correct]));
}

function correctness(items: readonly JudgedItem[]): ReadonlyMap<string, number> {
  const byId = new Map(items.map((item) => [item.exampleId, item.grade.correct ? 1 : 0]));
  if (byId.size === items.length) return byId;
  throw new InputError(`${items.length} items have ${byId.size} different ids; a row may count only once.`, {
    items: items.length,
    ids: byId.size,
  });
}

function requireSameRows(runs: readonly ReadonlyMap<string, number>[]): void {
  const first = runs[0];
  if (first === undefined || first.size === 0) {
    throw new InputError("There is nothing to compare; pass at least one run with at least one row.");
  }
  const other = runs.findIndex(
    (run) => run.size !== first.size || [...first.keys()].some((id) => !run.has(id)),
  );
  if (other < 0) return;
  throw new InputError(`Run ${other} has other rows than run 0; stack only runs over the same rows.`, {
    run: other,
  });
}

function scoresBy<T extends Pick<ItemRecord, "grade">>(
  items: readonly T[],
  nameOf: (item: T) => string,
): Score[] {
  return groupByName(items, nameOf).map(([name, group]) => scoreOf(name, group));
}

function countDeficiencies(items: readonly ItemRecord[]): Partial<Record<Deficiency, number>> {
  const counts = new Map<Deficiency, number>();
  for (const deficiency of items.flatMap((item) => item.grade.deficiencies)) {
    counts.set(deficiency, (counts.get(deficiency) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([one], [other]) => compareIds(one, other)));
}
