/** Java values as texts → values, by the type of the schema: the official converter's rules. What does not fit stays a text. */
import { withoutQuotes } from "../decode/javascript-calls.js";
import { parseFloatText, parseInteger } from "../python/number-text.js";
import { strip } from "../python/text.js";
import { PythonDict, type PythonValue } from "../python/value.js";
import { afterSpace, between, LONGEST_CONVERTED, onSameLine } from "./find.js";

/** Type names of the schemas, and what they become. */
export const JAVA_TYPES: Readonly<Record<string, string>> = {
  byte: "int",
  short: "int",
  integer: "int",
  float: "float",
  double: "float",
  long: "int",
  boolean: "bool",
  char: "str",
  Array: "list",
  ArrayList: "list",
  Set: "set",
  HashMap: "dict",
  Hashtable: "dict",
  Queue: "list",
  Stack: "list",
  String: "str",
  any: "str",
};

const integer = /^-?\d+\n?$/;
const long = /^-?\d+[lL]\n?$/;
const float = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[fF]\n?$/;
const double = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\n?$/;

/**
 * The value of a text in which texts that are items lose their quotation marks, and only these: the official converter keeps
 * them in arrays, and in lists takes off whatever stands first and last.
 */
export function strictJavaValue(text: string, type: string, itemType?: string): PythonValue {
  const isText = itemType === "String" || itemType === "char";
  const kept = javaValue(text, type, isText && (type === "Array" || type === "ArrayList") ? "any" : itemType);
  return isText && Array.isArray(kept)
    ? kept.map((item) => (typeof item === "string" ? withoutQuotes(item) : item))
    : kept;
}

/** The value of a text. @param itemType Type of the items of an `Array` or `ArrayList`. */
export function javaValue(text: string, type: string, itemType?: string): PythonValue {
  if (text.length > LONGEST_CONVERTED) return text;
  switch (type) {
    case "byte":
    case "short":
    case "integer":
      return integer.test(text) ? toInteger(text) : text;
    case "float":
      return float.test(text) ? Number(text.replace(/[fF]\n?$/, "")) : text;
    case "double":
      return double.test(text) ? Number(text) : text;
    case "long":
      return long.test(text) ? toInteger(text.replace(/[lL]\n?$/, "")) : text;
    case "boolean":
      return text === "true" || (text === "false" ? false : text);
    case "Array":
      return arrayValue(text, itemType);
    case "ArrayList":
      return listValue(text, itemType);
    case "HashMap":
      return mapValue(text);
    default:
      return text;
  }
}

function toInteger(text: string): PythonValue {
  return parseInteger(text) ?? text;
}

function itemValue(text: string, itemType: string | undefined): PythonValue {
  return itemType === undefined ? guessedValue(text) : javaValue(text, itemType);
}

/** `new X[] {a, b}`: texts keep their quotation marks. */
function arrayValue(text: string, itemType: string | undefined): PythonValue {
  const open = /new\s+[\p{L}\p{N}_]+\[\]\s*\{/gu;
  for (let match = open.exec(text); match !== null; match = open.exec(text)) {
    const end = onSameLine(text, "}", open.lastIndex);
    if (end < 0) continue;
    const items = text.slice(open.lastIndex, end).split(",").map(strip);
    return items.filter((item) => item !== "").map((item) => itemValue(item, itemType));
  }
  return text;
}

/** `new ArrayList<X>(Arrays.asList(…))`, the form with `add(…)` in double braces, or an empty one. */
function listValue(text: string, itemType: string | undefined): PythonValue {
  const items = listed(text) ?? added(text);
  if (items !== undefined) return items.map((item) => listItem(strip(item), itemType));
  return /new\s+ArrayList<[\p{L}\p{N}_]*>\(\)/u.test(text) ? [] : text;
}

/** Texts and characters lose their first and last character whatever these are. */
function listItem(text: string, itemType: string | undefined): PythonValue {
  return itemType === "char" || itemType === "String"
    ? [...text].slice(1, -1).join("")
    : itemValue(text, itemType);
}

function listed(text: string): string[] | undefined {
  const open = /new\s+ArrayList<[\p{L}\p{N}_]*>\(Arrays\.asList\(/gu;
  for (let match = open.exec(text); match !== null; match = open.exec(text)) {
    const start = open.lastIndex;
    const end = text[start] === "\n" ? -1 : onSameLine(text, "))", start + 1);
    if (end >= 0) return text.slice(start, end).split(",");
  }
  return undefined;
}

function added(text: string): string[] | undefined {
  const open = /new\s+ArrayList<[\p{L}\p{N}_]*>\(\)\s*\{\{/u.exec(text);
  if (open === null) return undefined;
  const start = open.index + open[0].length;
  const end = text.indexOf("}}", start + 1);
  return end < 0 ? undefined : between(text.slice(start, end), "add(", ")");
}

/** `new HashMap<…>()` with its `put("key", value)` entries, whose values are guessed. */
function mapValue(text: string): PythonValue {
  const body = mapBody(text);
  if (body !== undefined) return PythonDict.of(entriesOf(body));
  return mapStart(text, /\s*\(\)/y) === undefined ? text : new PythonDict();
}

/** The offset after `new HashMap<…>` and what must follow it. */
function mapStart(text: string, rest: RegExp): number | undefined {
  const open = /new\s+HashMap</.exec(text);
  if (open === null) return undefined;
  for (let end = text.indexOf(">", open.index + open[0].length); end >= 0; end = text.indexOf(">", end + 1)) {
    rest.lastIndex = end + 1;
    if (rest.test(text)) return rest.lastIndex;
  }
  return undefined;
}

function mapBody(text: string): string | undefined {
  const opened = mapStart(text, /\s*\(\)\s*\{/y);
  if (opened === undefined) return undefined;
  const first = afterSpace(text, opened);
  const start = text[first] === "{" ? afterSpace(text, first + 1) : first;
  const end = text.indexOf("}", start);
  return end < 0 ? undefined : text.slice(start, end).trimEnd();
}

function entriesOf(body: string): [string, PythonValue][] {
  const entries: [string, PythonValue][] = [];
  for (let from = body.indexOf('put("'); from >= 0; from = body.indexOf('put("', from)) {
    const entry = entryAt(body, from + 5);
    if (entry === undefined) from += 5;
    else {
      entries.push([entry.key, guessedValue(strip(entry.value))]);
      from = entry.end;
    }
  }
  return entries;
}

function entryAt(body: string, start: number): { key: string; value: string; end: number } | undefined {
  // More than a few quotation marks in a key are noise; the bound keeps the search linear.
  let mark = onSameLine(body, '",', start);
  for (let tries = 0; mark >= 0 && tries < 20; tries++, mark = onSameLine(body, '",', mark + 1)) {
    if (body.slice(start, mark).includes("\n")) return undefined;
    const value = afterSpace(body, mark + 2);
    const end = onSameLine(body, ")", value);
    if (end >= 0) return { key: body.slice(start, mark), value: body.slice(value, end), end: end + 1 };
  }
  return undefined;
}

function guessedValue(text: string): PythonValue {
  if (text === "true" || text === "false") return text === "true";
  if (text.startsWith('"') && text.endsWith('"')) return text.slice(1, -1);
  if (long.test(text)) return toInteger(text.slice(0, -1));
  if (float.test(text)) return Number(text.replace(/[fF]\n?$/, ""));
  return parseInteger(text) ?? parseFloatText(text) ?? text;
}
