/**
 * `itool data check`: what a data file holds, and what of it cannot be used and why. Counts only; the reading of files
 * and the printing are the caller's.
 */
import type { Difficulty, Example, Rejection } from "../../../spec/index.js";
import {
  createDuplicateFinder,
  type Dialogue,
  type DuplicateFinder,
  detectRows,
  type FormatName,
  fitsContext,
  fixOf,
  importRow,
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
  /** The format; detected where absent. */
  readonly format?: FormatName;
  /** Receives everything that was found, as it is found. */
  readonly onFinding?: (finding: Finding) => void | Promise<void>;
  /** Receives every imported row. */
  readonly onRow?: (row: Extract<RowImport, { ok: true }>) => void;
}

/** One thing that was found, and what to do about it. */
export interface Finding extends Rejection {
  /** Whether a row or answer was set aside for it, or it is a remark. */
  readonly kind: "set-aside" | "remark";
  readonly fix: string;
}

/** A rule with its places. */
export interface ReasonCount {
  readonly rule: string;
  readonly count: number;
  /** What to do. */
  readonly fix: string;
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
  /** The format that was given or detected; `null` where no row is in a known one. */
  readonly format: FormatName | null;
  readonly rows: {
    readonly read: number;
    readonly imported: number;
    readonly setAside: number;
    /** Imported rows without a call in what is trained. */
    readonly withoutCall: number;
  };
  readonly duplicates: {
    /** Imported rows that repeat an earlier one: word for word, and nearly. */
    readonly exact: number;
    readonly near: number;
    /** Imported rows with the first request of an earlier one. */
    readonly sameRequest: number;
    /** Imported rows that were compared: the first two million. */
    readonly compared: number;
  };
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

/** Reads all rows once and counts. Memory does not grow with their number, duplicates aside: 180 bytes a row. */
export async function checkData(
  rows: AsyncIterable<Row | Rejection>,
  options: CheckOptions,
): Promise<DataCheck> {
  const counts = createCounts(options.places ?? 5);
  const detected = await detectRows(rows, options.format);
  for await (const item of detected.rows) {
    counts.read += 1;
    const found: Finding[] = [];
    if (isRejection(item)) found.push(finding(item, "set-aside"));
    else {
      const result = importRow(item, { file: options.file, format: detected.format });
      found.push(...countImport(result, counts, options));
    }
    for (const one of found) {
      (one.kind === "remark" ? counts.findings : counts.setAside).add(one);
      await options.onFinding?.(one);
    }
  }
  return reportOf(counts, options.file, detected.format ?? null);
}

function finding(rejection: Rejection, kind: Finding["kind"]): Finding {
  return { ...rejection, kind, fix: fixOf(rejection.rule) };
}

/** Reasons with their first places. */
interface ReasonTally {
  add(rejection: Rejection): void;
  list(): readonly ReasonCount[];
}

interface Counts {
  read: number;
  imported: number;
  withoutCall: number;
  exact: number;
  near: number;
  examples: number;
  omitted: number;
  withCalls: number;
  calls: number;
  readonly setAside: ReasonTally;
  readonly findings: ReasonTally;
  readonly classes: Tally<Difficulty>;
  readonly categories: Tally<string>;
  readonly lengths: readonly LengthCounter[];
  readonly duplicates: DuplicateFinder;
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
    withoutCall: 0,
    exact: 0,
    near: 0,
    examples: 0,
    omitted: 0,
    withCalls: 0,
    calls: 0,
    setAside: createReasonTally(places),
    findings: createReasonTally(places),
    classes: createTally(),
    categories: createTally(),
    lengths: measures.map((measure) => ({ ...measure, values: createTally<number>() })),
    duplicates: createDuplicateFinder(),
  };
}

