/**
 * API-Bank's training rows: `instruction`, `input`, `output`. The input has the tools, one JSON object a line, the
 * dialogue, and the calls so far with their results; tools that a search found arrive in the results, as Python
 * dictionaries. A row is one decision: the calls before it are history.
 */
import type { JsonObject, JsonValue, Tool, ToolCall } from "../../spec/index.js";
import { literalToJson, parseLiteral, printCalls } from "../../text/index.js";
import { completeDialogue } from "../dialogue/complete-dialogue.js";
import type { Dialogue, DialogueTurn, DraftTurn } from "../dialogue/dialogue.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import type { ReadNotes } from "../dialogue/read-notes.js";
import { readTools } from "../dialogue/tools.js";
import { field, isJsonList, isJsonObject, parseJson, textField } from "../json-text.js";
import { type BracketCalls, quoteBareWords, readBracketCalls } from "./bare-values.js";
import { type DataFormat, hasFields, type SourceRow } from "./format.js";
import { looseTool, spacedJson } from "./loose-tools.js";
import { notExpressible } from "./tool-list.js";

/** API-Bank, level 3 (and the other levels in the same form). */
export const apiBankFormat: DataFormat = {
  name: "api-bank",
  title: "API-Bank training rows",
  fields: ["instruction", "input", "output"],
  recognizes: (row) =>
    hasFields(row, "instruction", "input", "output") &&
    /^\s*\{"apiCode"|Generate A(?:PI Request|I Response):/u.test(textField(row, "input")),
  read,
  write,
};

function read({ value: row }: SourceRow, notes: ReadNotes): Reading<Dialogue> {
  const input = field(row, "input");
  const output = field(row, "output");
  if (typeof input !== "string") return bad("input", "field-type", "`input` must be a string.");
  if (typeof output !== "string") return bad("output", "field-type", "`output` must be a string.");
  const lines = readLines(input);
  const listed = readListedTools(lines);
  if (!listed.ok) return listed;
  const found = lines.flatMap((line) => (line.kind === "call" ? foundTools(line.text) : []));
  const tools = readTools(withoutRepetition([...listed.value, ...found]), "input");
  if (!tools.ok) return tools;
  const names = tools.value.map(({ name }) => name);
  const dialogue = readDialogue(lines, names);
  if (!dialogue.ok) return dialogue;
  const answer = readOutput(output, dialogue.value.length, names, notes);
  if (!answer.ok) return answer;
  const toolText = [...listed.value, ...found].map(spacedJson).join("\n");
  const head = { instruction: timeOf(lines), tools: tools.value, toolText, field: "input" };
  return completeDialogue(head, [...dialogue.value, answer.value], notes);
}

/** A part of the input, with the lines that continue it. */
interface InputLine {
  readonly kind: "tool" | "user" | "assistant" | "call" | "end";
  readonly text: string;
}

const beginnings: readonly (readonly [RegExp, InputLine["kind"]])[] = [
  [/^\{/u, "tool"],
  [/^User: ?/u, "user"],
  [/^AI: ?/u, "assistant"],
  [/^API-Request: ?/u, "call"],
  [/^Generate A(?:PI Request|I Response): ?/u, "end"],
];

function readLines(input: string): readonly InputLine[] {
  const lines: { kind: InputLine["kind"]; text: string }[] = [];
  for (const line of input.split("\n")) {
    const beginning = beginnings.find(([pattern]) => pattern.test(line));
    const last = lines.at(-1);
    if (beginning !== undefined) {
      const [pattern, kind] = beginning;
      lines.push({ kind, text: kind === "tool" ? line : line.replace(pattern, "") });
    } else if (last !== undefined) last.text += `\n${line}`;
    else if (line.trim() !== "") lines.push({ kind: "user", text: line });
  }
  return lines;
}

function readListedTools(lines: readonly InputLine[]): Reading<readonly JsonObject[]> {
  const tools: JsonObject[] = [];
  for (const { kind, text } of lines) {
    if (kind !== "tool") continue;
    const parse = parseJson(text);
    if (!parse.ok || !isJsonObject(parse.value))
      return bad("input", "tool-list", "A line of the tools is not a JSON object; restore it.");
    tools.push(asTool(parse.value));
  }
  return good(tools);
}

/** Tools in the result of a search, which is a Python dictionary or a list of them; some type names lack quotation marks. */
function foundTools(line: string): readonly JsonObject[] {
  if (!/^\s*\[?ToolSearcher\(/u.test(line)) return [];
  const text = line.slice(resultStart(line)).trim();
  const exact = parseLiteral(text);
  const result = exact.ok ? exact : parseLiteral(quoteBareWords(text));
  const value = result.ok ? literalToJson(result.literal) : null;
  return (isJsonList(value) ? value : [value])
    .filter(isJsonObject)
    .filter((item) => typeof field(item, "name") === "string")
    .map(asTool);
}

/** The object with a name and parameters under the usual keys; all else of it is kept. */
function asTool(source: JsonObject): JsonObject {
  const { apiCode, input_parameters: inputs, ...rest } = source;
  return {
    ...(apiCode === undefined ? {} : { name: apiCode }),
    ...rest,
    ...(inputs === undefined ? {} : { parameters: inputs }),
  };
}

/** A tool that is found again is the same tool. */
function withoutRepetition(tools: readonly JsonObject[]): readonly JsonObject[] {
  const names = new Set<JsonValue | undefined>();
  return tools.filter((tool) => {
    const name = field(tool, "name");
    if (names.has(name)) return false;
    names.add(name);
    return true;
  });
}

const timePattern = /TIME: *(.+?)\s*$/u;

function timeOf(lines: readonly InputLine[]): string {
  const time = lines.map(({ kind, text }) => (kind === "user" ? timePattern.exec(text)?.[1] : undefined));
  const known = time.find((value) => value !== undefined);
  return known === undefined ? "" : `The current time is ${known}.`;
}

function readDialogue(lines: readonly InputLine[], names: readonly string[]): Reading<readonly DraftTurn[]> {
  const drafts: DraftTurn[] = [];
  const add = (role: DraftTurn["role"], text: string, calls?: readonly ToolCall[]): void => {
    const turn = { role, text, position: drafts.length, field: "input", trained: false };
    drafts.push(calls === undefined ? turn : { ...turn, calls });
  };
  for (const { kind, text } of lines) {
    if (kind === "user") add("user", text.replace(timePattern, "").trim());
    if (kind === "assistant") add("assistant", text.trim());
    if (kind !== "call") continue;
    const start = resultStart(text);
    const calls = readBracketCalls(text.slice(0, start).replace(/->$/u, ""), names, "input");
    if (!calls.ok) return calls;
    add("assistant", "", calls.value.calls);
    add("tool", text.slice(start).trim());
  }
  return good(drafts);
}

/** Where the result begins: after the arrow that follows the calls; the end where there is none. */
function resultStart(line: string): number {
  const arrow = line.indexOf("]->");
  return arrow < 0 ? line.length : arrow + "]->".length;
}

function readOutput(
  output: string,
  position: number,
  names: readonly string[],
  notes: ReadNotes,
): Reading<DraftTurn> {
  const place = { role: "assistant", position, field: "output" } as const;
  const text = /^\s*AI: ?([\s\S]*)$/u.exec(output)?.[1];
  if (text !== undefined) return good({ ...place, text: text.trim() });
  const request = /^\s*API-Request: ?([\s\S]*)$/u.exec(output)?.[1];
  if (request === undefined)
    return bad("output", "field-type", "The output must begin with `API-Request:` or `AI:`.");
  const calls: Reading<BracketCalls> = readBracketCalls(request, names, "output");
  if (!calls.ok) return calls;
  if (calls.value.bare) {
    const message = "Values without quotation marks were read as text.";
    notes.findings.push({ field: "output", rule: "unquoted-value", message });
  }
  return good({ ...place, text: "", calls: calls.value.calls });
}

function write(dialogue: Dialogue): Reading<JsonObject> {
  const { instruction, tools, turns, rejected } = dialogue;
  const time = /^The current time is (.+)\.$/u.exec(instruction)?.[1];
  const answer = turns.at(-1);
  if (rejected !== undefined || answer?.message.role !== "assistant")
    return notExpressible("API-Bank", "a dialogue that does not end with one answer");
  if (instruction !== "" && time === undefined)
    return notExpressible("API-Bank", "a system message other than the time");
  if (turns.slice(0, -1).some(({ trained }) => trained))
    return notExpressible("API-Bank", "several answers to train; a row is one decision");
  if (
    turns.some(({ calls, text, reasoning }) => reasoning !== undefined || (calls.length > 0 && text !== ""))
  )
    return notExpressible("API-Bank", "thoughts, or text beside calls");
  const calls = answer.calls.length > 0;
  const lines = [
    ...tools.map((tool) => spacedJson(apiOf(tool))),
    ...turns.slice(0, -1).map((turn, index) => writeTurn(turn, turns[index - 1], time)),
    `Generate ${calls ? "API Request" : "AI Response"}: `,
  ];
  return good({
    instruction: instructions[calls ? "call" : "text"],
    input: lines.join("\n").replaceAll("\n->", "->"),
    output: calls ? `API-Request: ${printCalls(answer.calls)}` : `AI: ${answer.text}`,
  });
}

const instructions = {
  call: "\nGenerate an API request in the format of [ApiName(key1='value1', key2='value2', ...)] based on the user's utterance and available API requests.\nThe current time is {{time}}.\nAPI descriptions:\n",
  text: "\nGenerate a response as an AI assistant based on the user's utterance and API requests.\nThe current time is {{time}}.\nAPI descriptions:\n",
} as const;

function writeTurn(
  { message, calls, text }: DialogueTurn,
  before: DialogueTurn | undefined,
  time: string | undefined,
): string {
  if (message.role === "tool") return `->${message.content}`;
  if (calls.length > 0) return `API-Request: ${printCalls(calls)}`;
  if (message.role === "assistant") return `AI: ${text}`;
  return `User: ${message.content}${time === undefined || before !== undefined ? "" : `TIME: ${time}`}`;
}

function apiOf(tool: Tool): JsonObject {
  const { name, ...rest } = looseTool(tool);
  return { apiCode: name ?? tool.name, ...rest };
}
