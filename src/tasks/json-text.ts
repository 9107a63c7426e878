/**
 * Reading JSON out of untrusted text without exceptions and without deep recursion.
 *
 * `JSON.parse` does the decoding; what is added is finding where a value ends inside a longer text, and a bound on the
 * depth, because everything that later walks a value does so recursively. A key `__proto__` becomes an ordinary own
 * property; of a repeated key the last value counts.
 */
import type { JsonObject, JsonValue } from "../spec/index.js";

/** Deepest nesting of lists and objects that is read. Real rows reach about 12. */
export const maximumJsonDepth = 64;

/** A decoded value, or one sentence on why there is none. */
export type JsonResult =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly message: string };

/** Decodes a whole text as one JSON value; nothing but white space may surround it. */
export function parseJson(text: string, maximumDepth: number = maximumJsonDepth): JsonResult {
  if (jsonDepth(text) > maximumDepth) {
    return { ok: false, message: `nested deeper than ${maximumDepth} levels` };
  }
  try {
    const value: JsonValue = JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The offset after the list or object that begins at `start`, or `undefined` where it never closes or none begins
 * there. Brackets inside strings do not count; whether the text between is valid JSON is not looked at.
 */
export function jsonValueEnd(text: string, start: number): number | undefined {
  const first = text[start];
  if (first !== "[" && first !== "{") return undefined;
  let depth = 0;
  for (const bracket of brackets(text, start)) {
    depth += bracket.change;
    if (depth === 0) return bracket.offset + 1;
  }
  return undefined;
}

/** True for a JSON object: not a list, not null. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The own property of an object: never one that JavaScript adds, such as `constructor`. */
export function field(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** True for a JSON list; unlike `Array.isArray` it keeps the list readonly. */
export function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The deepest nesting of brackets outside strings; 0 for a scalar. */
function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const bracket of brackets(text, 0)) {
    depth += bracket.change;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** The brackets outside strings from `start` on: +1 opens, −1 closes. */
function* brackets(text: string, start: number): Generator<{ offset: number; change: 1 | -1 }> {
  let inString = false;
  for (let offset = start; offset < text.length; offset += 1) {
    const character = text[offset];
    if (inString) {
      if (character === "\\") offset += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") yield { offset, change: 1 };
    else if (character === "]" || character === "}") yield { offset, change: -1 };
  }
}
