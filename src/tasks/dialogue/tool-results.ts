/**
 * Compares a tool turn with the calls that it answers. ToolACE writes `[{"name": …, "results": …}, …]`, one result a
 * call, in the order of the calls. Whatever the turn says is passed on to the model; disagreements are only findings.
 */
import type { JsonValue, ToolCall } from "../../spec/index.js";
import { field, isJsonList, isJsonObject, parseJson } from "../json-text.js";
import type { Problem } from "./problem.js";

/** Findings of the rule `tool-results`; none where every call has its result, and none where the results are prose. */
export function checkToolResults(text: string, calls: readonly ToolCall[], path: string): readonly Problem[] {
  const parsed = parseJson(text);
  if (!parsed.ok || !isJsonList(parsed.value)) {
    return [{ field: path, rule: "tool-results", message: "The results are not a JSON list." }];
  }
  const named = parsed.value.map(nameOf);
  const expected = calls.map((call) => call.name);
  if (named.length === expected.length && named.every((name, position) => name === expected[position]))
    return [];
  const message = `${named.length} results (${shown(named)}) answer ${expected.length} calls (${shown(expected)}).`;
  return [{ field: path, rule: "tool-results", message }];
}

function nameOf(result: JsonValue): string {
  const name = isJsonObject(result) ? field(result, "name") : undefined;
  return typeof name === "string" ? name : "?";
}

function shown(names: readonly string[]): string {
  return names.slice(0, 4).join(", ") + (names.length > 4 ? ", …" : "");
}
