/** Rows of any format → examples. The format is given, or detected from the first rows. */
import type { Example, JsonObject, JsonValue, Rejection } from "../../spec/index.js";
import type { Dialogue } from "../dialogue/dialogue.js";
import { type ImportPlace, importReading, type RowImport } from "../dialogue/import-reading.js";
import { bad, type Reading } from "../dialogue/problem.js";
import { createNotes, noteInexact, type ReadNotes } from "../dialogue/read-notes.js";
import { isJsonObject } from "../json-text.js";
import { isRejection, type Row } from "../rows.js";
import { type FormatName, sourceRow } from "./format.js";
import { detectFormat, formatOf, recognizeRow } from "./formats.js";

/** How rows are imported. */
export interface ImportOptions extends ImportPlace {
  /** Absent: no format is known, and every row is set aside by the rule `unknown-format`. */
  readonly format: FormatName | undefined;
  /** Repairs what is mechanical instead of setting the row aside. @default false */
  readonly repair?: boolean;
}

/**
 * Imports one row. Never throws, whatever the value. Rules: `row-type`, `unknown-format`, `other-format`, and those of
 * the format.
 */
export function importRow(row: Row, options: ImportOptions): RowImport {
  const notes = createNotes(options.repair);
  return importReading(readRow(row, options.format, notes), notes, { ...options, row: row.row });
}

function readRow(row: Row, name: FormatName | undefined, notes: ReadNotes): Reading<Dialogue> {
  const { value, text, inexact } = row;
  if (!isJsonObject(value)) return bad("", "row-type", "A row must be an object; write one.");
  if (name === undefined)
    return bad("", "unknown-format", `The row has ${fieldsOf(value)}: no known format.`);
  if (inexact) noteInexact(notes, "");
  const format = formatOf(name);
  const reading = format.read(sourceRow(value, text), notes);
  if (reading.ok || format.recognizes(value)) return reading;
  const other = recognizeRow(value);
  if (other === undefined) return reading;
  const message = `The row has the form of ${formatOf(other).title}; as ${format.title} it cannot be read: ${reading.problem.message}`;
  return bad(reading.problem.field, "other-format", message);
}

const shownFields = 8;

function fieldsOf(row: JsonObject): string {
  const names = Object.keys(row);
  if (names.length === 0) return "no fields";
  const shown = names.slice(0, shownFields).map((name) => JSON.stringify(name.slice(0, 40)));
  return `the fields ${shown.join(", ")}${names.length > shownFields ? ", …" : ""}`;
}

/** Rows with the format that most of the first ones are in. */
export interface DetectedRows {
  readonly format: FormatName | undefined;
  /** All rows, the first ones included. */
  readonly rows: AsyncIterable<Row | Rejection>;
}

/** How many rows are looked at. */
const sampleSize = 50;

/** Reads the first rows and says which format they are in; a format that is given is not doubted. */
export async function detectRows(
  rows: AsyncIterable<Row | Rejection>,
  forced?: FormatName,
): Promise<DetectedRows> {
  if (forced !== undefined) return { format: forced, rows };
  const iterator = rows[Symbol.asyncIterator]();
  const first: (Row | Rejection)[] = [];
  while (first.length < sampleSize) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
  }
  return { format: detectFormat(valuesOf(first)), rows: joined(first, iterator) };
}

function* valuesOf(items: readonly (Row | Rejection)[]): Generator<JsonValue> {
  for (const item of items) if (!isRejection(item)) yield item.value;
}

async function* joined<T>(first: readonly T[], rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    yield* first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** `importRow` for a stream: examples in order, and a rejection in the place of each row that was set aside. */
export async function* importRows(
  rows: AsyncIterable<Row | Rejection>,
  options: ImportPlace & { readonly format?: FormatName },
): AsyncGenerator<Example | Rejection> {
  const detected = await detectRows(rows, options.format);
  for await (const item of detected.rows) {
    if (isRejection(item)) yield item;
    else yield* itemsOf(importRow(item, { ...options, format: detected.format }));
  }
}

function itemsOf(result: RowImport): readonly (Example | Rejection)[] {
  return result.ok ? [...result.examples, ...result.omitted] : [result.rejection];
}
