/**
 * Decides what an assistant turn is: calls, or text.
 *
 * A turn is calls when all of it reads as `[name(argument=value, …), …]` with tools of its row. A turn that was meant as
 * calls and does not read as such is damaged; it would teach broken calls, or, taken for text, that nothing should have
 * been called. Everything else is text, also where it begins with a bracket, as links and lists do.
 */
import type { ToolCall } from "../../spec/index.js";
import { parseCalls } from "../../text/index.js";
import { bad, good, type Problem, type Reading } from "./problem.js";
import { unknownTool } from "./unknown-tool.js";

/** A name, an opening bracket, and then an end or an argument: how calls begin, whatever the name. */
const callShape = /^\[\s*([^[\]{}"'()\n]{1,120}?)\s*\(\s*(?:\)|[\p{L}_][\p{L}\p{N}_.-]*\s*=)/u;

/** How many places of a text are tried for hidden calls: keeps hostile text from costing more than its length. */
const maximumTries = 8;

/**
 * The calls of a turn; none where it is text. Calls that can be read may name tools that the row does not have. Rules:
 * `broken-call` (names a known tool and cannot be read), and those of `unknownTool` for others that cannot be read.
 */
export function readAnswer(
  text: string,
  names: readonly string[],
  path: string,
): Reading<readonly ToolCall[]> {
  const parse = parseCalls(text, names);
  if (parse.ok) return good(parse.calls);
  const trimmed = text.trim();
  if (isJsonCall(trimmed, names)) {
    return bad(path, "broken-call", "The calls are written as JSON; write them as [name(argument=value)].");
  }
  if (!trimmed.startsWith("[")) return readUnbracketed(trimmed, names, path);
  if (beginsWithTool(trimmed.slice(1), names)) {
    return bad(path, "broken-call", `The calls break off at character ${parse.position}: ${parse.message}`);
  }
  const name = callShape.exec(trimmed)?.[1];
  return name === undefined ? good([]) : { ok: false, problem: unknownTool(name, names, path) };
}

/**
 * Why a text answer is no example of one: `empty-answer`, or `mixed-answer` where calls stand inside the prose, so that
 * neither "calls" nor "does not call" is true of it. `undefined` for all others.
 */
export function textProblem(text: string, names: readonly string[], path: string): Problem | undefined {
  if (text.trim() === "") {
    return {
      field: path,
      rule: "empty-answer",
      message: "The answer is empty; write one, or remove the turn.",
    };
  }
  const position = callInside(text, names);
  if (position === undefined) return undefined;
  const message = `Calls begin at character ${position} of a text; keep the calls or the text.`;
  return { field: path, rule: "mixed-answer", message };
}

/** Text, unless it is a call that lacks its brackets. */
function readUnbracketed(text: string, names: readonly string[], path: string): Reading<readonly ToolCall[]> {
  return beginsWithTool(text, names) && parseCalls(`[${text}]`, names).ok
    ? bad(path, "broken-call", "The calls are not enclosed in [ ]; add the brackets.")
    : good([]);
}

/** Where `[name(…)]` with a known tool begins inside a text, if it does; only the first few places are tried. */
function callInside(text: string, names: readonly string[]): number | undefined {
  const starts = offsetsOf("[", text, 0).filter((start) => beginsWithTool(text.slice(start + 1), names));
  return starts.slice(0, maximumTries).find((start) =>
    offsetsOf("]", text, start)
      .slice(0, maximumTries)
      .some((end) => parseCalls(text.slice(start, end + 1), names).ok),
  );
}

function offsetsOf(character: string, text: string, from: number): number[] {
  const offsets: number[] = [];
  for (let at = text.indexOf(character, from); at >= 0; at = text.indexOf(character, at + 1))
    offsets.push(at);
  return offsets;
}

function beginsWithTool(text: string, names: readonly string[]): boolean {
  const start = text.trimStart();
  return names.some((name) => start.startsWith(name) && start.slice(name.length).trimStart().startsWith("("));
}

/** `[{"name": "…", …` or `{"name": "…", …` with a known tool. */
function isJsonCall(text: string, names: readonly string[]): boolean {
  const name = /^\[?\s*\{\s*"(?:name|api|tool|function)"\s*:\s*("(?:[^"\\\n]|\\.)*")/u.exec(
    text.slice(0, 400),
  )?.[1];
  return name !== undefined && names.some((known) => JSON.stringify(known) === name);
}
