/** ToolACE rows as a format. Reading lies in `toolace/`. */
import type { JsonObject, JsonValue } from "../../spec/index.js";
import type { Dialogue, DialogueTurn } from "../dialogue/dialogue.js";
import { good, type Reading } from "../dialogue/problem.js";
import { field, isJsonList, textField } from "../json-text.js";
import { readToolaceRow } from "../toolace/read-row.js";
import { type DataFormat, hasFields, turnsOf } from "./format.js";
import { printLooseTools } from "./loose-tools.js";
import { isHistory, notExpressible, untrainedHistory } from "./tool-list.js";
import { resultsAsList } from "./tool-turns.js";

/** `{"system": …, "conversations": […]}` with calls in brackets. */
export const toolaceFormat: DataFormat = {
  name: "toolace",
  title: "ToolACE",
  fields: ["system", "conversations", "tools", "meta"],
  recognizes: (row) =>
    hasFields(row, "system", "conversations") &&
    !namesTools(field(row, "tools")) &&
    turnsOf(field(row, "conversations")).every((turn) => roles.has(textField(turn, "from"))),
  read: ({ value }, notes) => readToolaceRow(value, notes),
  write,
};

/** Rows that list their tools apart are another format's. */
function namesTools(tools: JsonValue | undefined): boolean {
  return (typeof tools === "string" && tools.length > "[]".length) || (isJsonList(tools) && tools.length > 0);
}

const roles = new Set(["user", "assistant", "tool"]);
const demand =
  ". \nShould you decide to return the function call(s). \nPut it in the format of [func1(params_name=params_value, params_name2=params_value2...), func2(params)]\n\nNO other text MUST be included. \n";

function write(dialogue: Dialogue): Reading<JsonObject> {
  const { instruction, tools, turns, rejected } = dialogue;
  if (rejected !== undefined) return notExpressible("ToolACE", "a rejected answer");
  if (turns.some(isHistory)) return notExpressible("ToolACE", untrainedHistory);
  if (turns.some(holdsMore)) return notExpressible("ToolACE", "thoughts, or text beside calls");
  const lead = instruction === "" ? "" : `${instruction}\n`;
  const list = printLooseTools(tools);
  const system = `${lead}Here is a list of functions in JSON format that you can invoke:\n${list}${demand}`;
  const conversations = resultsAsList(turns).map(({ role, content }) => ({ from: role, value: content }));
  return good({ system, conversations });
}

function holdsMore({ calls, text, reasoning }: DialogueTurn): boolean {
  return reasoning !== undefined || (calls.length > 0 && text !== "");
}
