/**
 * Seal-Tools rows in the form for fine-tuning: one request with `api_list = [...]` and one answer, both Python literals,
 * not JSON. Later calls may use `API_call_N`, the name of an earlier call's result, as a value.
 */
import type { JsonObject, JsonValue, Literal, Tool } from "../../spec/index.js";
import { entryOf, jsonToLiteral, literalToJson, parseLiteral, printLiteral } from "../../text/index.js";
import { readCallObjects } from "../dialogue/call-object.js";
import { completeDialogue } from "../dialogue/complete-dialogue.js";
import type { Dialogue, DialogueTurn, DraftTurn } from "../dialogue/dialogue.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import type { ReadNotes } from "../dialogue/read-notes.js";
import { field, isJsonList, isJsonObject, textField } from "../json-text.js";
import { type DataFormat, hasFields, type SourceRow, turnsOf } from "./format.js";
import { looseTool } from "./loose-tools.js";
import { notExpressible, readToolList } from "./tool-list.js";

/** Seal-Tools. */
export const sealToolsFormat: DataFormat = {
  name: "seal-tools",
  title: "Seal-Tools",
  fields: ["conversations"],
  recognizes: (row) =>
    hasFields(row, "query", "calling") ||
    turnsOf(field(row, "conversations")).some((turn) => textField(turn, "value").includes(listMarker)),
  read,
  write,
};

const listMarker = "api_list = ";
const taskMarker = "\ntask_instruction = ";
const outputMarker = "\nOutput:";
const demand = `Please choose the needed apis and return api_calling list according to the task_instruction.
Output format: [{"api": "", "parameters": {"": ""}, "responses": ["API_call_0","API_call_1"]},{"api": "", "parameters": {"": ""}, "responses": ["API_call_2"]}]
Responses can be used as parameter value. The number of responses depends on information in api_list.

Input:
`;

function read({ value: row }: SourceRow, notes: ReadNotes): Reading<Dialogue> {
  if (hasFields(row, "query", "calling"))
    return bad("", "tool-list", "Rows in the raw form list no tools; take the form for fine-tuning.");
  const turns = field(row, "conversations");
  if (!isJsonList(turns) || turns.length !== 2)
    return bad("conversations", "field-type", "`conversations` must be one request and one answer.");
  const [request, answer] = turns.map((turn) => (isJsonObject(turn) ? field(turn, "value") : undefined));
  if (typeof request !== "string" || typeof answer !== "string")
    return bad("conversations", "field-type", "The text of a turn must be a string.");
  const parts = splitRequest(request);
  if (!parts.ok) return parts;
  const { tools: toolText, task } = parts.value;
  const tools = readApis(toolText, notes);
  if (!tools.ok) return tools;
  const gold = readGold(answer, notes);
  if (!gold.ok) return gold;
  const user: DraftTurn = { role: "user", position: 0, field: "conversations[0].value", text: task };
  const head = { instruction: "", tools: tools.value, toolText, isReference, field: "conversations" };
  return completeDialogue(head, [user, gold.value], notes);
}

interface Request {
  readonly tools: string;
  readonly task: string;
}

function splitRequest(text: string): Reading<Request> {
  const start = text.indexOf(listMarker);
  const end = text.lastIndexOf(taskMarker);
  if (start < 0 || end < start)
    return bad(
      "conversations[0].value",
      "tool-list",
      "No `api_list = […]` and `task_instruction = …` stand here.",
    );
  const after = text.slice(end + taskMarker.length);
  const stop = after.lastIndexOf(outputMarker);
  const task = (stop < 0 ? after : after.slice(0, stop)).trim();
  return good({ tools: text.slice(start + listMarker.length, end).trim(), task: unquote(task) });
}

/** The text in quotation marks; quotation marks inside are not escaped in the source. */
function unquote(text: string): string {
  const parse = parseLiteral(text);
  if (parse.ok && parse.literal.kind === "string") return parse.literal.value;
  return /^".*"$/su.test(text) ? text.slice(1, -1) : text;
}

