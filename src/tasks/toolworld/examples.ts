/**
 * Rows as examples, without reading calls from text: what the ToolACE importer makes of the same row, with the category,
 * the tags and the allowed alternatives that only the generator knows.
 */
import { classifyDifficulty } from "../../method/index.js";
import type { Example, Gold, GoldCall, JsonObject, Message, Tool, ToolCall } from "../../spec/index.js";
import { jsonToLiteral, toolFromJson } from "../../text/index.js";
import { type RowAnswer, type RowCall, splitSystemText, type ToolworldRow, type WrittenCall } from "./row.js";

/** One example for each assistant turn, in order. */
export function toolworldExamples(row: ToolworldRow): Example[] {
  const { today, tools: toolText } = splitSystemText(row.system);
  const tools = readToolList(toolText);
  const system: readonly Message[] = today === undefined ? [] : [{ role: "system", content: today }];
  const turns = row.conversations.map(({ from, value }): Message => ({ role: from, content: value }));
  const callCount = Math.max(...row.meta.answers.map(({ calls }) => calls.length));
  const difficulty = classifyDifficulty({
    toolCount: tools.length,
    toolTextLength: toolText.length,
    callCount,
  });
  return row.meta.answers.map((answer) => ({
    id: `${row.meta.id}.${answer.turn}`,
    tools,
    messages: [...system, ...turns.slice(0, answer.turn)],
    response: row.conversations[answer.turn]!.value,
    calls: answer.written.map(readWritten),
    gold: readGold(answer),
    difficulty,
    category: row.meta.category,
    tags: answer.tags,
    origin: { file: `toolworld/${row.meta.split}`, row: row.meta.index, turn: answer.turn },
  }));
}

/** The tools of our own list. What `JSON.parse` returns is ours: `systemText` wrote it. */
function readToolList(text: string): Tool[] {
  const list: readonly JsonObject[] = JSON.parse(text);
  return list.map(toolFromJson);
}

function readWritten(call: WrittenCall): ToolCall {
  return {
    name: call.name,
    arguments: call.arguments.map(([name, value]) => ({ name, value: jsonToLiteral(value) })),
  };
}

function readGold({ calls }: RowAnswer): Gold {
  return calls.length === 0 ? { kind: "text" } : { kind: "calls", calls: calls.map(readRight) };
}

function readRight(call: RowCall): GoldCall {
  return {
    name: call.name,
    arguments: call.arguments.map(({ name, allowed, optional }) => ({
      name,
      allowed: allowed.map(jsonToLiteral),
      optional,
    })),
  };
}
