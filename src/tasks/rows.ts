/**
 * Splits the text of a data file into rows (see `createSplitter`) and decodes them.
 *
 * Works on chunks of any size and keeps one row in memory at a time. Nothing throws: a row that cannot be read becomes a
 * `Rejection` with its row and line, and reading goes on with the next. The disk is the caller's.
 */
import type { JsonValue, Rejection } from "../spec/index.js";
import { parseJson } from "./json-text.js";
import { createSplitter, type Piece, type PieceProblem } from "./row-splitter.js";

/** One row of a data file. */
export interface Row {
  /** Counted from 0; blank lines do not count, damaged rows do. */
  readonly row: number;
  readonly value: JsonValue;
  /** The JSON text of the value, where it was read from text: keeps what numbers lose in JavaScript. */
  readonly text?: string;
  /** True where the value may have lost digits of an integer beyond ±(2^53 − 1). */
  readonly inexact?: true;
}

/** How rows are read. */
export interface RowOptions {
  /** Name of the file, for rejections. */
  readonly file: string;
  /** Longest row in UTF-16 code units; a longer one is set aside unread. @default 16777216 */
  readonly maximumRowLength?: number;
}

/** Takes a file's text piece by piece and gives rows as they complete. */
export interface RowParser {
  push(chunk: string): (Row | Rejection)[];
  /** What is left when the text has ended: the last line, or the report of a list that is cut off. */
  end(): (Row | Rejection)[];
}

const defaultMaximumRowLength = 16 * 1024 * 1024;

/**
 * The rows of a file's text, damaged ones as rejections of the rules `json` (not JSON, or nested too deep), `encoding`
 * (bytes that were none), `repeated-key`, `row-too-long`, `cut-off` (the list or the last object never ends) and
 * `trailing-text` (something follows the list). An empty text has no rows.
 */
export function* parseJsonRows(chunks: Iterable<string>, options: RowOptions): Generator<Row | Rejection> {
  const parser = createRowParser(options);
  for (const chunk of chunks) yield* parser.push(chunk);
  yield* parser.end();
}

/** `parseJsonRows` for chunks that arrive over time. */
export async function* parseJsonRowsAsync(
  chunks: AsyncIterable<string>,
  options: RowOptions,
): AsyncGenerator<Row | Rejection> {
  const parser = createRowParser(options);
  for await (const chunk of chunks) yield* parser.push(chunk);
  yield* parser.end();
}

/** True for a row or example that was set aside. */
export function isRejection(item: object): item is Rejection {
  return "rule" in item && "message" in item && "field" in item;
}

/** The incremental form of `parseJsonRows`. */
export function createRowParser(options: RowOptions): RowParser {
  const splitter = createSplitter(options.maximumRowLength ?? defaultMaximumRowLength);
  let count = 0;
  const decode = (piece: Piece): Row | Rejection => decodePiece(piece, count++, options.file);
  return {
    push: (chunk) => splitter.push(chunk).map(decode),
    end: () => splitter.end().map(decode),
  };
}

const problems: Readonly<Record<PieceProblem, string>> = {
  "row-too-long": "the row is longer than the limit; split it or raise the limit",
  "cut-off": "the file ends inside a row or the list of rows; fetch it again",
  "trailing-text": "text follows the end of the list of rows; remove it",
};

const notUtf8 = "the row holds bytes that are not UTF-8; convert the file to UTF-8, or repair the row";

function decodePiece(piece: Piece, row: number, file: string): Row | Rejection {
  const reject = (rule: string, message: string): Rejection => ({
    file,
    row,
    field: "",
    rule,
    message: `Line ${piece.line}: ${message}.`,
  });
  if (piece.problem !== undefined) return reject(piece.problem, problems[piece.problem]);
  if (/\p{Cs}/u.test(piece.text)) return reject("encoding", notUtf8);
  const result = parseJson(piece.text);
  if (result.ok) {
    const { value, inexact } = result;
    return { row, value, text: piece.text, ...(inexact === undefined ? {} : { inexact }) };
  }
  return result.rule === "json"
    ? reject("json", `the row is not JSON (${result.message}); repair or remove it`)
    : reject("repeated-key", `${result.message}; keep one of them`);
}
