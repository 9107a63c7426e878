/** Rows of any format → examples. The format is given, or detected from the first rows. */
import type { Example, JsonValue, Rejection } from "../../spec/index.js";
import { type ImportPlace, importReading, type RowImport } from "../dialogue/import-reading.js";
import { bad } from "../dialogue/problem.js";
import { createNotes, noteInexact } from "../dialogue/read-notes.js";
import { isJsonObject } from "../json-text.js";
import { isRejection, type Row } from "../rows.js";
import { type FormatName, sourceRow } from "./format.js";
import { detectFormat, formatOf } from "./formats.js";

/** How rows are imported. */
export interface ImportOptions extends ImportPlace {
  /** Absent: no format is known, and every row is set aside by the rule `unknown-format`. */
  readonly format: FormatName | undefined;
  /** Repairs what is mechanical instead of setting the row aside. @default false */
  readonly repair?: boolean;
}

/** Imports one row. Never throws, whatever the value. Rules: `row-type`, `unknown-format`, and those of the format. */
export function importRow(row: Row, options: ImportOptions): RowImport {
  const { format, repair } = options;
  const notes = createNotes(repair);
  const place = { ...options, row: row.row };
  if (!isJsonObject(row.value)) return importReading(bad("", "row-type", notAnObject), notes, place);
  if (format === undefined) return importReading(bad("", "unknown-format", unknownFormat), notes, place);
  if (row.inexact) noteInexact(notes, "");
  return importReading(formatOf(format).read(sourceRow(row.value, row.text), notes), notes, place);
}

const notAnObject = "A row must be an object; write one.";
const unknownFormat =
  "The first rows are in none of the known formats; name the format, or convert the file to one of them.";

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
