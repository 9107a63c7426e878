/**
 * Alpaca's rows (`instruction`, `input`, `output`) with tools and calls in marks, in two ways of writing: ToolRL's, with
 * numbered tools, the dialogue in tags such as `<user>` and `<obs>`, and thoughts before the answer; and Hammer's, with
 * `[BEGIN OF AVAILABLE TOOLS]`, one query, and the calls as JSON in a code block. Written is the first.
 */
import type { JsonObject } from "../../spec/index.js";
import { callText, readCallObjects } from "../dialogue/call-object.js";
import { completeDialogue } from "../dialogue/complete-dialogue.js";
import type { Dialogue, DialogueTurn, DraftTurn } from "../dialogue/dialogue.js";
import { readLiteralText } from "../dialogue/json-field.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import type { ReadNotes } from "../dialogue/read-notes.js";
import { field, isJsonObject, jsonValueEnd, parseJson } from "../json-text.js";
import { readAlpacaAnswer, readAlpacaHistory } from "./alpaca-history.js";
import { type DataFormat, hasFields, type SourceRow } from "./format.js";
import { spacedJson } from "./loose-tools.js";
import { notExpressible, readToolList, type ToolList } from "./tool-list.js";
import { flatTool } from "./xlam.js";

/** Alpaca with tools in marks. */
export const alpacaFormat: DataFormat = {
  name: "alpaca",
  title: "Alpaca with tools (ToolRL, Hammer)",
  fields: ["instruction", "input", "output"],
  recognizes: (row) => {
    const instruction = field(row, "instruction");
    return (
      hasFields(row, "instruction", "input", "output") &&
      typeof instruction === "string" &&
      (instruction.includes(toolsTitle) || instruction.includes(begin("AVAILABLE TOOLS")))
    );
  },
  read,
  write,
};

const toolsTitle = "**Available Tools**";
const toolsMark = "you can use the following tools:\n";
const stepsTitle = "\n\n**Steps for Each Turn**";
const historyTitle = "**Dialogue Records History**";
const begin = (name: string): string => `[BEGIN OF ${name}]`;
const end = (name: string): string => `[END OF ${name}]`;

/** The answer of Hammer's rows where no tool fits. */
const noCall = "[]";

function read({ value: row }: SourceRow, notes: ReadNotes): Reading<Dialogue> {
  const instruction = field(row, "instruction");
  const input = field(row, "input");
  const output = field(row, "output");
  if (typeof instruction !== "string")
    return bad("instruction", "field-type", "`instruction` must be a string.");
  if (typeof input !== "string") return bad("input", "field-type", "`input` must be a string.");
  if (typeof output !== "string") return bad("output", "field-type", "`output` must be a string.");
  return instruction.includes(begin("AVAILABLE TOOLS"))
    ? readMarked(`${instruction}\n${input}`, output, notes)
    : readTagged(instruction, input, output, notes);
}

/** ToolRL's way. */
function readTagged(instruction: string, input: string, output: string, notes: ReadNotes): Reading<Dialogue> {
  const title = instruction.indexOf(toolsTitle);
  const mark = instruction.indexOf(toolsMark, title);
  const stop = instruction.lastIndexOf(stepsTitle);
  if (title < 0 || mark < 0)
    return bad("instruction", "tool-list", `No tools stand after ${toolsTitle}; restore the list.`);
  const toolText = instruction.slice(mark + toolsMark.length, stop < mark ? undefined : stop);
  const tools = readNumberedTools(toolText, notes);
  if (!tools.ok) return tools;
  const history = readAlpacaHistory(input.replace(historyTitle, ""), notes);
  if (!history.ok) return history;
  const answer = readAlpacaAnswer(output, history.value.length, notes);
  if (!answer.ok) return answer;
  const head = { instruction: instruction.slice(0, title).trim(), ...tools.value, field: "input" };
  return completeDialogue(head, [...history.value, answer.value], notes);
}

