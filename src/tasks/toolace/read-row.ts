/**
 * Reads one ToolACE row whole: prompt, tools, dialogue, and what every assistant turn is. Nothing is interpreted yet as
 * training data.
 *
 * A row is taken whole or not at all: a damaged turn would be the history of the turns after it. Only answers that are
 * well-formed text and still no example of one (empty, or calls amid prose) are left out singly.
 */
import type { JsonObject, JsonValue, Message, Tool, ToolCall } from "../../spec/index.js";
import { field, isJsonList, isJsonObject } from "../json-text.js";
import { readAnswer, textProblem } from "./answer.js";
import { checkCalls } from "./call-check.js";
import { readConversation } from "./conversation.js";
import { type MetaAnswer, type RowMeta, readMeta } from "./meta.js";
import { findDamagedWords, findUngroundedValues } from "./noise.js";
import { bad, good, type Problem, type Reading } from "./problem.js";
import { type SystemPrompt, splitSystemPrompt } from "./system-prompt.js";
import { checkToolResults } from "./tool-results.js";
import { readTools } from "./tools.js";

/** A row that has been read. */
export interface RowContent {
  readonly prompt: SystemPrompt;
  readonly tools: readonly Tool[];
  readonly turns: readonly TurnContent[];
  readonly meta: RowMeta | undefined;
  /** Remarks; the row is usable all the same. */
  readonly findings: readonly Problem[];
}

/** One turn of the dialogue. */
export interface TurnContent {
  readonly message: Message;
  /** Empty for everything that is not an assistant's calls. */
  readonly calls: readonly ToolCall[];
  /** Why an assistant's turn is no example. */
  readonly omitted?: Problem;
}

/**
 * The parts of a row. Rules: `row-type`, `field-type`, `careless-conversion`, `role-order`, and those of
 * `splitSystemPrompt`, `readTools`, `readConversation`, `readMeta`, `readAnswer` and `checkCalls` (the fatal ones).
 */
export function readRow(value: JsonValue): Reading<RowContent> {
  if (!isJsonObject(value))
    return bad("", "row-type", "A row must be an object with `system` and `conversations`.");
  const system = field(value, "system");
  if (typeof system !== "string") return bad("system", "field-type", "`system` must be a string.");
  const prompt = splitSystemPrompt(system);
  if (!prompt.ok) return prompt;
  if (isCarelessConversion(value, prompt.value)) {
    const message =
      "`tools` is empty but `system` lists tools: a conversion that is known to cut names; import the original.";
    return bad("tools", "careless-conversion", message);
  }
  const tools = readTools(prompt.value.tools);
  if (!tools.ok) return tools;
  const messages = readConversation(field(value, "conversations"));
  if (!messages.ok) return messages;
  const meta = readMeta(value);
  return meta.ok
    ? readTurns({ prompt: prompt.value, tools: tools.value, meta: meta.value }, messages.value)
    : meta;
}

/** Public conversions that kept the list in `system`, emptied `tools`, and cut the names in the calls at spaces. */
function isCarelessConversion(row: JsonObject, prompt: SystemPrompt): boolean {
  const tools = field(row, "tools");
  const empty = tools === "" || tools === "[]" || (isJsonList(tools) && tools.length === 0);
  return empty && prompt.tools.length > 0;
}

type RowHead = Pick<RowContent, "prompt" | "tools" | "meta">;

function readTurns(head: RowHead, messages: readonly Message[]): Reading<RowContent> {
  const { prompt, tools } = head;
  const turns: TurnContent[] = [];
  const findings: Problem[] = [...findDamagedWords(prompt.toolText)];
  const texts = [prompt.instruction];
  for (const [position, message] of messages.entries()) {
    const path = `conversations[${position}].value`;
    const turn =
      message.role === "assistant" ? readAssistantTurn(message, tools, path) : good({ message, calls: [] });
    if (!turn.ok) return turn;
    const called = turns.at(-1)?.calls ?? [];
    if (message.role === "tool" && called.length === 0) {
      return bad(path, "role-order", "Tool results follow a turn that calls no tool.");
    }
    if (message.role === "tool") findings.push(...checkToolResults(message.content, called, path));
    if (contradicts(turn.value, head.meta?.answers.get(position))) {
      return bad(
        "meta.answers",
        "meta",
        `The right answer to ${path} is of another kind than the one written.`,
      );
    }
    const problems = checkCalls(turn.value.calls, tools, path);
    const fatal = problems.find((problem) => problem.fatal);
    if (fatal !== undefined) return bad(fatal.field, fatal.rule, fatal.message);
    findings.push(...problems, ...findUngroundedValues(turn.value.calls, tools, texts, path));
    turns.push(turn.value);
    texts.push(message.content);
  }
  return good({ ...head, turns, findings: [...findings, ...findUnanswered(messages)] });
}

/** Whether the known right answer calls where the written one does not, or the other way round. */
function contradicts(turn: TurnContent, known: MetaAnswer | undefined): boolean {
  return known !== undefined && (known.gold.kind === "calls") !== turn.calls.length > 0;
}

function readAssistantTurn(message: Message, tools: readonly Tool[], path: string): Reading<TurnContent> {
  const names = tools.map((tool) => tool.name);
  const answer = readAnswer(message.content, names, path);
  if (!answer.ok) return answer;
  const omitted = answer.value.length === 0 ? textProblem(message.content, names, path) : undefined;
  return good({ message, calls: answer.value, ...(omitted === undefined ? {} : { omitted }) });
}

/** A last turn that nobody answers is part of no example. */
function findUnanswered(messages: readonly Message[]): readonly Problem[] {
  if (messages.at(-1)?.role === "assistant") return [];
  const path = `conversations[${messages.length - 1}]`;
  return [{ field: path, rule: "unanswered", message: "The last turn has no answer and is not used." }];
}
