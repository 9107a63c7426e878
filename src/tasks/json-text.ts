/**
 * Reading JSON out of untrusted text without exceptions and without deep recursion.
 *
 * `JSON.parse` does the decoding; what is added is finding where a value ends inside a longer text, and a bound on the
 * depth, because everything that later walks a value does so recursively. A key `__proto__` becomes an ordinary own
 * property; an object with a repeated key is refused, because `JSON.parse` would lose all values but the last.
 */
import type { JsonObject, JsonValue } from "../spec/index.js";

/** Deepest nesting of lists and objects that is read. Real rows reach about 12. */
export const maximumJsonDepth = 64;

/** A decoded value, or one sentence on why there is none. */
export type JsonResult =
  | {
      readonly ok: true;
      readonly value: JsonValue;
      /** True where an integer is beyond ±(2^53 − 1): JavaScript's numbers may not hold all of its digits. */
      readonly inexact?: true;
    }
  | { readonly ok: false; readonly rule: "json" | "repeated-key"; readonly message: string };

/** Decodes a whole text as one JSON value; nothing but white space may surround it. */
export function parseJson(text: string, maximumDepth: number = maximumJsonDepth): JsonResult {
  const { depth, colons } = jsonShape(text);
  if (depth > maximumDepth) {
    return { ok: false, rule: "json", message: `nested deeper than ${maximumDepth} levels` };
  }
  try {
    const value: JsonValue = JSON.parse(text);
    const content = { keys: 0, inexact: false, infinite: false };
    measure(value, content);
    if (colons !== content.keys)
      return { ok: false, rule: "repeated-key", message: "an object has the same key more than once" };
    if (content.infinite)
      return { ok: false, rule: "json", message: "a number is beyond the range of doubles" };
    return content.inexact ? { ok: true, value, inexact: true } : { ok: true, value };
  } catch (error) {
    return { ok: false, rule: "json", message: error instanceof Error ? error.message : String(error) };
  }
}

/** What `JSON.parse` does not tell of a value. */
interface Content {
  /** Keys of all objects; each stands for one colon of the text, unless it was repeated. */
  keys: number;
  inexact: boolean;
  infinite: boolean;
}

function measure(value: JsonValue, content: Content): void {
  if (typeof value === "number") {
    if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return;
    if (!Number.isFinite(value)) content.infinite = true;
    else if (Number.isInteger(value)) content.inexact = true;
  } else if (typeof value === "object" && value !== null) {
    if (isJsonList(value)) {
      for (const item of value) measure(item, content);
    } else {
      for (const key of Object.keys(value)) {
        content.keys += 1;
        measure(value[key] ?? null, content);
      }
    }
  }
}

/**
 * The offset after the list or object that begins at `start`, or `undefined` where it never closes or none begins
 * there. Brackets inside strings do not count; whether the text between is valid JSON is not looked at.
 */
export function jsonValueEnd(text: string, start: number): number | undefined {
  const first = text[start];
  if (first !== "[" && first !== "{") return undefined;
  let end: number | undefined;
  eachDepth(text, start, (depth, offset) => {
    if (depth === 0) end = offset + 1;
    return depth > 0;
  });
  return end;
}

/**
 * The text of a member of the object that `text` is, exactly as it stands there; of repeated ones the last. `undefined`
 * where there is none. The text must be valid JSON.
 */
export function fieldText(text: string, name: string): string | undefined {
  let found: string | undefined;
  eachMember(text, (key, start, end) => {
    if (key === name) found = text.slice(start, end).trim();
  });
  return found;
}

/** Visits the members of the outermost object: key, and where the value begins and ends. */
function eachMember(text: string, visit: (key: string, start: number, end: number) => void): void {
  let depth = 0;
  let key: string | undefined;
  let start = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    const code = text.charCodeAt(offset);
    if (code === 0x22) {
      const end = endOfString(text, offset);
      if (depth === 1 && key === undefined) key = decodeKey(text.slice(offset, end + 1));
      offset = end;
    } else if (code === 0x5b || code === 0x7b) depth += 1;
    else if (code === 0x3a && depth === 1) start = offset + 1;
    else if (code === 0x5d || code === 0x7d || (code === 0x2c && depth === 1)) {
      if (code !== 0x2c) depth -= 1;
      if (depth > 1 || (depth === 1 && code !== 0x2c)) continue;
      if (key !== undefined) visit(key, start, offset);
      key = undefined;
    }
  }
}

function decodeKey(source: string): string {
  const key = parseJson(source);
  return key.ok && typeof key.value === "string" ? key.value : source;
}

/** True for a JSON object: not a list, not null. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The own property of an object: never one that JavaScript adds, such as `constructor`. */
export function field(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The text in a field; empty where it is no text. `String` would call a row's own `toString`. */
export function textField(object: JsonObject, name: string): string {
  const value = field(object, name);
  return typeof value === "string" ? value : "";
}

/** The value where it is an object, else an empty one. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The value where it is a text, else an empty one. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** True for a JSON list; unlike `Array.isArray` it keeps the list readonly. */
export function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The deepest nesting of brackets, and the number of colons, outside of strings. */
function jsonShape(text: string): { readonly depth: number; readonly colons: number } {
  let deepest = 0;
  let depth = 0;
  let colons = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    const code = text.charCodeAt(offset);
    if (code === 0x22) offset = endOfString(text, offset);
    else if (code === 0x3a) colons += 1;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return { depth: deepest, colons };
}

/** Calls `visit` after every bracket outside strings with the depth reached, until it answers false. */
function eachDepth(text: string, start: number, visit: (depth: number, offset: number) => boolean): void {
  let depth = 0;
  for (let offset = start; offset < text.length; offset += 1) {
    const code = text.charCodeAt(offset);
    if (code === 0x22) offset = endOfString(text, offset);
    if (code === 0x5b || code === 0x7b) depth += 1;
    else if (code === 0x5d || code === 0x7d) depth -= 1;
    else continue;
    if (!visit(depth, offset)) return;
  }
}

/** The offset of the quotation mark that ends the string begun at `start`; the text's length where none does. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let first = quote;
    while (text[first - 1] === "\\") first -= 1;
    if ((quote - first) % 2 === 0) return quote;
  }
  return text.length;
}
