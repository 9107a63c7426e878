/** Measures of rows and examples: what is counted of each, and how the values are distributed. */
import type { RowImport } from "../dialogue/import-reading.js";
import { createTally, type Quantiles, quantiles, type Tally } from "./tally.js";

/** A row that was imported. */
export type ImportedRow = Extract<RowImport, { ok: true }>;

/** Something that is measured. */
export interface Measure {
  /** For people, e.g. `tool list`. */
  readonly name: string;
  readonly unit: "tools" | "calls" | "turns" | "arguments" | "characters" | "tokens";
  /** What one value stands for. */
  readonly per: "row" | "example" | "call";
}

/** A measure that is taken of rows. */
export interface RowMeasure extends Measure {
  valuesOf(row: ImportedRow): readonly number[];
}

/** Quantiles of one measure. */
export interface LengthSummary extends Measure {
  readonly quantiles: Quantiles;
}

/** The measures that every check takes. */
export const rowMeasures: readonly RowMeasure[] = [
  { name: "tools", unit: "tools", per: "row", valuesOf: ({ facts }) => [facts.toolCount] },
  { name: "tool list", unit: "characters", per: "row", valuesOf: ({ facts }) => [facts.toolTextLength] },
  { name: "most calls in a turn", unit: "calls", per: "row", valuesOf: ({ facts }) => [facts.callCount] },
  {
    name: "dialogue before the answer",
    unit: "characters",
    per: "example",
    valuesOf: ({ examples }) =>
      examples.map(({ messages }) => messages.reduce((sum, { content }) => sum + content.length, 0)),
  },
  {
    name: "answer",
    unit: "characters",
    per: "example",
    valuesOf: ({ examples }) => examples.map(({ response }) => response.length),
  },
];

/** Further measures, for distributions. */
export const furtherMeasures: readonly RowMeasure[] = [
  {
    name: "user turns",
    unit: "turns",
    per: "row",
    valuesOf: ({ dialogue }) => [dialogue.turns.filter(({ message }) => message.role === "user").length],
  },
  { name: "turns", unit: "turns", per: "row", valuesOf: ({ dialogue }) => [dialogue.turns.length] },
  {
    name: "first request",
    unit: "characters",
    per: "row",
    valuesOf: ({ dialogue }) => [dialogue.turns[0]?.message.content.length ?? 0],
  },
  {
    name: "calls in an answer",
    unit: "calls",
    per: "example",
    valuesOf: ({ examples }) => examples.map(({ calls }) => calls.length),
  },
  {
    name: "arguments of a call",
    unit: "arguments",
    per: "call",
    valuesOf: ({ examples }) => examples.flatMap(({ calls }) => calls.map((call) => call.arguments.length)),
  },
];

/** Values of several measures as they come. Memory grows with the number of different values. */
export interface MeasureTally<M extends Measure = Measure> {
  readonly measure: M;
  readonly values: Tally<number>;
}

/** A tally for each measure. */
export function createMeasureTallies<M extends Measure>(measures: readonly M[]): readonly MeasureTally<M>[] {
  return measures.map((measure) => ({ measure, values: createTally<number>() }));
}

/** Takes all measures of a row. */
export function addRow(tallies: readonly MeasureTally<RowMeasure>[], row: ImportedRow): void {
  for (const { measure, values } of tallies) for (const value of measure.valuesOf(row)) values.add(value);
}

/** The quantiles of the measures that have values. */
export function summarize(tallies: readonly MeasureTally[]): readonly LengthSummary[] {
  return tallies.flatMap(({ measure: { name, unit, per }, values }) => {
    const summary = quantiles(values);
    return summary === undefined ? [] : [{ name, unit, per, quantiles: summary }];
  });
}