const toolHead = /\s*\d+\. Name: ([^\n]*)\nDescription: ([\s\S]*?)\nParameters: (?=\{)/y;

/** `1. Name: …`, `Description: …`, `Parameters: {…}`, one tool after the other. */
function readNumberedTools(text: string, notes: ReadNotes): Reading<ToolList> {
  const sources: JsonObject[] = [];
  for (let at = 0; text.slice(at).trim() !== ""; ) {
    toolHead.lastIndex = at;
    const head = toolHead.exec(text);
    const start = at + (head?.[0].length ?? 0);
    const stop = head === null ? undefined : jsonValueEnd(text, start);
    const parameters = stop === undefined ? undefined : parseJson(text.slice(start, stop));
    if (head === null || stop === undefined || !parameters?.ok || !isJsonObject(parameters.value)) {
      const message = `Tool ${sources.length + 1} is not written as Name, Description and Parameters; restore it.`;
      return bad("instruction", "tool-list", message);
    }
    sources.push({ name: head[1] ?? "", description: head[2] ?? "", parameters: parameters.value });
    at = stop;
  }
  const list = readToolList(sources, "instruction", text, notes);
  return list.ok ? good({ tools: list.value.tools, toolText: text.trim() }) : list;
}

/** Hammer's way. */
function readMarked(text: string, output: string, notes: ReadNotes): Reading<Dialogue> {
  const part = (name: string): string | undefined => {
    const start = text.indexOf(begin(name));
    const stop = text.indexOf(end(name), start);
    return start < 0 || stop < 0 ? undefined : text.slice(start + begin(name).length, stop).trim();
  };
  const list = part("AVAILABLE TOOLS");
  const query = part("QUERY");
  if (list === undefined || query === undefined)
    return bad("instruction", "tool-list", "The marks of tools and query are not whole; restore them.");
  const tools = readToolList(list, "instruction", list, notes);
  if (!tools.ok) return tools;
  const answer = readFenced(output, notes);
  if (!answer.ok) return answer;
  const user: DraftTurn = { role: "user", position: 0, field: "instruction", text: query };
  const head = { instruction: part("TASK INSTRUCTION") ?? "", ...tools.value, field: "instruction" };
  return completeDialogue(head, [user, answer.value], notes);
}

/** A list of calls in a code block or bare; anything else is a text. */
function readFenced(output: string, notes: ReadNotes): Reading<DraftTurn> {
  const place = { role: "assistant", position: 1, field: "output" } as const;
  const body = output
    .trim()
    .replace(/^```(?:json)?\n?([\s\S]*?)\n?```$/u, "$1")
    .trim();
  if (body === noCall) return good({ ...place, text: noCall });
  if (!/^[[{]/u.test(body)) return good({ ...place, text: output.trim() });
  const literal = readLiteralText(body, "output", notes);
  if (!literal.ok) return literal;
  const calls = readCallObjects(literal.value, "output", notes);
  return calls.ok ? good({ ...place, text: "", calls: calls.value }) : calls;
}

const demand = `${stepsTitle}
Think within <think></think>. Then call tools within <tool_call></tool_call>, one JSON object with "name" and "parameters" a line, or answer within <response></response>.`;

function write(dialogue: Dialogue): Reading<JsonObject> {
  const { instruction, tools, turns, rejected } = dialogue;
  const answer = turns.at(-1);
  if (rejected !== undefined || answer?.message.role !== "assistant")
    return notExpressible("Alpaca", "a dialogue that does not end with one answer");
  if (turns.slice(0, -1).some(({ trained }) => trained))
    return notExpressible("Alpaca", "several answers to train; a row is one decision");
  const lead = instruction === "" ? "" : `${instruction}\n\n`;
  const list = tools.map((tool, index) => {
    const { parameters = {} } = flatTool(tool);
    return `${index + 1}. Name: ${tool.name}\nDescription: ${tool.description}\nParameters: ${spacedJson(parameters)}`;
  });
  return good({
    instruction: `${lead}${toolsTitle}\nIn your response, ${toolsMark}${list.join("\n")}${demand}`,
    input: [historyTitle, ...turns.slice(0, -1).map(writeTurn)].join("\n"),
    output: writeAnswer(answer),
  });
}

function writeTurn(turn: DialogueTurn): string {
  const { role, content } = turn.message;
  if (role === "assistant") return writeAnswer(turn);
  return role === "tool" ? `<obs> ${content} </obs>\n` : `<user> ${content} </user>\n`;
}

function writeAnswer({ calls, text, reasoning }: DialogueTurn): string {
  const keys = { name: "name", arguments: "parameters" };
  const lines = calls.map((call) => callText(call, keys));
  return [
    ...(reasoning === undefined ? [] : [`<think>${reasoning}</think>`]),
    ...(lines.length === 0 ? [] : [`<tool_call>\n${lines.join("\n")}\n</tool_call>`]),
    ...(text === "" && lines.length > 0 ? [] : [`<response> ${text} </response>\n`]),
  ].join("\n");
}
