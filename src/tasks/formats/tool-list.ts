/** The tools of a row, from a field that holds their list as a value or as JSON text. */
import type { JsonObject, JsonValue, Tool } from "../../spec/index.js";
import { standardTool } from "../../text/index.js";
import type { DialogueTurn } from "../dialogue/dialogue.js";
import { readJsonField } from "../dialogue/json-field.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import type { ReadNotes } from "../dialogue/read-notes.js";
import { readTools } from "../dialogue/tools.js";
import { isJsonList, isJsonObject } from "../json-text.js";

/** Tools, and their list exactly as the source writes it. */
export interface ToolList {
  readonly tools: readonly Tool[];
  readonly toolText: string;
}

/**
 * The tools of a field: a list of objects, one object, or the JSON text of these; absent, null and "" are none. Rules:
 * `tool-list` (something else), `tool-name`, and those of `readJsonField`.
 *
 * @param written The field as the source writes it; for JSON text the text itself is taken.
 */
export function readToolList(
  value: JsonValue | undefined,
  field: string,
  written: string,
  notes: ReadNotes,
): Reading<ToolList> {
  const list = readJsonField(value, field, notes);
  if (!list.ok) return list;
  const items = isJsonList(list.value) ? list.value : [list.value];
  const sources = items.filter(isJsonObject);
  if (sources.length < items.length) {
    const position = items.findIndex((item) => !isJsonObject(item));
    return bad(field, "tool-list", `Tool ${position} of the list is not an object; repair it.`);
  }
  const tools = readTools(sources, field);
  if (!tools.ok) return tools;
  const toolText = typeof value === "string" ? value : tools.value.length === 0 ? "" : written;
  return good({ tools: tools.value, toolText });
}

/** The list as OpenAI's function calling has it. */
export function openAiTools(tools: readonly Tool[]): readonly JsonObject[] {
  return tools.map((tool) => ({ type: "function", function: standardTool(tool) }));
}

/** A dialogue that a format cannot hold. */
export function notExpressible(format: string, what: string): Reading<never> {
  return bad(
    "",
    "not-expressible",
    `${format} has no place for ${what}; choose another format for this row.`,
  );
}

/** True for an answer that is history: it is read and not trained. */
export function isHistory({ message, trained, omitted }: DialogueTurn): boolean {
  return message.role === "assistant" && !trained && omitted === undefined;
}

/** What most formats cannot mark. */
export const untrainedHistory = "answers that are history and not trained (OpenAI chat has)";
