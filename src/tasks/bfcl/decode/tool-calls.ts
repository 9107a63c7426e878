/**
 * Calls of models that were offered the functions as native tools: a list of `{name: arguments}`, the arguments as JSON
 * text, which is how the official handlers store them.
 */
import type { JsonValue } from "../../../spec/index.js";
import { isJsonList, isJsonObject } from "../../json-text.js";
import { PythonError } from "../python/error.js";
import { readJson } from "../python/json-text.js";
import { str } from "../python/repr.js";
import { PythonDict, type PythonValue } from "../python/value.js";
import type { CallLanguage, DecodedCall, DecodeResult } from "./call.js";
import { attempt } from "./decode.js";

/** The calls of a native result. In Java and JavaScript every value is a text. Never throws. */
export function decodeToolCalls(result: JsonValue, language: CallLanguage): DecodeResult {
  if (!isJsonList(result)) return { ok: false, message: "The result is neither a text nor a list of calls." };
  return attempt(() => result.map((call) => readCall(call, language)));
}

function readCall(call: JsonValue, language: CallLanguage): DecodedCall {
  const [entry, ...more] = isJsonObject(call) ? Object.entries(call) : [];
  if (entry === undefined || more.length > 0) throw new PythonError("TypeError", "a call has one name");
  const [name, text] = entry;
  const args = readArguments(typeof text === "string" ? text : JSON.stringify(text));
  if (language === "python") return { name, arguments: args };
  return { name, arguments: PythonDict.of([...args.entries()].map(([key, value]) => [key, str(value)])) };
}

function readArguments(text: string): PythonDict {
  let value: PythonValue;
  try {
    value = readJson(text);
  } catch {
    throw new PythonError("ValueError", "the arguments are no JSON");
  }
  if (!(value instanceof PythonDict)) throw new PythonError("TypeError", "the arguments are no object");
  return value;
}
