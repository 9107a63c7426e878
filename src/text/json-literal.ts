/**
 * JSON text ↔ literals without loss: integers of any size, `5.0` apart from `5`, repeated keys, the text of each value.
 * `JSON.parse` keeps none of these.
 */
import { InputError, type Literal, type StringLiteral } from "../spec/index.js";
import { type Cursor, fail, failExpecting, readSeparated, skipSpace, take, takeMatch } from "./cursor.js";
import { type LiteralParse, readNested, readWhole } from "./literal-parse.js";

/** Deepest nesting of lists and objects that is read. */
const deepestJson = 64;
/** Integers with more digits are refused, as in `parseLiteral`. */
const mostDigits = 4300;

const numberText = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const wholeNumberText = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const words: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ["null", { kind: "null" }],
  ["true", { kind: "boolean", value: true }],
  ["false", { kind: "boolean", value: false }],
]);

/**
 * The value that a whole JSON text is, each part with its source. Strict JSON in one pass; never throws. Nesting beyond
 * 64 levels, integers of more than 4,300 digits and floats out of range are failures.
 */
export function parseJsonLiteral(text: string): LiteralParse {
  return readWhole({ text, position: 0, depth: 0, failure: undefined }, readValue);
}

/**
 * The literal as JSON text that `parseJsonLiteral` reads back to the same values. Numbers keep the text they were read
 * from where it is JSON. Tuples and sets become lists; keys that are no strings are written as the text of their JSON.
 *
 * @throws InputError for a float that is not finite, which only code can make.
 */
export function printJson(literal: Literal): string {
  switch (literal.kind) {
    case "null":
      return "null";
    case "boolean":
      return String(literal.value);
    case "integer":
      return literal.value.toString();
    case "float":
      return printFloat(literal.value, literal.source);
    case "string":
      return JSON.stringify(literal.value);
    case "dict":
      return `{${literal.entries.map(({ key, value }) => `${printKey(key)}: ${printJson(value)}`).join(", ")}}`;
    default:
      return `[${literal.items.map(printJson).join(", ")}]`;
  }
}

/** The value of the last entry with this key; `undefined` where the literal is no dictionary or has none. */
export function entryOf(literal: Literal | undefined, key: string): Literal | undefined {
  if (literal?.kind !== "dict") return undefined;
  return literal.entries.findLast((entry) => entry.key.kind === "string" && entry.key.value === key)?.value;
}

function printKey(key: Literal): string {
  return key.kind === "string" ? JSON.stringify(key.value) : JSON.stringify(printJson(key));
}

function printFloat(value: number, source: string | undefined): string {
  if (source !== undefined && /[.eE]/.test(source) && wholeNumberText.test(source)) return source;
  if (!Number.isFinite(value))
    throw new InputError(`${value} is no JSON number. Use a finite number.`, { value });
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function readValue(cursor: Cursor): Literal | undefined {
  return readNested(cursor, deepestJson, readAny);
}

function readAny(cursor: Cursor): Literal | undefined {
  const character = cursor.text[cursor.position];
  if (character === '"') return readString(cursor);
  if (character === "[") return readContainer(cursor, "]");
  if (character === "{") return readContainer(cursor, "}");
  const word = takeMatch(cursor, /null|true|false/y);
  if (word !== undefined) return { ...words.get(word)!, source: word };
  return readNumber(cursor);
}

function readString(cursor: Cursor): StringLiteral | undefined {
  const start = cursor.position;
  const end = endOfString(cursor.text, start);
  const source = cursor.text.slice(start, end);
  const value = decode(source);
  if (value === undefined)
    return fail(cursor, "string-escape", "A string is not closed, or holds what JSON does not allow.", start);
  cursor.position = end;
  return { kind: "string", value, source };
}

/** The offset after the quotation mark that ends the string; the text's length where none does. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let first = quote;
    while (text[first - 1] === "\\") first -= 1;
    if ((quote - first) % 2 === 0) return quote + 1;
  }
  return text.length;
}

function decode(source: string): string | undefined {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function readNumber(cursor: Cursor): Literal | undefined {
  const start = cursor.position;
  const source = takeMatch(cursor, numberText);
  if (source === undefined)
    return start >= cursor.text.length
      ? fail(cursor, "unclosed", "The text ends where a value should follow.")
      : fail(cursor, "value", "No JSON value stands here.");
  if (/[.eE]/.test(source)) {
    const value = Number(source);
    if (Number.isFinite(value)) return { kind: "float", value, source };
    return fail(cursor, "number-range", `${source} is beyond the range of a float.`, start);
  }
  if (source.length > mostDigits)
    return fail(cursor, "number-range", `The integer has more than ${mostDigits} digits.`, start);
  return { kind: "integer", value: BigInt(source), source };
}

interface Item {
  readonly key?: StringLiteral;
  readonly value: Literal;
}

function readContainer(cursor: Cursor, close: "]" | "}"): Literal | undefined {
  const start = cursor.position++;
  const items = readSeparated(cursor, close, () => (close === "]" ? readItem(cursor) : readEntry(cursor)));
  if (items === undefined) return undefined;
  if (items.trailingComma) return fail(cursor, "separator", "A comma stands before the closing bracket.");
  const source = cursor.text.slice(start, cursor.position);
  const { values } = items;
  if (close === "]") return { kind: "list", items: values.map(({ value }) => value), source };
  const entries = values.flatMap(({ key, value }) => (key === undefined ? [] : [{ key, value }]));
  return { kind: "dict", entries, source };
}

function readItem(cursor: Cursor): Item | undefined {
  const value = readValue(cursor);
  return value && { value };
}

function readEntry(cursor: Cursor): Item | undefined {
  if (cursor.text[cursor.position] !== '"') return failExpecting(cursor, "a key in quotation marks");
  const key = readString(cursor);
  if (key === undefined) return undefined;
  skipSpace(cursor);
  if (!take(cursor, ":")) return failExpecting(cursor, "a colon");
  skipSpace(cursor);
  const value = readValue(cursor);
  return value && { key, value };
}
