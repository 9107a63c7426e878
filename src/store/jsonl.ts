/**
 * JSONL: one JSON value a line, UTF-8, each line ended by a newline. Read as a stream, so memory holds one line at a
 * time; every complaint names file and row. Rows count from 0, like `Origin.row`.
 */
import { createReadStream } from "node:fs";
import { type JsonValue, StoreError } from "../spec/index.js";
import { storeFailure } from "./failure.js";

/** Longest line that is read, in bytes. A longer one is a file of another kind, not a row. */
const longestLine = 256 * 1024 * 1024;
const newline = 0x0a;

/** One line and where it lies. */
export interface Line {
  /** Without the newline. */
  readonly bytes: Uint8Array;
  /** Counted from 0. */
  readonly row: number;
  /** Offset of the first byte in the file. */
  readonly start: number;
  /** False for a last line without its newline. */
  readonly terminated: boolean;
}

/**
 * The line of a row. Numbers that JSON lacks are written as text, and readers turn them back: a `bigint` as its decimal
 * digits, an infinite number or NaN as its name. The records of this library read both forms.
 */
export function encodeRow(row: unknown): string {
  return `${JSON.stringify(row, encodeValue)}\n`;
}

function encodeValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Float32Array) return Array.from(value);
  return value;
}

/** The lines of a file in order. @throws StoreError for a file that cannot be read or a line that is too long */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let row = 0;
  let start = 0;
  let pending: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readChunks(path)) {
    let from = 0;
    for (let end = chunk.indexOf(newline, from); end >= 0; end = chunk.indexOf(newline, from)) {
      const bytes = join(pending, chunk.subarray(from, end));
      yield { bytes, row, start, terminated: true };
      row += 1;
      start += bytes.length + 1;
      pending = [];
      size = 0;
      from = end + 1;
    }
    if (from < chunk.length) pending.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > longestLine) throw tooLong(path, row);
  }
  if (size > 0) yield { bytes: join(pending, new Uint8Array(0)), row, start, terminated: false };
}

/** The bytes of a file as a stream. @throws StoreError */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 17 })) yield chunk;
  } catch (cause) {
    throw storeFailure("read", path, cause);
  }
}

function join(pending: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  return pending.length === 0 ? last : Buffer.concat([...pending, last]);
}

/**
 * The value of a line.
 *
 * @param name how to call the file in an error
 * @throws StoreError with the facts `path` and `row` for bytes that are not UTF-8 or text that is not JSON
 */
export function parseLine(bytes: Uint8Array, name: string, row: number): JsonValue {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw badRow(name, row, "it is not UTF-8 text", cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRow(name, row, "it is not JSON", cause);
  }
}

/** The error for a row that is not what it must be. */
export function badRow(name: string, row: number, what: string, cause?: unknown): StoreError {
  const fix = "Restore the file, or delete the manifest of the stage that made it and run again";
  return new StoreError(
    `${name}, row ${row} (line ${row + 1}) is damaged: ${what}. ${fix}.`,
    { path: name, row },
    cause === undefined ? undefined : { cause },
  );
}

function tooLong(path: string, row: number): StoreError {
  const message = `${path}, row ${row} is longer than ${longestLine} bytes: this is not a file of rows. Check the path.`;
  return new StoreError(message, { path, row });
}
