/**
 * Checks a data file: what it holds, and what of it cannot be used and why. Counts only; the reading of files and the
 * printing are the caller's.
 */
import type { Difficulty, Example, Rejection } from "../../spec/index.js";
import type { RenderContext } from "../../text/index.js";
import type { Dialogue } from "../dialogue/dialogue.js";
import { createDuplicateFinder, type DuplicateFinder } from "../duplicates.js";
import { fitsContext } from "../fits-context.js";
import type { FormatName } from "../formats/format.js";
import { unusedFields } from "../formats/formats.js";
import { detectRows, importRow } from "../formats/import-rows.js";
import { isJsonObject } from "../json-text.js";
import { isRejection, type Row } from "../rows.js";
import { fixOf } from "../rule-fixes.js";
import {
  addRow,
  createMeasureTallies,
  type ImportedRow,
  type Measure,
  type MeasureTally,
  type RowMeasure,
  rowMeasures,
  summarize,
} from "./measures.js";
import { createReasonTally, type ReasonTally } from "./reason-tally.js";
import type { DataCheck, Finding, NamedCount } from "./report.js";
import { createTally, type Tally } from "./tally.js";

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
  /** Receives every imported row, with the examples that fit the model. */
  readonly onRow?: (row: ImportedRow) => void;
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
    const found = isRejection(item)
      ? [finding(item, "set-aside")]
      : checkRow(item, detected.format, counts, options);
    for (const one of found) {
      (one.kind === "remark" ? counts.findings : counts.setAside).add(one);
      await options.onFinding?.(one);
    }
  }
  return reportOf(counts, options.file, detected.format);
}

function finding(rejection: Rejection, kind: Finding["kind"]): Finding {
  return { ...rejection, kind, fix: fixOf(rejection.rule) };
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
  readonly unusedFields: Tally<string>;
  readonly lengths: readonly MeasureTally<RowMeasure>[];
  readonly tokens: readonly MeasureTally[];
  readonly duplicates: DuplicateFinder;
}

const tokenMeasures: readonly Measure[] = ["prompt", "answer", "whole"].map((name) => ({
  name,
  unit: "tokens",
  per: "example",
}));

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
    categories: createTally(mostNames),
    unusedFields: createTally(mostNames),
    lengths: createMeasureTallies(rowMeasures),
    tokens: createMeasureTallies(tokenMeasures),
    duplicates: createDuplicateFinder(),
  };
}

/** Names of categories and fields that are told apart: files of others may have a new one in every row. */
const mostNames = 1000;

/** Counts a row and gives what was found in it. */
function checkRow(
  item: Row,
  format: FormatName | undefined,
  counts: Counts,
  options: CheckOptions,
): readonly Finding[] {
  const { file, context } = options;
  const result = importRow(item, { file, format });
  if (!result.ok) return [finding(result.rejection, "set-aside")];
  const { dialogue, examples } = result;
  const fits = examples.map((example) => fitOf(example, counts, context));
  const row = { ...result, examples: examples.filter((_, index) => fits[index] === undefined) };
  const omitted = [...result.omitted, ...fits.filter((problem) => problem !== undefined)];
  counts.omitted += omitted.length;
  countRow(row, counts);
  if (format !== undefined) countFields(item, format, counts);
  options.onRow?.(row);
  return [
    ...omitted.map((rejection) => finding(rejection, "set-aside")),
    ...result.findings.map((rejection) => finding(rejection, "remark")),
    ...findRepetition(dialogue, counts, file),
  ];
}

/** Measures an example in tokens; gives the reason where it does not fit the model. */
function fitOf(
  example: Example,
  { tokens }: Counts,
  context: RenderContext | undefined,
): Rejection | undefined {
  if (context === undefined) return undefined;
  const fit = fitsContext(example, context);
  if (!fit.ok) return fit.rejection;
  const { promptLength: prompt, tokens: all } = fit.rendered;
  const lengths = [prompt, all.length - prompt, all.length];
  for (const [index, length] of lengths.entries()) tokens[index]?.values.add(length);
  return undefined;
}

function countRow(row: ImportedRow, counts: Counts): void {
  const { facts, dialogue, examples } = row;
  counts.imported += 1;
  counts.withoutCall += dialogue.turns.some(({ trained, calls }) => trained && calls.length > 0) ? 0 : 1;
  counts.classes.add(facts.difficulty);
  counts.examples += examples.length;
  for (const { calls, category } of examples) {
    counts.withCalls += calls.length > 0 ? 1 : 0;
    counts.calls += calls.length;
    counts.categories.add(category);
  }
  addRow(counts.lengths, row);
}

function countFields({ value }: Row, format: FormatName, counts: Counts): void {
  if (!isJsonObject(value)) return;
  for (const name of unusedFields(value, format)) counts.unusedFields.add(name.slice(0, 100));
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

function reportOf(counts: Counts, file: string, format: FormatName | undefined): DataCheck {
  const { read, imported, withoutCall, examples, omitted, withCalls, calls, exact, near, duplicates } =
    counts;
  const classCounts = new Map(counts.classes.entries());
  return {
    file,
    format: format ?? null,
    rows: { read, imported, setAside: read - imported, withoutCall },
    unusedFields: named(counts.unusedFields.entries()),
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
    lengths: [...summarize(counts.lengths), ...summarize(counts.tokens)],
  };
}

function named(entries: readonly (readonly [string, number])[]): readonly NamedCount[] {
  return entries.map(([name, count]) => ({ name, count }));
}
