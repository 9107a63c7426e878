/**
 * JSON → Python's values. `JSON.parse` would lose the order of keys that look like integers and whether a number was
 * written as a float; the texts that a model sees show both.
 */
import { parseJson } from "../../json-text.js";
import type { PythonDictionary, PythonValue } from "./value.js";

/** A decoded value, or one sentence on why there is none. */
export type PythonJson =
  | { readonly ok: true; readonly value: PythonValue }
  | { readonly ok: false; readonly message: string };

/** Decodes a whole text as `json.loads` does; nested at most 64 deep, so that what walks a value may recurse. */
export function parsePythonJson(text: string): PythonJson {
  const checked = parseJson(text);
  return checked.ok ? { ok: true, value: readValue({ text, position: 0 }) } : checked;
}

/** A place in a text that is known to be JSON. */
interface Cursor {
  readonly text: string;
  position: number;
}

function readValue(cursor: Cursor): PythonValue {
  skipBlank(cursor);
  const first = cursor.text[cursor.position];
  if (first === "{") return readDictionary(cursor);
  if (first === "[") return readList(cursor);
  return first === '"' ? readString(cursor) : readScalar(cursor);
}

function readDictionary(cursor: Cursor): PythonDictionary {
  const dictionary: PythonDictionary = new Map();
  readItems(cursor, "}", () => {
    skipBlank(cursor);
    const key = readString(cursor);
    skipBlank(cursor);
    cursor.position += 1;
    dictionary.set(key, readValue(cursor));
  });
  return dictionary;
}

function readList(cursor: Cursor): PythonValue[] {
  const list: PythonValue[] = [];
  readItems(cursor, "]", () => list.push(readValue(cursor)));
  return list;
}

function readItems(cursor: Cursor, close: string, readItem: () => void): void {
  cursor.position += 1;
  skipBlank(cursor);
  while (cursor.text[cursor.position] !== close) {
    readItem();
    skipBlank(cursor);
    if (cursor.text[cursor.position] === ",") cursor.position += 1;
  }
  cursor.position += 1;
}

function readString(cursor: Cursor): string {
  const start = cursor.position;
  let end = start + 1;
  while (cursor.text[end] !== '"') end += cursor.text[end] === "\\" ? 2 : 1;
  cursor.position = end + 1;
  return String(JSON.parse(cursor.text.slice(start, end + 1)));
}

const constants: ReadonlyMap<string, PythonValue> = new Map<string, PythonValue>([
  ["null", null],
  ["true", true],
  ["false", false],
]);

function readScalar(cursor: Cursor): PythonValue {
  const start = cursor.position;
  while (/[\w.+-]/.test(cursor.text[cursor.position] ?? "")) cursor.position += 1;
  const text = cursor.text.slice(start, cursor.position);
  const constant = constants.get(text);
  if (constant !== undefined) return constant;
  return /[.eE]/.test(text) ? Number(text) : BigInt(text);
}

function skipBlank(cursor: Cursor): void {
  while (/[ \t\r\n]/.test(cursor.text[cursor.position] ?? "")) cursor.position += 1;
}
