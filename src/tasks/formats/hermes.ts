/**
 * Rows whose calls stand in tags in the text, as Hermes and Qwen write them: the tools as `<tools>…</tools>` in the system
 * text (or in a field of their own), calls as `<tool_call>{"name", "arguments"}</tool_call>`, results as
 * `<tool_response>…</tool_response>`. The turns are ShareGPT's `conversations` or OpenAI's `messages`.
 */
import type { JsonObject, JsonValue } from "../../spec/index.js";
import { callText } from "../dialogue/call-object.js";
import { completeDialogue } from "../dialogue/complete-dialogue.js";
import type { Dialogue, DraftTurn } from "../dialogue/dialogue.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import type { ReadNotes } from "../dialogue/read-notes.js";
import { field, isJsonList, isJsonObject, parseJson } from "../json-text.js";
import { type DataFormat, type SourceRow, turnsOf } from "./format.js";
import { spacedJson } from "./loose-tools.js";
import { printTaggedAnswer, readTaggedAnswer } from "./tagged-answer.js";
import {
  isHistory,
  notExpressible,
  openAiTools,
  readToolList,
  type ToolList,
  untrainedHistory,
} from "./tool-list.js";

/** Hermes: calls in tags. */
export const hermesFormat: DataFormat = {
  name: "hermes",
  title: "Hermes (<tool_call> in text)",
  fields: ["conversations", "messages", "tools"],
  recognizes: (row) =>
    [...turnsOf(field(row, "conversations")), ...turnsOf(field(row, "messages"))].some((turn) =>
      /<tool_call>|<tools>|<tool_response>/u.test(contentOf(turn) ?? ""),
    ),
  read,
  write,
};

const roles: ReadonlyMap<JsonValue | undefined, DraftTurn["role"]> = new Map<
  JsonValue | undefined,
  DraftTurn["role"]
>([
  ["system", "system"],
  ["human", "user"],
  ["user", "user"],
  ["gpt", "assistant"],
  ["assistant", "assistant"],
  ["tool", "tool"],
  ["observation", "tool"],
]);

function contentOf(turn: JsonObject): string | undefined {
  const content = field(turn, "value") ?? field(turn, "content");
  return typeof content === "string" ? content : undefined;
}

function read(source: SourceRow, notes: ReadNotes): Reading<Dialogue> {
  const row = source.value;
  const path = isJsonList(field(row, "messages")) ? "messages" : "conversations";
  const list = field(row, path);
  if (!isJsonList(list)) return bad(path, "field-type", `\`${path}\` must be a list of turns.`);
  const drafts: DraftTurn[] = [];
  for (const [position, item] of list.entries()) {
    const read = readTurn(item, position, `${path}[${position}]`, notes);
    if (!read.ok) return read;
    drafts.push(...read.value);
  }
  const [first, ...rest] = drafts;
  const system = first?.role === "system" ? first.text : "";
  const tools = readTools(source, system, notes);
  if (!tools.ok) return tools;
  const head = { instruction: instructionOf(system), ...tools.value, field: path };
  return completeDialogue(head, first?.role === "system" ? rest : drafts, notes);
}

function readTurn(
  item: JsonValue,
  position: number,
  path: string,
  notes: ReadNotes,
): Reading<readonly DraftTurn[]> {
  if (!isJsonObject(item)) return bad(path, "field-type", "A turn must be an object.");
  const speaker = field(item, "from") ?? field(item, "role");
  const role = roles.get(speaker);
  if (role === undefined) {
    const shown = JSON.stringify(speaker ?? null).slice(0, 40);
    return bad(path, "role", `${shown} is not system, user, assistant or tool; rename the role.`);
  }
  const text = contentOf(item);
  if (text === undefined) return bad(path, "field-type", "The text of a turn must be a string.");
  const place = { position, field: path };
  if (role === "tool" || (role === "user" && text.trimStart().startsWith("<tool_response>")))
    return readResults(text, place);
  if (role !== "assistant") return good([{ role, text, ...place }]);
  const answer = readTaggedAnswer(text, path, notes);
  return answer.ok ? good([{ role, ...answer.value, ...place }]) : answer;
}

