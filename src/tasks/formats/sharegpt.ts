/**
 * LLaMA-Factory's ShareGPT rows: `conversations` of `human`, `gpt`, `function_call`, `observation` turns, `tools` as JSON
 * text, `system` beside. Ranking rows have `chosen` and `rejected` in place of the last answer.
 */
import type { JsonObject, JsonValue } from "../../spec/index.js";
import { callText, readCallObjects } from "../dialogue/call-object.js";
import { completeDialogue } from "../dialogue/complete-dialogue.js";
import type { Dialogue, DialogueTurn, DraftTurn } from "../dialogue/dialogue.js";
import { readLiteralText } from "../dialogue/json-field.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import { createNotes, type ReadNotes } from "../dialogue/read-notes.js";
import { field, isJsonList, isJsonObject } from "../json-text.js";
import { carelessMessage } from "../toolace/read-row.js";
import { splitSystemPrompt } from "../toolace/system-prompt.js";
import { type DataFormat, hasFields, type SourceRow, turnsOf } from "./format.js";
import { spacedJson } from "./loose-tools.js";
import { printTaggedAnswer, splitReasoning } from "./tagged-answer.js";
import { isHistory, notExpressible, openAiTools, readToolList, untrainedHistory } from "./tool-list.js";
import { resultsAsList } from "./tool-turns.js";

/** ShareGPT as LLaMA-Factory reads it. */
export const sharegptFormat: DataFormat = {
  name: "sharegpt",
  title: "ShareGPT (LLaMA-Factory)",
  fields: ["conversations", "tools", "system", "chosen", "rejected"],
  recognizes: (row) => {
    const turns = turnsOf(field(row, "conversations"));
    return turns.length > 0 && turns.every((turn) => hasFields(turn, "from", "value"));
  },
  read,
  write,
};

type Speaker = "system" | "user" | "assistant" | "call" | "tool";

const speakers: ReadonlyMap<JsonValue | undefined, Speaker> = new Map<JsonValue | undefined, Speaker>([
  ["system", "system"],
  ["human", "user"],
  ["user", "user"],
  ["gpt", "assistant"],
  ["assistant", "assistant"],
  ["function_call", "call"],
  ["observation", "tool"],
  ["tool", "tool"],
]);

function read(source: SourceRow, notes: ReadNotes): Reading<Dialogue> {
  const row = source.value;
  const conversations = field(row, "conversations");
  if (!isJsonList(conversations))
    return bad("conversations", "field-type", "`conversations` must be a list of turns.");
  const tools = readToolList(field(row, "tools"), "tools", source.textOf("tools"), notes);
  if (!tools.ok) return tools;
  const turns = readTurns(conversations, "conversations", notes);
  if (!turns.ok) return turns;
  const system = field(row, "system");
  if (system !== undefined && system !== null && typeof system !== "string")
    return bad("system", "field-type", "`system` must be a string.");
  const { instruction, drafts } = splitInstruction(system ?? "", turns.value);
  if (tools.value.tools.length === 0 && listsTools(instruction))
    return bad("tools", "careless-conversion", carelessMessage);
  const head = { instruction, ...tools.value, field: "conversations" };
  return hasFields(row, "chosen", "rejected")
    ? readRanking(row, head, drafts, notes)
    : completeDialogue(head, drafts, notes);
}

function splitInstruction(system: string, drafts: readonly DraftTurn[]) {
  const [first, ...rest] = drafts;
  if (first?.role !== "system") return { instruction: system, drafts };
  return { instruction: [system, first.text].filter((text) => text !== "").join("\n"), drafts: rest };
}

/** True where the text lists tools as ToolACE does. */
function listsTools(text: string): boolean {
  const prompt = splitSystemPrompt(text);
  return prompt.ok && prompt.value.tools.length > 0;
}

function readTurns(
  list: readonly JsonValue[],
  path: string,
  notes: ReadNotes,
): Reading<readonly DraftTurn[]> {
  const drafts: DraftTurn[] = [];
  for (const [position, item] of list.entries()) {
    const draft = readTurn(item, position, `${path}[${position}]`, notes);
    if (!draft.ok) return draft;
    drafts.push(draft.value);
  }
  return good(drafts);
}

function readTurn(item: JsonValue, position: number, path: string, notes: ReadNotes): Reading<DraftTurn> {
  if (!isJsonObject(item))
    return bad(path, "field-type", "A turn must be an object with `from` and `value`.");
  const from = field(item, "from");
  const text = field(item, "value");
  const speaker = speakers.get(from);
  if (speaker === undefined) {
    const message = `${JSON.stringify(from ?? null).slice(0, 40)} is not human, gpt, function_call, observation or system; rename the role.`;
    return bad(`${path}.from`, "role", message);
  }
  if (typeof text !== "string")
    return bad(`${path}.value`, "field-type", "The text of a turn must be a string.");
  const place = { position, field: `${path}.value` };
  if (speaker === "call") return readCallTurn(text, place, notes);
  if (speaker !== "assistant") return good({ role: speaker, text, ...place });
  const { reasoning, rest } = splitReasoning(text);
  return good({ role: "assistant", text: rest, ...place, ...(reasoning === undefined ? {} : { reasoning }) });
}