function createReasonTally(places: number): ReasonTally {
  const tally = createTally<string>();
  const first = new Map<string, Rejection[]>();
  return {
    add(rejection) {
      tally.add(rejection.rule);
      const kept = first.get(rejection.rule) ?? [];
      if (kept.length >= places) return;
      const { file, row, field, rule, message } = rejection;
      first.set(rule, [...kept, { file, row, field, rule, message }]);
    },
    list: () =>
      tally
        .entries()
        .map(([rule, count]) => ({ rule, count, fix: fixOf(rule), first: first.get(rule) ?? [] })),
  };
}

/** Counts a row and gives what was found in it. */
function countImport(result: RowImport, counts: Counts, options: CheckOptions): readonly Finding[] {
  if (!result.ok) return [finding(result.rejection, "set-aside")];
  counts.imported += 1;
  options.onRow?.(result);
  const { facts, dialogue } = result;
  counts.withoutCall += dialogue.turns.some(({ trained, calls }) => trained && calls.length > 0) ? 0 : 1;
  counts.classes.add(facts.difficulty);
  measure(counts, 0, facts.toolCount, facts.toolTextLength, facts.callCount);
  const omitted = result.omitted.map((rejection) => finding(rejection, "set-aside"));
  const unfit = result.examples.flatMap((example) => countExample(example, counts, options.context));
  counts.omitted += omitted.length + unfit.length;
  const remarks = result.findings.map((rejection) => finding(rejection, "remark"));
  return [...omitted, ...unfit, ...remarks, ...findRepetition(dialogue, counts, options.file)];
}

function findRepetition(dialogue: Dialogue, counts: Counts, file: string): readonly Finding[] {
  const { tools, turns } = dialogue;
  const row = counts.read - 1;
  const said = turns.map(({ message }) => message.content);
  const names = tools.map(({ name }) => name).join("\n");
  const request = turns[0]?.message.content ?? "";
  const repeated = counts.duplicates.add({ row, whole: `${names}\n${said.join("\n")}`, said, request });
  if (repeated === undefined) return [];
  counts[repeated.kind === "duplicate-row" ? "exact" : "near"] += 1;
  const how = repeated.kind === "duplicate-row" ? "the same as" : "nearly the same as";
  const message = `The row is ${how} row ${repeated.of}; ${fixOf(repeated.kind)}.`;
  return [finding({ file, row, field: "", rule: repeated.kind, message }, "remark")];
}

/** Counts an example; gives the reason where it does not fit the model. */
function countExample(
  example: Example,
  counts: Counts,
  context: RenderContext | undefined,
): readonly Finding[] {
  if (context !== undefined) {
    const fit = fitsContext(example, context);
    if (!fit.ok) return [finding(fit.rejection, "set-aside")];
    const { promptLength, tokens } = fit.rendered;
    measure(counts, 5, promptLength, tokens.length - promptLength, tokens.length);
  }
  counts.examples += 1;
  counts.withCalls += example.calls.length > 0 ? 1 : 0;
  counts.calls += example.calls.length;
  counts.categories.add(example.category);
  const dialogue = example.messages.reduce((sum, message) => sum + message.content.length, 0);
  measure(counts, 3, dialogue, example.response.length);
  return [];
}

/** Adds values to consecutive measures. */
function measure(counts: Counts, from: number, ...values: readonly number[]): void {
  for (const [position, value] of values.entries()) counts.lengths[from + position]!.values.add(value);
}

function reportOf(counts: Counts, file: string, format: FormatName | null): DataCheck {
  const { read, imported, withoutCall, examples, omitted, withCalls, calls, exact, near, duplicates } =
    counts;
  const named = (entries: readonly (readonly [string, number])[]): readonly NamedCount[] =>
    entries.map(([name, count]) => ({ name, count }));
  const classCounts = new Map(counts.classes.entries());
  return {
    file,
    format,
    rows: { read, imported, setAside: read - imported, withoutCall },
    duplicates: { exact, near, sameRequest: duplicates.sameRequest(), compared: duplicates.compared() },
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