function readApis(text: string, notes: ReadNotes): Reading<readonly Tool[]> {
  const path = "conversations[0].value";
  const parse = parseLiteral(text);
  if (!parse.ok || parse.literal.kind !== "list")
    return bad(path, "tool-list", "`api_list` is no list in Python's syntax; restore it.");
  const list = literalToJson(parse.literal);
  const apis = isJsonList(list) ? list.map(asTool) : [];
  const tools = readToolList(apis, path, text, notes);
  return tools.ok ? good(tools.value.tools) : tools;
}

function asTool(source: JsonValue): JsonValue {
  if (!isJsonObject(source)) return source;
  const { api_name: name, api_description: description, ...rest } = source;
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...rest,
  };
}

function readGold(text: string, notes: ReadNotes): Reading<DraftTurn> {
  const path = "conversations[1].value";
  const place = { role: "assistant", position: 1, field: path } as const;
  const parse = parseLiteral(text);
  if (!parse.ok || parse.literal.kind !== "list") {
    const why = parse.ok ? "it is no list" : parse.message;
    return bad(path, "broken-call", `The answer is no list of calls in Python's syntax (${why}).`);
  }
  const { items } = parse.literal;
  if (items.length === 0) return good({ ...place, text });
  const calls = readCallObjects(parse.literal, path, notes);
  if (!calls.ok) return calls;
  const resultNames = items.map(responsesOf);
  return good({ ...place, text: "", calls: calls.value, resultNames });
}

function responsesOf(call: Literal): readonly string[] {
  const responses = entryOf(call, "responses");
  if (responses?.kind !== "list") return [];
  return responses.items.flatMap((item) => (item.kind === "string" ? [item.value] : []));
}

/** The name of the result of another call. */
function isReference(value: Literal): boolean {
  return value.kind === "string" && /^API_call_\d+$/u.test(value.value);
}

function write(dialogue: Dialogue): Reading<JsonObject> {
  const { instruction, tools, turns, rejected } = dialogue;
  const [request, answer, ...more] = turns;
  if (rejected !== undefined || request === undefined || answer === undefined || more.length > 0)
    return notExpressible("Seal-Tools", "more than one request and its answer");
  if (instruction !== "") return notExpressible("Seal-Tools", "a system message");
  if (answer.reasoning !== undefined || (answer.calls.length > 0 && answer.text !== ""))
    return notExpressible("Seal-Tools", "thoughts, or text beside calls");
  if (answer.calls.length === 0 && answer.text.trim() !== "[]")
    return notExpressible("Seal-Tools", "an answer in text");
  const apis = printLiteral(jsonToLiteral(tools.map(apiOf)));
  const task = JSON.stringify(request.message.content);
  return good({
    conversations: [
      { from: "human", value: `${demand}${listMarker}${apis}${taskMarker}${task}${outputMarker}\n` },
      { from: "gpt", value: writeGold(answer) },
    ],
  });
}

function apiOf(tool: Tool): JsonObject {
  const { name, description, ...rest } = looseTool(tool);
  return { api_name: name ?? tool.name, api_description: description ?? "", ...rest };
}

function writeGold({ calls, resultNames }: DialogueTurn): string {
  let next = 0;
  const items = calls.map((call, index): Literal => {
    const names = resultNames?.[index] ?? [`API_call_${next}`];
    next += names.length;
    return dictionary([
      ["api", { kind: "string", value: call.name }],
      ["parameters", dictionary(call.arguments.map(({ name, value }) => [name, value]))],
      ["responses", { kind: "list", items: names.map((value) => ({ kind: "string", value })) }],
    ]);
  });
  return printLiteral({ kind: "list", items });
}

function dictionary(entries: readonly (readonly [string, Literal])[]): Literal {
  return {
    kind: "dict",
    entries: entries.map(([key, value]) => ({ key: { kind: "string", value: key }, value })),
  };
}
