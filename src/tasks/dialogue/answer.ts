/**
 * Decides what an assistant turn is: calls, or text.
 *
 * A turn is calls when all of it reads as `[name(argument=value, …), …]` with tools of its row. A turn that was meant as
 * calls and does not read as such is damaged; it would teach broken calls, or, taken for text, that nothing should have
 * been called. Everything else is text, also where it begins with a bracket, as links and lists do.
 */
import type { ToolCall } from "../../spec/index.js";
import { parseCalls } from "../../text/index.js";
import { parseJson } from "../json-text.js";
import { bad, good, type Problem, type Reading } from "./problem.js";
import { unknownTool } from "./unknown-tool.js";

/** A name, an opening bracket, and then an end or an argument: how calls begin, whatever the name. */
const callShape = /^\[\s*([^[\]{}"'()\n]{1,120}?)\s*\(\s*(?:\)|[\p{L}_][\p{L}\p{N}_.-]*\s*=)/u;

/** How many places of a text are tried for hidden calls: keeps hostile text from costing more than its length. */
const maximumTries = 8;
/** How many brackets of a text are looked at. */
const maximumBrackets = 2000;

/**
 * The calls of a turn; none where it is text. Calls that can be read may name tools that the row does not have. Rules:
 * `broken-call` (names a known tool and cannot be read), `other-syntax` (calls as other models write them), and those of
 * `unknownTool` for others that cannot be read.
 */
export function readAnswer(
  text: string,
  names: readonly string[],
  path: string,
): Reading<readonly ToolCall[]> {
  const parse = parseCalls(text, names);
  if (parse.ok) return good(parse.calls);
  const trimmed = text.trim();
  const foreign = foreignSyntax(trimmed, names);
  if (foreign !== undefined)
    return bad(path, "other-syntax", `Calls are written with ${foreign}; write them as the format has them.`);
  const body = /^```\w*\n([\s\S]*?)\n?```$/u.exec(trimmed)?.[1]?.trim();
  if (
    body !== undefined &&
    (beginsWithTool(body.replace(/^\[/u, ""), names) || jsonCallName(body) !== undefined)
  )
    return bad(path, "broken-call", "The calls stand in a code block; write them as the format has them.");
  const inJson = jsonCallName(trimmed);
  if (inJson !== undefined) {
    if (!names.includes(inJson)) return { ok: false, problem: unknownTool(inJson, names, path) };
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
 * Why a text answer is no example of one: `empty-answer`, `unclosed-thoughts`, or `mixed-answer` where calls stand inside
 * the prose, so that neither "calls" nor "does not call" is true of it. `undefined` for all others.
 */
export function textProblem(text: string, names: readonly string[], path: string): Problem | undefined {
  if (text.trim() === "") {
    return {
      field: path,
      rule: "empty-answer",
      message: "The answer is empty; write one, or remove the turn.",
    };
  }
  if (/^\s*<think>/u.test(text) && !text.includes("</think>")) {
    const message = "The thoughts begin with <think> and never end; close them, or remove the turn.";
    return { field: path, rule: "unclosed-thoughts", message };
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
  const starts = offsetsOf("[", text, 0)
    .slice(0, maximumBrackets)
    .filter((start) => beginsWithTool(text.slice(start + 1), names));
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

/** Marks that open calls in the syntaxes of known models, at the beginning of a line. */
const foreignMark =
  /^[ \t]*(<tool_call>|<functioncall>|<function_calls?>|<function=|<invoke name=|<\|python_tag\|>|\[TOOL_CALLS\]|<[|｜]tool[_▁]calls?[_▁]begin[|｜]>|✿FUNCTION✿)/mu;

/** ReAct, as ToolBench writes it. */
const reactCall = /^Action:[ \t]*(\S[^\n]{0,199})\nAction[ _]Input:/mu;

/** How a text calls in the syntax of another, if it does. */
function foreignSyntax(text: string, names: readonly string[]): string | undefined {
  const mark = foreignMark.exec(text)?.[1];
  if (mark !== undefined) return mark;
  const name = reactCall.exec(text)?.[1]?.trim();
  return name !== undefined && names.includes(name) ? "Action and Action Input" : undefined;
}

/** The name in `[{"name": "…", "arguments": …` or `{"name": "…", "arguments": …`, and the like. */
function jsonCallName(text: string): string | undefined {
  const source =
    /^\[?\s*\{\s*"(?:name|api|tool|function)"\s*:\s*("(?:[^"\\\n]|\\.)*")\s*(?:,\s*"(?:arguments|parameters|args)"\s*:|\})/u.exec(
      text.slice(0, 400),
    )?.[1];
  const name = source === undefined ? undefined : parseJson(source);
  return name?.ok === true && typeof name.value === "string" ? name.value : undefined;
}
