/** Reads one ToolACE row whole: prompt, tools, dialogue, and what every assistant turn is. */
import type { JsonObject, JsonValue } from "../../spec/index.js";
import { completeDialogue } from "../dialogue/complete-dialogue.js";
import type { Dialogue } from "../dialogue/dialogue.js";
import { readMeta } from "../dialogue/meta.js";
import { findDamagedWords } from "../dialogue/noise.js";
import { bad, type Reading } from "../dialogue/problem.js";
import { createNotes, noteInexact, type ReadNotes } from "../dialogue/read-notes.js";
import { readTools } from "../dialogue/tools.js";
import { field, isJsonList, isJsonObject } from "../json-text.js";
import { readConversation } from "./conversation.js";
import { type SystemPrompt, splitSystemPrompt } from "./system-prompt.js";

/**
 * The dialogue of a row. Rules: `row-type`, `field-type`, `careless-conversion`, and those of `splitSystemPrompt`,
 * `readTools`, `readConversation`, `readMeta` and `completeDialogue`.
 */
export function readToolaceRow(value: JsonValue, notes: ReadNotes = createNotes()): Reading<Dialogue> {
  if (!isJsonObject(value))
    return bad("", "row-type", "A row must be an object with `system` and `conversations`.");
  const system = field(value, "system");
  if (typeof system !== "string") return bad("system", "field-type", "`system` must be a string.");
  const prompt = splitSystemPrompt(system);
  if (!prompt.ok) return prompt;
  if (isCarelessConversion(value, prompt.value)) return bad("tools", "careless-conversion", carelessMessage);
  const tools = readTools(prompt.value.tools, "system");
  if (!tools.ok) return tools;
  const messages = readConversation(field(value, "conversations"));
  if (!messages.ok) return messages;
  const meta = readMeta(value);
  if (!meta.ok) return meta;
  const { instruction, toolText } = prompt.value;
  notes.findings.push(...findDamagedWords(toolText));
  if (prompt.value.inexact) noteInexact(notes, "system");
  const head = {
    instruction,
    tools: tools.value,
    toolText,
    results: "list" as const,
    field: "conversations",
  };
  const known = meta.value === undefined ? {} : { meta: meta.value };
  const drafts = messages.value.map(({ role, content }, position) => ({
    role,
    position,
    field: `conversations[${position}].value`,
    text: content,
  }));
  return completeDialogue({ ...head, ...known }, drafts, notes);
}

/** What is wrong with public conversions that cut names. */
export const carelessMessage =
  "`tools` is empty but `system` lists tools: a conversion that is known to cut names; import the original.";

/** Public conversions that kept the list in `system`, emptied `tools`, and cut the names in the calls at spaces. */
function isCarelessConversion(row: JsonObject, prompt: SystemPrompt): boolean {
  const tools = field(row, "tools");
  const empty = tools === "" || tools === "[]" || (isJsonList(tools) && tools.length === 0);
  return empty && prompt.tools.length > 0;
}
