/**
 * TRL's conversational prompt-completion rows: `prompt` and `completion` as lists of messages, calls with their arguments
 * as objects, `tools` beside. One row a trained answer.
 */
import type { JsonValue, Literal, ToolCall } from "../../spec/index.js";
import { jsonToLiteral, printJson } from "../../text/index.js";
import type { Dialogue, DialogueTurn } from "../dialogue/dialogue.js";
import { openAiTools } from "./tool-list.js";
import { groupTurns, resultsOfCalls } from "./tool-turns.js";

/** The rows as JSON texts, numbers exact. */
export function trlRows(dialogue: Dialogue): readonly string[] {
  const { turns } = dialogue;
  return turns.flatMap((turn, index) => {
    if (!turn.trained || turn.omitted !== undefined) return [];
    return [trlRow(dialogue, turns.slice(0, index), turn)];
  });
}

function trlRow(
  { instruction, tools }: Dialogue,
  before: readonly DialogueTurn[],
  answer: DialogueTurn,
): string {
  const system = instruction === "" ? [] : [message("system", [["content", text(instruction)]])];
  return printJson(
    object([
      ["prompt", list([...system, ...groupTurns(before).flatMap(messagesOf)])],
      ["completion", list([answerMessage(answer)])],
      ...(tools.length === 0 ? [] : [["tools", jsonToLiteral(openAiTools(tools))] as const]),
    ]),
  );
}

function messagesOf({ turn, results }: ReturnType<typeof groupTurns>[number]): readonly Literal[] {
  if (results === undefined) {
    return turn.message.role === "assistant"
      ? [answerMessage(turn)]
      : [message(turn.message.role, [["content", text(turn.message.content)]])];
  }
  const matched = resultsOfCalls(turn, results);
  if (matched === undefined)
    return results.map((result) => message("tool", [["content", text(result.message.content)]]));
  return matched.map(({ call, content }) =>
    message("tool", [
      ["name", text(call.name)],
      ["content", text(content)],
    ]),
  );
}

function answerMessage({ calls, text: beside, response }: DialogueTurn): Literal {
  if (calls.length === 0) return message("assistant", [["content", text(response)]]);
  return message("assistant", [
    ["content", text(beside)],
    ["tool_calls", list(calls.map(callLiteral))],
  ]);
}

function callLiteral(call: ToolCall): Literal {
  const given = object(call.arguments.map(({ name, value }) => [name, value]));
  return object([
    ["type", text("function")],
    [
      "function",
      object([
        ["name", text(call.name)],
        ["arguments", given],
      ]),
    ],
  ]);
}

type Entry = readonly [string, Literal];

function message(role: string, entries: readonly Entry[]): Literal {
  return object([["role", text(role)], ...entries]);
}

function object(entries: readonly Entry[]): Literal {
  return { kind: "dict", entries: entries.map(([key, value]) => ({ key: text(key), value })) };
}

function list(items: readonly Literal[]): Literal {
  return { kind: "list", items };
}

function text(value: string): Literal {
  return { kind: "string", value };
}

/** A ranking row's two answers as TRL's conversational preference row; `undefined` where the dialogue is no ranking. */
export function trlPreference(dialogue: Dialogue): string | undefined {
  const { rejected, turns, instruction, tools } = dialogue;
  const chosen = turns.at(-1);
  if (rejected === undefined || chosen === undefined) return undefined;
  const system = instruction === "" ? [] : [message("system", [["content", text(instruction)]])];
  const shown: JsonValue = openAiTools(tools);
  return printJson(
    object([
      ["prompt", list([...system, ...groupTurns(turns.slice(0, -1)).flatMap(messagesOf)])],
      ["chosen", list([answerMessage(chosen)])],
      ["rejected", list([answerMessage(rejected)])],
      ...(tools.length === 0 ? [] : [["tools", jsonToLiteral(shown)] as const]),
    ]),
  );
}
