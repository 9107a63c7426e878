/**
 * OpenAI's chat rows: `messages` and `tools`; calls in `tool_calls` with their arguments as JSON text (or as an object),
 * text and calls together, several calls at once, one tool message a call. Content may be text or a list of parts. An
 * assistant's message of weight 0 is history and not trained, as in OpenAI's files for fine-tuning.
 */
import type { JsonObject, JsonValue, ToolCall } from "../../spec/index.js";
import { argumentsText, readArguments, readCallObjects } from "../dialogue/call-object.js";
import { completeDialogue } from "../dialogue/complete-dialogue.js";
import type { Dialogue, DialogueTurn, DraftTurn } from "../dialogue/dialogue.js";
import { readLiteralField } from "../dialogue/json-field.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import type { ReadNotes } from "../dialogue/read-notes.js";
import { field, isJsonList, isJsonObject } from "../json-text.js";
import { readContent } from "./content-parts.js";
import { type DataFormat, hasFields, type SourceRow, turnsOf } from "./format.js";
import { splitReasoning } from "./tagged-answer.js";
import { notExpressible, openAiTools, readToolList } from "./tool-list.js";
import { groupTurns, partsOf, resultsOfCalls } from "./tool-turns.js";

/** OpenAI chat. */
export const openaiChatFormat: DataFormat = {
  name: "openai-chat",
  title: "OpenAI chat",
  fields: ["messages", "tools", "functions"],
  recognizes: (row) => {
    const turns = turnsOf(field(row, "messages"));
    return turns.length > 0 && turns.every((turn) => hasFields(turn, "role"));
  },
  read,
  write,
};

const roles: ReadonlyMap<JsonValue | undefined, DraftTurn["role"]> = new Map<
  JsonValue | undefined,
  DraftTurn["role"]
>([
  ["system", "system"],
  ["developer", "system"],
  ["user", "user"],
  ["assistant", "assistant"],
  ["tool", "tool"],
  ["function", "tool"],
]);

function read(source: SourceRow, notes: ReadNotes): Reading<Dialogue> {
  const row = source.value;
  const messages = field(row, "messages");
  if (!isJsonList(messages)) return bad("messages", "field-type", "`messages` must be a list of messages.");
  const toolField = hasFields(row, "functions") && !hasFields(row, "tools") ? "functions" : "tools";
  const tools = readToolList(field(row, toolField), toolField, source.textOf(toolField), notes);
  if (!tools.ok) return tools;
  const drafts: DraftTurn[] = [];
  for (const [position, item] of messages.entries()) {
    const draft = readMessage(item, position, source, notes);
    if (!draft.ok) return draft;
    drafts.push(...divideResults(draft.value, drafts.at(-1)));
  }
  const [first, ...rest] = drafts;
  const head = { ...tools.value, field: "messages" };
  if (first?.role !== "system") return completeDialogue({ ...head, instruction: "" }, drafts, notes);
  return completeDialogue({ ...head, instruction: first.text }, rest, notes);
}

/** A tool message that answers several calls at once becomes one a call, as OpenAI writes them. */
function divideResults(draft: DraftTurn, before: DraftTurn | undefined): readonly DraftTurn[] {
  const count = before?.calls?.length ?? 0;
  if (draft.role !== "tool" || draft.answers?.id !== undefined || count < 2) return [draft];
  const parts = partsOf(draft.text, count);
  return parts === undefined ? [draft] : parts.map((text) => ({ ...draft, text }));
}

function readMessage(
  item: JsonValue,
  position: number,
  source: SourceRow,
  notes: ReadNotes,
): Reading<DraftTurn> {
  const path = `messages[${position}]`;
  if (!isJsonObject(item)) return bad(path, "field-type", "A message must be an object with `role`.");
  const role = roles.get(field(item, "role"));
  if (role === undefined) {
    const shown = JSON.stringify(field(item, "role") ?? null).slice(0, 40);
    return bad(`${path}.role`, "role", `${shown} is not system, user, assistant or tool; rename the role.`);
  }
  const content = readContent(field(item, "content"), `${path}.content`);
  if (!content.ok) return content;
  const { text, reasoning, callTexts } = content.value;
  const draft: DraftTurn = { role, position, field: path, text };
  if (role === "tool") return good({ ...draft, ...answersOf(item) });
  if (role !== "assistant") return good(draft);
  const calls = readCalls(item, callTexts, position, source, notes);
  if (!calls.ok) return calls;
  const split = splitReasoning(text);
  const thoughts = reasoning ?? reasoningOf(item) ?? split.reasoning;
  const trained = field(item, "weight") !== 0;
  const known =
    thoughts === undefined
      ? { ...draft, trained }
      : { ...draft, trained, text: split.rest, reasoning: thoughts };
  return good(calls.value === undefined ? known : { ...known, ...calls.value });
}

function answersOf(item: JsonObject): Partial<DraftTurn> {
  const id = field(item, "tool_call_id");
  const name = field(item, "name");
  if (typeof id !== "string" && typeof name !== "string") return {};
  const answers = {
    ...(typeof id === "string" ? { id } : {}),
    ...(typeof name === "string" ? { name } : {}),
  };
  return { answers };
}

