/**
 * `itool data check`: what a data file holds, and what of it cannot be used and why. Counts only; the reading of files
 * and the printing are the caller's.
 */
import type { Difficulty, Example, Rejection } from "../../../spec/index.js";
import {
  fitsContext,
  importToolaceRow,
  isRejection,
  type Row,
  type RowImport,
} from "../../../tasks/index.js";
import type { RenderContext } from "../../../text/index.js";
import { createTally, type Quantiles, quantiles, type Tally } from "./tally.js";

/** What is checked besides the rows themselves. */
export interface CheckOptions {
  /** Name of the file, for the places of rejections. */
  readonly file: string;
  /** How many places of each reason are kept. @default 5 */
  readonly places?: number;
  /** A model; adds lengths in tokens to the report, and sets aside examples that do not fit it. */
  readonly context?: RenderContext;
}

/** A rule with its places. */
export interface ReasonCount {
  readonly rule: string;
  readonly count: number;
  /** The first places, in the order of the file. */
  readonly first: readonly Rejection[];
}

/** How often something occurs. */
export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/** Quantiles of one measure. */
export interface LengthSummary {
  /** What is measured, e.g. `tool list`. */
  readonly name: string;
  readonly unit: "tools" | "calls" | "characters" | "tokens";
  /** Whether one value stands for a row or for an example. */
  readonly per: "row" | "example";
  readonly quantiles: Quantiles;
}

/**
 * The report on a data file. Always `rows.read = rows.imported + rows.setAside`, `answers.read = answers.examples +
 * answers.setAside`, and the counts of `setAside` add up to the rows and answers set aside.
 */
export interface DataCheck {
  readonly file: string;
  readonly rows: { readonly read: number; readonly imported: number; readonly setAside: number };
  readonly answers: {
    /** Answers of the assistant in the imported rows: those that became examples, and those set aside. */
    readonly read: number;
    readonly examples: number;
    readonly setAside: number;
    /** Examples whose gold answer calls. */
    readonly withCalls: number;
    /** Examples whose gold answer is text. */
    readonly text: number;
    /** Calls in all gold answers. */
    readonly calls: number;
  };
  /** Reasons for setting rows or single answers aside; the most frequent first. */
  readonly setAside: readonly ReasonCount[];
  /** Remarks on rows that were imported; the most frequent first. */
  readonly findings: readonly ReasonCount[];
  /** Imported rows by class of difficulty: easy, medium, hard. */
  readonly classes: readonly NamedCount[];
  /** Examples by category. */
  readonly categories: readonly NamedCount[];
  readonly lengths: readonly LengthSummary[];
}

/** Reads all rows once and counts. Memory does not grow with their number. */
export async function checkData(
  rows: Iterable<Row | Rejection> | AsyncIterable<Row | Rejection>,
  options: CheckOptions,
): Promise<DataCheck> {
  const counts = createCounts(options.places ?? 5);
  for await (const item of rows) {
    counts.read += 1;
    if (isRejection(item)) counts.setAside.add(item);
    else countImport(importToolaceRow(item, options), counts, options);
  }
  return reportOf(counts, options.file);
}

/** Reasons with their first places. */
interface ReasonTally {
  add(rejection: Rejection): void;
  list(): readonly ReasonCount[];
}

interface Counts {
  read: number;
  imported: number;
  examples: number;
  omitted: number;
  withCalls: number;
  calls: number;
  readonly setAside: ReasonTally;
  readonly findings: ReasonTally;
  readonly classes: Tally<Difficulty>;
  readonly categories: Tally<string>;
  readonly lengths: readonly LengthCounter[];
}

interface LengthCounter extends Omit<LengthSummary, "quantiles"> {
  readonly values: Tally<number>;
}

const measures = [
  { name: "tools", unit: "tools", per: "row" },
  { name: "tool list", unit: "characters", per: "row" },
  { name: "most calls in a turn", unit: "calls", per: "row" },
  { name: "dialogue before the answer", unit: "characters", per: "example" },
  { name: "answer", unit: "characters", per: "example" },
  { name: "prompt", unit: "tokens", per: "example" },
  { name: "answer", unit: "tokens", per: "example" },
  { name: "whole", unit: "tokens", per: "example" },
] as const;

function createCounts(places: number): Counts {
  return {
    read: 0,
    imported: 0,
    examples: 0,
    omitted: 0,
    withCalls: 0,
    calls: 0,
    setAside: createReasonTally(places),
    findings: createReasonTally(places),
    classes: createTally(),
    categories: createTally(),
    lengths: measures.map((measure) => ({ ...measure, values: createTally<number>() })),
  };
}

function createReasonTally(places: number): ReasonTally {
  const tally = createTally<string>();
  const first = new Map<string, Rejection[]>();
  return {
    add(rejection) {
      tally.add(rejection.rule);
      const kept = first.get(rejection.rule) ?? [];
      if (kept.length < places) first.set(rejection.rule, [...kept, rejection]);
    },
    list: () => tally.entries().map(([rule, count]) => ({ rule, count, first: first.get(rule) ?? [] })),
  };
}

function countImport(result: RowImport, counts: Counts, options: CheckOptions): void {
  if (!result.ok) {
    counts.setAside.add(result.rejection);
    return;
  }
  counts.imported += 1;
  const { facts } = result;
  counts.classes.add(facts.difficulty);
  measure(counts, 0, facts.toolCount, facts.toolTextLength, facts.callCount);
  for (const finding of result.findings) counts.findings.add(finding);
  for (const rejection of result.omitted) countOmitted(rejection, counts);
  for (const example of result.examples) countExample(example, counts, options.context);
}

function countOmitted(rejection: Rejection, counts: Counts): void {
  counts.omitted += 1;
  counts.setAside.add(rejection);
}

function countExample(example: Example, counts: Counts, context: RenderContext | undefined): void {
  if (context !== undefined) {
    const fit = fitsContext(example, context);
    if (!fit.ok) {
      countOmitted(fit.rejection, counts);
      return;
    }
    const { promptLength, tokens } = fit.rendered;
    measure(counts, 5, promptLength, tokens.length - promptLength, tokens.length);
  }
  counts.examples += 1;
  counts.withCalls += example.calls.length > 0 ? 1 : 0;
  counts.calls += example.calls.length;
  counts.categories.add(example.category);
  const dialogue = example.messages.reduce((sum, message) => sum + message.content.length, 0);
  measure(counts, 3, dialogue, example.response.length);
}

/** Adds values to consecutive measures. */
function measure(counts: Counts, from: number, ...values: readonly number[]): void {
  for (const [position, value] of values.entries()) counts.lengths[from + position]!.values.add(value);
}

function reportOf(counts: Counts, file: string): DataCheck {
  const { read, imported, examples, omitted, withCalls, calls } = counts;
  const named = (entries: readonly (readonly [string, number])[]): readonly NamedCount[] =>
    entries.map(([name, count]) => ({ name, count }));
  const classCounts = new Map(counts.classes.entries());
  return {
    file,
    rows: { read, imported, setAside: read - imported },
    answers: {
      read: examples + omitted,
      examples,
      setAside: omitted,
      withCalls,
      text: examples - withCalls,
      calls,
    },
    setAside: counts.setAside.list(),
    findings: counts.findings.list(),
    classes: named((["easy", "medium", "hard"] as const).map((name) => [name, classCounts.get(name) ?? 0])),
    categories: named(counts.categories.entries()),
    lengths: counts.lengths.flatMap(({ values, ...rest }) => {
      const summary = quantiles(values);
      return summary === undefined ? [] : [{ ...rest, quantiles: summary }];
    }),
  };
}