/** A turn for each text in the tags of results; one turn of the whole text where it has no tags. */
function readResults(
  text: string,
  place: Pick<DraftTurn, "position" | "field">,
): Reading<readonly DraftTurn[]> {
  const [before = "", ...parts] = text.split("<tool_response>");
  if (parts.length === 0) return good([{ role: "tool", text, ...place }]);
  const results = parts.map((part) => part.split("</tool_response>"));
  const outside = [before, ...results.flatMap(([, ...after]) => after)];
  if (outside.some((part) => part.trim() !== ""))
    return bad(place.field, "role-order", "Text stands beside <tool_response>; give it a turn of its own.");
  return good(results.map(([result = ""]) => ({ role: "tool", text: result.trim(), ...place })));
}

/** The tools of the field `tools`, else those of the system text: a JSON list, or one object a line. */
function readTools(source: SourceRow, system: string, notes: ReadNotes): Reading<ToolList> {
  const given = field(source.value, "tools");
  if (given !== undefined && given !== null && given !== "")
    return readToolList(given, "tools", source.textOf("tools"), notes);
  const blocks = toolBlocks(system);
  if (blocks.length === 0) return good({ tools: [], toolText: "" });
  const text = blocks.map(asList).find((list) => list !== undefined);
  if (text === undefined) return bad("system", "tool-list", "<tools> holds no JSON; restore the list.");
  return readToolList(text, "system", text, notes);
}

/** What stands in the tags, blocks with nothing in them left out: prompts name the tags before they use them. */
function toolBlocks(system: string): readonly string[] {
  const parts = system.split("<tools>").slice(1);
  return parts.map((part) => part.split("</tools>")[0]!.trim()).filter((part) => part !== "");
}

function asList(block: string): string | undefined {
  if (parseJson(block).ok) return block;
  const list = `[${block
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join(",")}]`;
  return parseJson(list).ok ? list : undefined;
}

/**
 * The system text without tools and call format: what stands before the first sentence on tools, and after the last tag.
 * The chat template and the training say how calls are written.
 */
function instructionOf(system: string): string {
  const start = system.search(
    /#+ Tools\b|You are a function calling AI model|You are provided with function signatures|You may call one or more functions|<tools>/u,
  );
  if (start < 0) return system.trim();
  const lastTag = Math.max(...["</tools>", "</tool_call>"].map((tag) => endOf(system, tag)));
  return [system.slice(0, start), system.slice(Math.max(start, lastTag))]
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("\n");
}

function endOf(text: string, tag: string): number {
  const at = text.lastIndexOf(tag);
  return at < 0 ? -1 : at + tag.length;
}

function write(dialogue: Dialogue): Reading<JsonObject> {
  const { instruction, tools, turns, rejected } = dialogue;
  if (rejected !== undefined) return notExpressible("Hermes", "a rejected answer");
  if (turns.some(isHistory)) return notExpressible("Hermes", untrainedHistory);
  const system = [
    ...(instruction === "" ? [] : [instruction]),
    ...(tools.length === 0 ? [] : [toolPrompt(dialogue)]),
  ];
  const conversations: JsonObject[] =
    system.length === 0 ? [] : [{ from: "system", value: system.join("\n\n") }];
  for (const { message, calls, text, reasoning } of turns) {
    const thoughts = reasoning === undefined ? {} : { reasoning };
    if (message.role === "assistant") {
      const tags = calls.map((call) => callText(call));
      conversations.push({ from: "gpt", value: printTaggedAnswer({ ...thoughts, text }, tags) });
    } else if (message.role === "user") conversations.push({ from: "human", value: message.content });
    else {
      conversations.push({
        from: "tool",
        value: `<tool_response>\n${message.content}\n</tool_response>`,
      });
    }
  }
  return good({ conversations });
}

function toolPrompt({ tools }: Dialogue): string {
  return [
    "# Tools",
    "",
    "You may call one or more functions. Their signatures stand within <tools></tools>:",
    "<tools>",
    ...openAiTools(tools).map(spacedJson),
    "</tools>",
    "For each call return a JSON object with the function's name and arguments within tags:",
    '<tool_call>\n{"name": <name>, "arguments": <arguments as an object>}\n</tool_call>',
  ].join("\n");
}