function reasoningOf(item: JsonObject): string | undefined {
  const reasoning = field(item, "reasoning_content");
  return typeof reasoning === "string" && reasoning !== "" ? reasoning : undefined;
}

type Calls = Pick<DraftTurn, "calls" | "callIds">;

/** `tool_calls`, the older `function_call`, or the parts of the content that are calls; `undefined` where none is there. */
function readCalls(
  item: JsonObject,
  callTexts: readonly string[],
  position: number,
  source: SourceRow,
  notes: ReadNotes,
): Reading<Calls | undefined> {
  const list = field(item, "tool_calls");
  const single = field(item, "function_call");
  const path = `messages[${position}]`;
  if (isJsonList(list) && list.length > 0) return readToolCalls(list, position, source, notes);
  if (list !== undefined && list !== null && !isJsonList(list))
    return bad(`${path}.tool_calls`, "field-type", "`tool_calls` must be a list.");
  if (isJsonObject(single)) {
    const at = ["messages", position, "function_call"] as const;
    const call = readFunction(single, at, `${path}.function_call`, source, notes);
    return call.ok ? good({ calls: [call.value] }) : call;
  }
  if (callTexts.length === 0) return good(undefined);
  return readPartCalls(callTexts, `${path}.content`, notes);
}

function readToolCalls(
  list: readonly JsonValue[],
  position: number,
  source: SourceRow,
  notes: ReadNotes,
): Reading<Calls> {
  const calls: ToolCall[] = [];
  const ids: string[] = [];
  for (const [index, item] of list.entries()) {
    const path = `messages[${position}].tool_calls[${index}]`;
    const body = isJsonObject(item) ? field(item, "function") : undefined;
    const wrapped = isJsonObject(body);
    const called = wrapped ? body : item;
    if (!isJsonObject(item) || !isJsonObject(called))
      return bad(path, "call-form", "A call must be an object with `function`.");
    const at = ["messages", position, "tool_calls", index, ...(wrapped ? ["function"] : [])];
    const call = readFunction(called, at, path, source, notes);
    if (!call.ok) return call;
    const id = field(item, "id");
    calls.push(call.value);
    ids.push(typeof id === "string" ? id : "");
  }
  return good({ calls, ...(ids.every((id) => id !== "") ? { callIds: ids } : {}) });
}

function readFunction(
  body: JsonObject,
  at: readonly (string | number)[],
  path: string,
  source: SourceRow,
  notes: ReadNotes,
): Reading<ToolCall> {
  const name = field(body, "name");
  if (typeof name !== "string" || name === "")
    return bad(path, "call-form", "A call must have the `name` of a function.");
  const given = field(body, "arguments");
  const exact = () => source.literalAt([...at, "arguments"]);
  const literal = readLiteralField(given, exact, `${path}.arguments`, notes);
  return literal.ok ? readArguments(name, literal.value, `${path}.arguments`, notes) : literal;
}

function readPartCalls(texts: readonly string[], path: string, notes: ReadNotes): Reading<Calls> {
  const all: ToolCall[] = [];
  for (const text of texts) {
    const literal = readLiteralField(text, () => undefined, path, notes);
    if (!literal.ok) return literal;
    const calls = readCallObjects(literal.value, path, notes);
    if (!calls.ok) return calls;
    all.push(...calls.value);
  }
  return good({ calls: all });
}

function write(dialogue: Dialogue): Reading<JsonObject> {
  const { instruction, tools, turns, rejected } = dialogue;
  if (rejected !== undefined) return notExpressible("OpenAI chat", "a rejected answer");
  const messages: JsonObject[] = instruction === "" ? [] : [{ role: "system", content: instruction }];
  for (const [index, { turn, results }] of groupTurns(turns).entries()) {
    const prefix = `call_${index}`;
    if (results === undefined) messages.push(writeMessage(turn, prefix));
    else {
      const written = writeResults(turn, results, `call_${index - 1}`);
      if (written === undefined)
        return notExpressible("OpenAI chat", "results that belong to no call, or to several at once");
      messages.push(...written);
    }
  }
  return good({ messages, ...(tools.length === 0 ? {} : { tools: openAiTools(tools) }) });
}

function writeMessage(turn: DialogueTurn, prefix: string): JsonObject {
  const { message, calls, text, reasoning, trained } = turn;
  if (message.role !== "assistant") return { role: message.role, content: message.content };
  const thoughts = {
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    ...(trained ? {} : { weight: 0 }),
  };
  if (calls.length === 0) return { role: "assistant", content: text, ...thoughts };
  const toolCalls = calls.map((call, index) => ({
    id: idOf(turn, prefix, index),
    type: "function",
    function: { name: call.name, arguments: argumentsText(call) },
  }));
  return { role: "assistant", content: text === "" ? null : text, ...thoughts, tool_calls: toolCalls };
}

function writeResults(
  answer: DialogueTurn,
  results: readonly DialogueTurn[],
  prefix: string,
): readonly JsonObject[] | undefined {
  return resultsOfCalls(answer, results)?.map(({ call, index, content }) => ({
    role: "tool",
    tool_call_id: idOf(answer, prefix, index),
    name: call.name,
    content,
  }));
}

function idOf({ callIds }: DialogueTurn, prefix: string, index: number): string {
  return callIds?.[index] ?? `${prefix}_${index}`;
}
