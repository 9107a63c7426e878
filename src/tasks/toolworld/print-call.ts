/**
 * Calls as canonical text: `[name(a="text", n=5), …]`, strings in double quotes, arguments in the order given.
 * What `printLiteral` of the text module writes, without making literals first: pre-training needs thousands a second.
 */
import type { JsonValue } from "../../spec/index.js";
import type { WrittenCall } from "./row.js";

/** The text of the calls. */
export function printWrittenCalls(calls: readonly WrittenCall[]): string {
  return `[${calls.map(printCall).join(", ")}]`;
}

function printCall({ name, arguments: given }: WrittenCall): string {
  return `${name}(${given.map(([key, value]) => `${key}=${printValue(value)}`).join(", ")})`;
}

function printValue(value: JsonValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === null) return "None";
  if (isList(value)) return `[${value.map(printValue).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${printValue(item)}`)
    .join(", ")}}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
