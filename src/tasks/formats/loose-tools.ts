/** Tools in the form of ToolACE's lists, for formats that take any description. */
import type { JsonObject, JsonValue, Tool } from "../../spec/index.js";
import { standardTool } from "../../text/index.js";
import { isJsonObject } from "../json-text.js";

/** The JSON text of the list, a space after every comma and colon. Tools keep what their source says. */
export function printLooseTools(tools: readonly Tool[]): string {
  return spacedJson(tools.map(looseTool));
}

/** A tool as its source writes it, without the wrapping of OpenAI; in the standard form where it has no source. */
export function looseTool(tool: Tool): JsonObject {
  const { source } = tool;
  if (source === undefined) return standardTool(tool);
  return isJsonObject(source.function) ? source.function : source;
}

/** JSON in one line with spaces, as Python's `json.dumps` writes it. */
export function spacedJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${spacedJson(item)}`);
  return `{${entries.join(", ")}}`;
}
