/**
 * The table at the end of a run, as data and as plain text: one row for each policy, one column for each category and
 * one for all rows together. A category that was not run has no cell.
 */
import type { ComparisonRecord, EvaluationRecord, Score } from "../spec/index.js";
import { categoryLabel, orderCategories, policyLabel } from "./labels.js";

/** Policies × categories. */
export interface ScoreTable {
  readonly columns: readonly ScoreColumn[];
  readonly rows: readonly ScoreRow[];
  /** In the order given. */
  readonly differences: readonly DifferenceRow[];
}

/** A category, or all rows. */
export interface ScoreColumn {
  /** Name of the category; absent for the last column, `Overall`. */
  readonly category?: string;
  readonly label: string;
}

/** The scores of one policy. */
export interface ScoreRow {
  readonly policy: string;
  readonly label: string;
  /** One for each column; `undefined` where this policy was not scored on the category. */
  readonly cells: readonly (Score | undefined)[];
}

/** A paired difference with its verdict. */
export interface DifferenceRow extends ComparisonRecord {
  readonly label: string;
  /** `better` or `worse` where the interval does not contain 0. */
  readonly verdict: "better" | "worse" | "undecided";
}

/** The table of all evaluations, in their order, and the comparisons. Without an evaluation it has no column. */
export function scoreTable(
  records: readonly EvaluationRecord[],
  comparisons: readonly ComparisonRecord[],
): ScoreTable {
  const names = orderCategories(records.flatMap(({ categories }) => categories.map(({ name }) => name)));
  const columns: ScoreColumn[] = names.map((category) => ({
    category,
    label: categoryLabel(category, names),
  }));
  if (records.length > 0) columns.push({ label: "Overall" });
  const rows = records.map((record) => toRow(record, columns));
  return { columns, rows, differences: comparisons.map(toDifference) };
}

function toRow(record: EvaluationRecord, columns: readonly ScoreColumn[]): ScoreRow {
  const cells = columns.map(({ category }) =>
    category === undefined ? record.overall : record.categories.find(({ name }) => name === category),
  );
  return { policy: record.policy, label: policyLabel(record.policy), cells };
}

function toDifference(comparison: ComparisonRecord): DifferenceRow {
  const label = `${policyLabel(comparison.from)} → ${policyLabel(comparison.to)}`;
  const verdict = comparison.low > 0 ? "better" : comparison.high < 0 ? "worse" : "undecided";
  return { ...comparison, label, verdict };
}
