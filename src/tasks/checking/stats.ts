/** How the rows of a file are distributed, with the counts of `checkData`. */
import type { Rejection } from "../../spec/index.js";
import type { Row } from "../rows.js";
import { type CheckOptions, checkData } from "./check.js";
import { type Bin, histogram } from "./histogram.js";
import {
  addRow,
  createMeasureTallies,
  furtherMeasures,
  type ImportedRow,
  type LengthSummary,
  rowMeasures,
  summarize,
} from "./measures.js";
import type { DataCheck, NamedCount } from "./report.js";
import { createTally, type Tally } from "./tally.js";

/** One measure of all rows, examples or calls. */
export interface Distribution extends LengthSummary {
  readonly bins: readonly Bin[];
}

/** Everything that is plotted. */
export interface DataStats {
  readonly check: DataCheck;
  readonly distributions: readonly Distribution[];
  /** Arguments of all calls by the kind of their value. */
  readonly values: readonly NamedCount[];
  /** The tools that are called most. */
  readonly calledTools: readonly NamedCount[];
  /** How many different tools are called; beyond 100,000 they are not told apart. */
  readonly differentTools: number;
}

const shownTools = 20;
/** Names of tools that are counted apart. */
const mostTools = 100_000;

/** Reads all rows once. Memory grows with the number of different values, not of rows. */
export async function measureData(
  rows: AsyncIterable<Row | Rejection>,
  options: CheckOptions,
): Promise<DataStats> {
  const tallies = createMeasureTallies([...rowMeasures, ...furtherMeasures]);
  const values = createTally<string>();
  const called = createTally<string>(mostTools);
  const check = await checkData(rows, {
    ...options,
    onRow: (row) => {
      options.onRow?.(row);
      addRow(tallies, row);
      addCalls(row, values, called);
    },
  });
  return {
    check,
    distributions: tallies.flatMap((tally) =>
      summarize([tally]).map((summary) => ({ ...summary, bins: histogram(tally.values.entries()) })),
    ),
    values: named(values),
    calledTools: named(called).slice(0, shownTools),
    differentTools: called.entries().length,
  };
}

function named(tally: Tally<string>): readonly NamedCount[] {
  return tally.entries().map(([name, count]) => ({ name, count }));
}

function addCalls({ examples }: ImportedRow, values: Tally<string>, called: Tally<string>): void {
  for (const call of examples.flatMap(({ calls }) => calls)) {
    called.add(call.name);
    for (const { value } of call.arguments) values.add(value.kind);
  }
}
