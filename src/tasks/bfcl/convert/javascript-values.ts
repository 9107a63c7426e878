/** JavaScript values as texts → values, by the type of the schema: the official converter's rules. What does not fit stays a text. */
import { withoutQuotes } from "../decode/javascript-calls.js";
import { PythonError } from "../python/error.js";
import { parseFloatText, parseInteger } from "../python/number-text.js";
import { strip, stripCharacters } from "../python/text.js";
import { PythonDict, type PythonValue } from "../python/value.js";
import { afterSpace, LONGEST_CONVERTED, onSameLine } from "./find.js";
import { matchNestedArray } from "./nested-array.js";

/** Type names of the schemas, and what they become. */
export const JAVASCRIPT_TYPES: Readonly<Record<string, string>> = {
  String: "str",
  integer: "int",
  float: "float",
  Bigint: "int",
  Boolean: "bool",
  dict: "dict",
  array: "list",
  any: "str",
};

/** The value of a text. @param itemType Type of the items of an `array`. */
export function javascriptValue(text: string, type: string, itemType?: string): PythonValue {
  if (text.length > LONGEST_CONVERTED) return text;
  switch (type) {
    case "String":
      return withoutQuotes(text);
    case "integer":
      return /^-?\d+\n?$/.test(text) ? (parseInteger(text) ?? text) : text;
    case "float":
      return /^-?\d+(?:\.\d+)?\n?$/.test(text) ? Number(text) : text;
    case "Bigint":
      return /^-?\d+n$/.test(text) ? (parseInteger(text.slice(0, -1)) ?? text) : text;
    case "Boolean":
      return text === "true" || (text === "false" ? false : text);
    case "dict":
      return dictValue(strip(text), 0);
    case "array":
      return arrayValue(strip(text), itemType, 0);
    case "any":
      return text;
    default:
      throw new PythonError("ValueError", `Unsupported type: ${type}`);
  }
}

/** `[…]` or `new Array(…)`, split on commas; one level of inner arrays is understood. */
function arrayValue(text: string, itemType: string | undefined, depth: number): PythonValue {
  try {
    const nested = matchNestedArray(text);
    if (nested !== undefined) return innerArrays(nested);
    const items = arrayItems(text);
    if (items === undefined) return text;
    return items
      .map(strip)
      .map((item) => (itemType === undefined ? guessedValue(item) : javascriptValue(item, itemType)));
  } catch (error) {
    if (error instanceof PythonError || depth > 50) return text;
    throw error;
  }
}

/** The texts in square brackets, each a list of guessed values. */
function innerArrays(text: string): PythonValue[] {
  const arrays: PythonValue[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf("[", from);
    const end = start < 0 ? -1 : text.indexOf("]", start);
    if (end < 0) return arrays;
    const line = text.indexOf("\n", start);
    if (line >= 0 && line < end) from = start + 1;
    else {
      const body = strip(text.slice(start + 1, end));
      const items = arrays.length === 0 && body.startsWith("[") ? body.slice(1) : body;
      arrays.push(items.split(",").map(guessedValue));
      from = end + 1;
    }
  }
}

function arrayItems(text: string): string[] | undefined {
  const open = /^(?:\[|new\s+Array\()/.exec(text)?.[0];
  if (open === undefined) return undefined;
  const end = onSameLine(text, open === "[" ? "]" : ")", open.length);
  if (end < 0) return undefined;
  const body = strip(text.slice(open.length, end));
  return body === "" ? [] : body.split(",");
}

/** The pairs between the first `{` and the first `}` on its line. */
function dictValue(text: string, depth: number): PythonValue {
  if (text === "{}") return new PythonDict();
  const end = text.startsWith("{") ? onSameLine(text, "}", 1) : -1;
  if (end < 0) return text;
  const dict = new PythonDict();
  for (const [key, value] of pairsOf(text.slice(1, end))) {
    dict.set(stripCharacters(strip(key), "'\""), entryValue(strip(value), depth));
  }
  return dict;
}

function entryValue(text: string, depth: number): PythonValue {
  if (text.startsWith("[") && text.endsWith("]")) return arrayValue(text, undefined, depth + 1);
  if (text.startsWith("{") && text.endsWith("}") && depth < 50) return dictValue(text, depth + 1);
  return guessedValue(stripCharacters(text, "'\""));
}

/** `key: value` pairs: a comma ends a value only where another `key:` follows before the next comma. */
function pairsOf(text: string): [key: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let from = 0; from < text.length; ) {
    while (text[from] === ":") from++;
    const colon = text.indexOf(":", from);
    if (colon < 0) break;
    const start = afterSpace(text, colon + 1);
    const { end, next } = valueEnd(text, start);
    pairs.push([text.slice(from, colon), text.slice(start, end)]);
    from = next;
  }
  return pairs;
}

function valueEnd(text: string, start: number): { end: number; next: number } {
  for (let comma = text.indexOf(",", start); comma >= 0; comma = text.indexOf(",", comma + 1)) {
    const next = afterSpace(text, comma + 1);
    const colon = text.indexOf(":", next + 1);
    if (colon < 0) break;
    const other = text.indexOf(",", next);
    if (other < 0 || colon < other) return { end: comma, next };
  }
  return { end: text.length, next: text.length };
}

function guessedValue(text: string): PythonValue {
  const value = strip(text);
  if (value === "true" || value === "false") return value === "true";
  const plain = withoutQuotes(value);
  if (plain !== value) return plain;
  return parseInteger(value) ?? parseFloatText(value) ?? value;
}