function readCallTurn(
  text: string,
  place: Pick<DraftTurn, "position" | "field">,
  notes: ReadNotes,
): Reading<DraftTurn> {
  const { reasoning, rest } = splitReasoning(text);
  const literal = readLiteralText(rest, place.field, notes);
  if (!literal.ok) return literal;
  const calls = readCallObjects(literal.value, place.field, notes);
  if (!calls.ok) return calls;
  const thoughts = reasoning === undefined ? {} : { reasoning };
  return good({ role: "assistant", text: "", calls: calls.value, ...place, ...thoughts });
}

type Head = Parameters<typeof completeDialogue>[0];

/** The chosen answer is the one to learn; those before it are history. The rejected one may be damaged: it is kept. */
function readRanking(
  row: JsonObject,
  head: Head,
  before: readonly DraftTurn[],
  notes: ReadNotes,
): Reading<Dialogue> {
  const position = before.length;
  const chosen = readTurn(field(row, "chosen") ?? null, position, "chosen", notes);
  if (!chosen.ok) return chosen;
  const history = before.map((draft) => ({ ...draft, trained: false }));
  const dialogue = completeDialogue(head, [...history, chosen.value], notes);
  if (!dialogue.ok) return dialogue;
  const rejected = readRejected(field(row, "rejected") ?? null, position);
  return rejected.ok ? good({ ...dialogue.value, rejected: rejected.value }) : rejected;
}

function readRejected(item: JsonValue, position: number): Reading<DialogueTurn> {
  const text = isJsonObject(item) ? field(item, "value") : undefined;
  if (typeof text !== "string")
    return bad("rejected", "field-type", "`rejected` must be an object with `from` and `value`.");
  const turn = readTurn(item, position, "rejected", createNotes());
  const calls = turn.ok ? (turn.value.calls ?? []) : [];
  const message = { role: "assistant", content: text } as const;
  return good({ message, position, field: "rejected.value", calls, response: text, text, trained: false });
}

function write(dialogue: Dialogue): Reading<JsonObject> {
  const { instruction, tools, turns, rejected } = dialogue;
  if (turns.some(({ calls, text }) => calls.length > 0 && text.trim() !== ""))
    return notExpressible("ShareGPT", "text beside calls");
  if (rejected === undefined && turns.some(isHistory)) return notExpressible("ShareGPT", untrainedHistory);
  const contents = resultsAsList(turns);
  const written = contents.map((message, index) => writeTurn(message, turnAt(turns, contents, index)));
  const last = written.at(-1);
  const rest = {
    ...(instruction === "" ? {} : { system: instruction }),
    tools: tools.length === 0 ? "[]" : spacedJson(openAiTools(tools).map((tool) => tool.function ?? null)),
  };
  if (rejected === undefined) return good({ conversations: written, ...rest });
  if (last === undefined) return notExpressible("ShareGPT", "a ranking without an answer");
  const from = rejected.calls.length > 0 ? "function_call" : "gpt";
  const answers = { chosen: last, rejected: { from, value: rejected.response } };
  return good({ conversations: written.slice(0, -1), ...answers, ...rest });
}

/** The answer that a written message is, which holds its calls; results were joined, so positions differ. */
function turnAt(
  turns: readonly DialogueTurn[],
  contents: readonly { readonly role: string }[],
  index: number,
): DialogueTurn | undefined {
  if (contents[index]?.role !== "assistant") return undefined;
  const rank = contents.slice(0, index).filter(({ role }) => role === "assistant").length;
  return turns.filter(({ message }) => message.role === "assistant")[rank];
}

function writeTurn(
  message: { readonly role: string; readonly content: string },
  answer: DialogueTurn | undefined,
): JsonObject {
  if (answer === undefined)
    return { from: message.role === "tool" ? "observation" : "human", value: message.content };
  const { calls, response, reasoning } = answer;
  const thoughts = reasoning === undefined ? {} : { reasoning };
  if (calls.length === 0)
    return { from: "gpt", value: printTaggedAnswer({ ...thoughts, text: response }, []) };
  const texts = calls.map((call) => callText(call));
  const value = texts.length === 1 && texts[0] !== undefined ? texts[0] : `[${texts.join(", ")}]`;
  return { from: "function_call", value: printTaggedAnswer({ ...thoughts, text: value }, []) };
}
