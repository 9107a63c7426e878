/**
 * Splits the text of a data file into rows: a JSON list of rows, or one row a line (JSONL). Which of the two is decided
 * by the first character: `[` begins a list.
 *
 * Works on chunks of any size and keeps one row in memory at a time. Nothing throws: a row that cannot be read becomes a
 * `Rejection` with its row and line, and reading goes on with the next. The disk is the caller's.
 */
import type { JsonValue, Rejection } from "../spec/index.js";
import { parseJson } from "./json-text.js";

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
 * The rows of a file's text, damaged ones as rejections of the rules `json` (not JSON, or nested too deep),
 * `repeated-key`, `row-too-long`, `cut-off` (the list never ends) and `trailing-text` (something follows the list).
 * An empty text has no rows.
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
  const limit = options.maximumRowLength ?? defaultMaximumRowLength;
  let splitter: Splitter | undefined;
  let line = 1;
  let count = 0;
  const decode = (piece: Piece): Row | Rejection => decodePiece(piece, count++, options.file);
  return {
    push(chunk) {
      const text = splitter === undefined ? chunk.replace(/^[\s\uFEFF]+/u, "") : chunk;
      if (splitter === undefined) line += chunk.slice(0, chunk.length - text.length).split("\n").length - 1;
      if (text === "") return [];
      splitter ??= text.startsWith("[") ? createListSplitter(limit, line) : createLineSplitter(limit, line);
      return splitter.push(text).map(decode);
    },
    end: () => (splitter === undefined ? [] : splitter.end().map(decode)),
  };
}

/** The text of one row, or why it has none. */
interface Piece {
  readonly text: string;
  /** Line on which the row begins, counted from 1. */
  readonly line: number;
  readonly problem?: "row-too-long" | "cut-off" | "trailing-text";
}

interface Splitter {
  push(text: string): Piece[];
  end(): Piece[];
}

const problems = {
  "row-too-long": "the row is longer than the limit; split it or raise the limit",
  "cut-off": "the file ends inside the list of rows; fetch it again",
  "trailing-text": "text follows the end of the list of rows; remove it",
} as const;

function decodePiece(piece: Piece, row: number, file: string): Row | Rejection {
  const reject = (rule: string, message: string): Rejection => ({
    file,
    row,
    field: "",
    rule,
    message: `Line ${piece.line}: ${message}.`,
  });
  if (piece.problem !== undefined) return reject(piece.problem, problems[piece.problem]);
  const result = parseJson(piece.text);
  if (result.ok) {
    const { value, inexact } = result;
    return { row, value, text: piece.text, ...(inexact === undefined ? {} : { inexact }) };
  }
  return result.rule === "json"
    ? reject("json", `the row is not JSON (${result.message}); repair or remove it`)
    : reject("repeated-key", `${result.message}; keep one of them`);
}

/** Text that is gathered up to a limit. */
interface Gatherer {
  add(text: string): void;
  /** What was gathered since the last call, or the problem of its length. */
  take(line: number): Piece;
  blank(): boolean;
}

function createGatherer(limit: number): Gatherer {
  let parts: string[] = [];
  let length = 0;
  return {
    add(text) {
      length += text.length;
      if (length <= limit) parts.push(text);
      else parts = [];
    },
    take(line) {
      const piece: Piece =
        length > limit ? { text: "", line, problem: "row-too-long" } : { text: parts.join(""), line };
      parts = [];
      length = 0;
      return piece;
    },
    blank: () => length <= limit && parts.every((part) => part.trim() === ""),
  };
}

function createLineSplitter(limit: number, firstLine: number): Splitter {
  const gathered = createGatherer(limit);
  let line = firstLine;
  const finish = (): Piece[] => {
    const blank = gathered.blank();
    const piece = gathered.take(line);
    line += 1;
    return blank ? [] : [piece];
  };
  return {
    push(text) {
      const [first = "", ...rest] = text.split("\n");
      gathered.add(first);
      return rest.flatMap((next) => {
        const done = finish();
        gathered.add(next);
        return done;
      });
    },
    end: finish,
  };
}

/** What the reader of a list has seen. */
interface ListState {
  depth: number;
  inString: boolean;
  escaped: boolean;
  /** Rows of the list so far. */
  rows: number;
  /** Whether the row under way has a character yet that is not blank. */
  started: boolean;
  line: number;
  /** Line of the first character of the row under way. */
  startLine: number;
  place: "before" | "inside" | "after" | "ignored";
}

function createListSplitter(limit: number, firstLine: number): Splitter {
  const gathered = createGatherer(limit);
  const state: ListState = {
    depth: 0,
    inString: false,
    escaped: false,
    rows: 0,
    started: false,
    line: firstLine,
    startLine: firstLine,
    place: "before",
  };
  return {
    push: (text) => splitList(text, state, gathered),
    end: () => {
      if (state.place === "after" || state.place === "ignored") return [];
      return [{ text: "", line: state.startLine, problem: "cut-off" }];
    },
  };
}

/** Cuts a chunk at the commas and the closing bracket of the outermost list. */
function splitList(text: string, state: ListState, gathered: Gatherer): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (let index = 0; index < text.length && state.place !== "ignored"; index += 1) {
    const character = text[index]!;
    if (character === "\n") state.line += 1;
    if (state.place === "before") {
      state.place = "inside";
      start = index + 1;
    } else if (state.place === "after") {
      if (character.trim() === "") continue;
      state.place = "ignored";
      pieces.push({ text: "", line: state.line, problem: "trailing-text" });
    } else if (isRowEnd(character, state)) {
      gathered.add(text.slice(start, index));
      pieces.push(...finishRow(character, state, gathered));
      start = index + 1;
    } else if (!state.started && character.trim() !== "") {
      state.started = true;
      state.startLine = state.line;
    }
  }
  if (state.place === "inside") gathered.add(text.slice(start));
  return pieces;
}

/** Advances over one character inside the list; true at a comma or bracket that ends a row. */
function isRowEnd(character: string, state: ListState): boolean {
  if (state.inString) {
    if (state.escaped) state.escaped = false;
    else if (character === "\\") state.escaped = true;
    else if (character === '"') state.inString = false;
    return false;
  }
  if (state.depth === 0 && (character === "," || character === "]")) return true;
  if (character === '"') state.inString = true;
  else if (character === "[" || character === "{") state.depth += 1;
  else if ((character === "]" || character === "}") && state.depth > 0) state.depth -= 1;
  return false;
}

/** An empty list has no row; a comma with nothing after it announces one that is missing. */
function finishRow(character: string, state: ListState, gathered: Gatherer): Piece[] {
  const emptyList = character === "]" && state.rows === 0 && !state.started;
  const piece = gathered.take(state.started ? state.startLine : state.line);
  state.rows += 1;
  state.started = false;
  if (character === "]") state.place = "after";
  return emptyList ? [] : [piece];
}
