/**
 * The grammar of tool calls, `[name(argument=value, …), …]`, as ToolACE, BFCL and the paper write it.
 *
 * calls    = "[" [ call { "," call } [ "," ] ] "]"
 * call     = name "(" [ argument { "," argument } [ "," ] ] ")"
 * argument = name "=" literal
 *
 * White space is free between all of these. Function names are the known tools' (the longest that fits), else what
 * `matchName` allows; argument names may be Python keywords and hold `-`, `$`, `.` or spaces, as real tools' do.
 * Everything else is a typed failure with its place: positional arguments, text after the list, unknown words.
 */
import type { Argument, CallParse, ToolCall } from "../spec/index.js";
import { longestFirst, matchName, type NameMatch } from "./call-names.js";
import { type Cursor, createCursor, fail, readSeparated, skipSpace, take, takeMatch } from "./cursor.js";
import { readLiteral } from "./literal.js";
import { printLiteral } from "./print-literal.js";

/** Argument names may hold `[…]`, as in `filter[status]`, but neither quotation marks nor other brackets. */
const argumentName = /[^\s=()[\]{}'",](?:[^=()[\]{}'",\r\n]|\[[^=()[\]{}'",\r\n]*\]){0,199}/y;

/**
 * The calls that the whole text is, in the order written, with spans into it; `[]` is no call at all. Arguments keep
 * order and repetition, values keep their source. Reads once from left to right, never throws and never guesses.
 */
export function parseCalls(text: string, toolNames: readonly string[]): CallParse {
  const cursor = createCursor(text);
  const calls = cursor.failure === undefined ? readCalls(cursor, longestFirst(toolNames)) : undefined;
  return cursor.failure ?? { ok: true, calls: calls! };
}

/**
 * True where the text sets out to call: it begins with `[` and a known function name with its opening bracket, or with
 * `[`, any name and brackets that are empty, begin with `name=`, or are cut off; or `[` and a known name with its bracket
 * stand anywhere in it. A text that attempts calls and does not parse is broken; one that does not is in words.
 */
export function attemptsCalls(text: string, toolNames: readonly string[]): boolean {
  const cursor = createCursor(text);
  skipSpace(cursor);
  if (take(cursor, "[")) {
    skipSpace(cursor);
    const match = matchName(text, cursor.position, longestFirst(toolNames));
    if (match !== undefined && (toolNames.includes(match.name) || beginsArguments(cursor, match)))
      return true;
  }
  return toolNames.some((name) => name !== "" && (text.includes(`[${name}(`) || text.includes(`[ ${name}(`)));
}

function beginsArguments(cursor: Cursor, match: NameMatch): boolean {
  cursor.position = match.bracket + 1;
  skipSpace(cursor);
  if (take(cursor, ")")) return true;
  takeMatch(cursor, argumentName);
  return cursor.position === cursor.text.length || take(cursor, "=");
}

/** The calls as text that `parseCalls` reads back to the same names and values, given the names. */
export function printCalls(calls: readonly ToolCall[]): string {
  return `[${calls.map(printCall).join(", ")}]`;
}

function printCall(call: ToolCall): string {
  return `${call.name}(${call.arguments.map(({ name, value }) => `${name}=${printLiteral(value)}`).join(", ")})`;
}

function readCalls(cursor: Cursor, sortedNames: readonly string[]): ToolCall[] | undefined {
  skipSpace(cursor);
  if (!take(cursor, "["))
    return fail(cursor, "not-a-list", "A list of calls begins with an opening square bracket.");
  const calls = readSeparated(cursor, "]", () => readCall(cursor, sortedNames));
  if (calls === undefined) return undefined;
  skipSpace(cursor);
  if (cursor.position === cursor.text.length) return calls.values;
  return fail(cursor, "trailing-text", "Text follows the list of calls.");
}

function readCall(cursor: Cursor, sortedNames: readonly string[]): ToolCall | undefined {
  const start = cursor.position;
  const match = matchName(cursor.text, start, sortedNames);
  if (match === undefined) return failName(cursor);
  cursor.position = match.bracket + 1;
  const args = readSeparated(cursor, ")", () => readArgument(cursor));
  return args && { name: match.name, arguments: args.values, span: { start, end: cursor.position } };
}

function failName(cursor: Cursor): undefined {
  if (cursor.position >= cursor.text.length)
    return fail(cursor, "unclosed", "The text ends where a function name should follow.");
  return fail(cursor, "function-name", "No function name with an opening bracket stands here.");
}

function readArgument(cursor: Cursor): Argument | undefined {
  const start = cursor.position;
  const name = takeMatch(cursor, argumentName)?.trimEnd();
  skipSpace(cursor);
  if (name === undefined || cursor.text[cursor.position] !== "=") return failArgument(cursor, start);
  cursor.position++;
  skipSpace(cursor);
  const value = readLiteral(cursor);
  return value && { name, value, span: { start, end: cursor.position } };
}

/** A value without a name is positional; anything else is no argument at all. */
function failArgument(cursor: Cursor, start: number): undefined {
  if (cursor.position >= cursor.text.length)
    return fail(cursor, "unclosed", "The text ends inside of the arguments.");
  const next = cursor.text[cursor.position];
  const positional = (start < cursor.position && (next === "," || next === ")")) || /["'[({]/.test(next!);
  return positional
    ? fail(cursor, "positional-argument", "An argument has no name; write name=value.", start)
    : fail(cursor, "argument-name", "No argument of the form name=value stands here.", start);
}
