/** `itool data stats`: how the rows of a file are distributed, with the counts of `itool data check`. */
import type { Rejection } from "../../../spec/index.js";
import type { Row, RowImport } from "../../../tasks/index.js";
import { type CheckOptions, checkData, type DataCheck, type NamedCount } from "./check.js";
import { type Bin, histogram } from "./histogram.js";
import { createTally, type Quantiles, quantiles, type Tally } from "./tally.js";

/** One measure of all rows or examples. */
export interface Distribution {
  readonly name: string;
  readonly unit: string;
  readonly per: "row" | "example";
  readonly quantiles: Quantiles;
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
  /** How many different tools are called; more than the limit are not told apart. */
  readonly differentTools: number;
}

const shownTools = 20;
/** Names of tools that are counted apart. */
const mostTools = 100_000;

const measures = [
  { name: "tools offered", unit: "tools", per: "row" },
  { name: "length of the tool list", unit: "characters", per: "row" },
  { name: "most calls in a turn", unit: "calls", per: "row" },
  { name: "user turns", unit: "turns", per: "row" },
  { name: "turns", unit: "turns", per: "row" },
  { name: "first request", unit: "characters", per: "row" },
  { name: "calls in an answer", unit: "calls", per: "example" },
  { name: "arguments of a call", unit: "arguments", per: "example" },
  { name: "answer", unit: "characters", per: "example" },
] as const;

type Imported = Extract<RowImport, { ok: true }>;

/** Reads all rows once. Memory grows with the number of different values, not of rows. */
export async function measureData(
  rows: AsyncIterable<Row | Rejection>,
  options: CheckOptions,
): Promise<DataStats> {
  const tallies = measures.map(() => createTally<number>());
  const values = createTally<string>();
  const called = createTally<string>();
  const names = new Set<string>();
  const check = await checkData(rows, {
    ...options,
    onRow: (row) => {
      addRow(row, tallies);
      for (const example of row.examples) addExample(example, { tallies, values, called, names });
    },
  });
  const named = (tally: Tally<string>): NamedCount[] =>
    tally.entries().map(([name, count]) => ({ name, count }));
  return {
    check,
    distributions: [...measures.flatMap((measure, index) => distribution(measure, tallies[index]!))],
    values: named(values),
    calledTools: named(called).slice(0, shownTools),
    differentTools: names.size,
  };
}

function addRow({ dialogue, facts }: Imported, tallies: readonly Tally<number>[]): void {
  const { turns } = dialogue;
  const numbers = [
    facts.toolCount,
    facts.toolTextLength,
    facts.callCount,
    turns.filter(({ message }) => message.role === "user").length,
    turns.length,
    turns[0]?.message.content.length ?? 0,
  ];
  for (const [index, value] of numbers.entries()) tallies[index]?.add(value);
}

interface ExampleTallies {
  readonly tallies: readonly Tally<number>[];
  readonly values: Tally<string>;
  readonly called: Tally<string>;
  readonly names: Set<string>;
}

function addExample(
  { calls, response }: Imported["examples"][number],
  { tallies, values, called, names }: ExampleTallies,
): void {
  tallies[6]?.add(calls.length);
  tallies[8]?.add(response.length);
  for (const call of calls) {
    tallies[7]?.add(call.arguments.length);
    for (const { value } of call.arguments) values.add(value.kind);
    if (names.has(call.name) || names.size < mostTools) {
      names.add(call.name);
      called.add(call.name);
    } else called.add("(others)");
  }
}

function distribution(
  measure: Pick<Distribution, "name" | "unit" | "per">,
  tally: Tally<number>,
): readonly Distribution[] {
  const summary = quantiles(tally);
  return summary === undefined ? [] : [{ ...measure, quantiles: summary, bins: histogram(tally.entries()) }];
}
