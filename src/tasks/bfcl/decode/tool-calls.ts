/**
 * Calls of models that were offered the functions as native tools: a list of `{name: arguments}`, the arguments as JSON
 * text, which is how the official handlers store them. A text in its place is an answer without calls.
 */
import type { JsonValue } from "../../../spec/index.js";
import { isJsonList, isJsonObject } from "../../json-text.js";
import { PythonError } from "../python/error.js";
import { readJson } from "../python/json-text.js";
import { repr } from "../python/repr.js";
import { PythonDict, type PythonValue } from "../python/value.js";
import type { DecodedCall, DecodeResult } from "./call.js";
import { attempt } from "./decode.js";

/** The calls of a native result, their values as JSON has them; `"no-calls"` where arguments are no object. Never throws. */
export function decodeToolCalls(result: JsonValue): DecodeResult {
  if (result === "") return { ok: true, calls: [] };
  if (!isJsonList(result)) return { ok: false, message: "The result is no list of calls." };
  return attempt(() => {
    const calls = result.map(readCall);
    return calls.every((call) => call !== undefined) ? calls : "no-calls";
  });
}

/** The first name of a call counts. */
function readCall(call: JsonValue): DecodedCall | undefined {
  const [entry] = entriesOf(call);
  if (entry === undefined) throw new PythonError("IndexError", "list index out of range");
  const [name, value] = entry;
  const args = readArguments(value);
  return args instanceof PythonDict ? { name, arguments: args } : undefined;
}

/**
 * The calls of a native step as texts to execute; `undefined` where it cannot be read. Every value is printed as Python
 * prints it: unlike in prompting mode, a dict of dicts stays one. Never throws.
 */
export function executionToolCalls(step: JsonValue): string[] | undefined {
  if (!isJsonList(step)) return step === "" ? [] : undefined;
  try {
    return step.flatMap((call) =>
      entriesOf(call).map(([name, value]) => printCall(name, readArguments(value))),
    );
  } catch (error) {
    if (error instanceof PythonError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function printCall(name: string, args: PythonValue): string {
  if (!(args instanceof PythonDict)) throw new PythonError("AttributeError", "the arguments are no object");
  return `${name}(${[...args.entries()].map(([key, value]) => `${String(key)}=${repr(value)}`).join(",")})`;
}

function entriesOf(call: JsonValue): [string, JsonValue][] {
  if (isJsonObject(call)) return Object.entries(call);
  throw new PythonError("AttributeError", "a call is no object");
}

function readArguments(value: JsonValue): PythonValue {
  try {
    return readJson(typeof value === "string" ? value : JSON.stringify(value));
  } catch {
    throw new PythonError("ValueError", "the arguments are no JSON");
  }
}
