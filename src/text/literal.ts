/**
 * Reads one value as a model writes it: any Python or JSON literal. One pass, time linear in the text, depth bounded,
 * nothing evaluated. What is not exactly a literal (names, operators, comprehensions, `inf`, `nan`) is a failure with
 * its place.
 */
import type { DictionaryLiteral, Literal, SequenceLiteral } from "../spec/index.js";
import {
  type Cursor,
  createCursor,
  deepestNesting,
  fail,
  failExpecting,
  readSeparated,
  skipSpace,
  take,
  takeMatch,
} from "./cursor.js";
import { atNumber, readNumber } from "./literal-number.js";
import { type LiteralParse, readNested, readWhole } from "./literal-parse.js";
import { atString, readStrings } from "./literal-string.js";

const word = /[\p{L}_][\p{L}\p{N}_]*/uy;

const constants: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ["None", { kind: "null" }],
  ["null", { kind: "null" }],
  ["True", { kind: "boolean", value: true }],
  ["true", { kind: "boolean", value: true }],
  ["False", { kind: "boolean", value: false }],
  ["false", { kind: "boolean", value: false }],
]);

/**
 * The value that the whole text is; white space around it is fine. Int and float stay different kinds, and each value
 * keeps the text it was read from. Never throws.
 */
export function parseLiteral(text: string): LiteralParse {
  return readWhole(createCursor(text), readLiteral);
}

/** The value that begins at the cursor; `undefined` after a failure. */
export function readLiteral(cursor: Cursor): Literal | undefined {
  return readNested(cursor, deepestNesting, readAny);
}

function readAny(cursor: Cursor): Literal | undefined {
  const character = cursor.text[cursor.position];
  if (character === "[") return readList(cursor);
  if (character === "{") return readBraces(cursor);
  if (character === "(") return readParentheses(cursor);
  if (atString(cursor)) return readStrings(cursor);
  if (atNumber(cursor)) return readNumber(cursor);
  return readWord(cursor);
}

function readWord(cursor: Cursor): Literal | undefined {
  const start = cursor.position;
  const name = takeMatch(cursor, word);
  if (name === undefined) return failValue(cursor);
  const constant = constants.get(name);
  if (constant !== undefined) return { ...constant, source: name };
  if (name === "set" && takeMatch(cursor, /\(\s*\)/y) !== undefined)
    return { kind: "set", items: [], source: cursor.text.slice(start, cursor.position) };
  return fail(cursor, "unquoted-value", `${name} is no literal; a text needs quotation marks.`, start);
}

function failValue(cursor: Cursor): undefined {
  if (cursor.position >= cursor.text.length)
    return fail(cursor, "unclosed", "The text ends where a value should follow.");
  return fail(cursor, "value", `No value begins with ${JSON.stringify(cursor.text[cursor.position])}.`);
}

function readList(cursor: Cursor): SequenceLiteral | undefined {
  const start = cursor.position++;
  const items = readSeparated(cursor, "]", readLiteral);
  return items && { kind: "list", items: items.values, source: cursor.text.slice(start, cursor.position) };
}

/** `()`, `(1,)` and `(1, 2)` are tuples; `(1)` is 1. */
function readParentheses(cursor: Cursor): Literal | undefined {
  const start = cursor.position++;
  const items = readSeparated(cursor, ")", readLiteral);
  if (items === undefined) return undefined;
  const source = cursor.text.slice(start, cursor.position);
  const [first] = items.values;
  if (items.values.length === 1 && !items.trailingComma) return { ...first!, source };
  return { kind: "tuple", items: items.values, source };
}

interface Entry {
  readonly key: Literal;
  readonly value: Literal | undefined;
}

/** A dictionary where the first entry has a colon, else a set; `{}` is a dictionary. */
function readBraces(cursor: Cursor): SequenceLiteral | DictionaryLiteral | undefined {
  const start = cursor.position++;
  let keyed: boolean | undefined;
  const entries = readSeparated(cursor, "}", () => {
    const entry = readEntry(cursor, keyed);
    if (entry !== undefined) keyed = entry.value !== undefined;
    return entry;
  });
  if (entries === undefined) return undefined;
  const source = cursor.text.slice(start, cursor.position);
  if (keyed === false) return { kind: "set", items: entries.values.map((entry) => entry.key), source };
  return { kind: "dict", entries: entries.values.map(({ key, value }) => ({ key, value: value! })), source };
}

/** `key: value`, or just `key` where the braces may be or are a set. */
function readEntry(cursor: Cursor, keyed: boolean | undefined): Entry | undefined {
  const key = readLiteral(cursor);
  if (key === undefined) return undefined;
  const end = cursor.position;
  skipSpace(cursor);
  if (keyed !== false && take(cursor, ":")) {
    skipSpace(cursor);
    const value = readLiteral(cursor);
    return value && { key, value };
  }
  if (keyed === true) return failExpecting(cursor, "a colon");
  cursor.position = end;
  return { key, value: undefined };
}
