/**
 * Names of tools in the characters that OpenAI's and most servers' function calling takes: letters, digits, `_` and `-`, at
 * most 64. The change is injective within a row, and the same for tools, calls and results.
 */
import type { Tool, ToolCall } from "../../spec/index.js";
import { printCalls } from "../../text/index.js";
import type { Dialogue, DialogueTurn } from "../dialogue/dialogue.js";
import { isJsonObject } from "../json-text.js";

const longestName = 64;

/** Old names to new ones, different ones for different tools. */
export function plainNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(names.filter((name) => isPlain(name)));
  const plain = new Map<string, string>();
  for (const name of names) {
    if (plain.has(name)) continue;
    const chosen = isPlain(name) ? name : freeName(name, taken);
    taken.add(chosen);
    plain.set(name, chosen);
  }
  return plain;
}

/** The dialogue with plain names; the same dialogue where all are plain. */
export function withPlainNames(dialogue: Dialogue): Dialogue {
  const names = plainNames(dialogue.tools.map(({ name }) => name));
  if ([...names].every(([old, name]) => old === name)) return dialogue;
  const rename = (name: string): string => names.get(name) ?? name;
  return {
    ...dialogue,
    tools: dialogue.tools.map((tool) => renameTool(tool, rename(tool.name))),
    turns: dialogue.turns.map((turn) => renameTurn(turn, rename)),
  };
}

function isPlain(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/u.test(name);
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  const base = name.replace(/[^A-Za-z0-9_-]+/gu, "_").slice(0, longestName) || "_";
  if (!taken.has(base)) return base;
  for (let number = 2; ; number += 1) {
    const end = `_${number}`;
    const numbered = `${base.slice(0, longestName - end.length)}${end}`;
    if (!taken.has(numbered)) return numbered;
  }
}

function renameTool(tool: Tool, name: string): Tool {
  if (tool.source === undefined) return { ...tool, name };
  const { source } = tool;
  const renamed = isJsonObject(source.function)
    ? { ...source, function: { ...source.function, name } }
    : { ...source, name };
  return { ...tool, name, source: renamed };
}

function renameTurn(turn: DialogueTurn, rename: (name: string) => string): DialogueTurn {
  const { calls, text, answers, message } = turn;
  if (calls.length === 0) {
    if (answers?.name === undefined) return turn;
    return { ...turn, answers: { ...answers, name: rename(answers.name) } };
  }
  const renamed = calls.map((call): ToolCall => ({ name: rename(call.name), arguments: call.arguments }));
  const response = printCalls(renamed);
  const content = text === "" ? response : `${text}\n${response}`;
  return { ...turn, calls: renamed, response, message: { ...message, content } };
}
