/**
 * Answers in tags: `<think>…</think>` before, `<tool_call>{…}</tool_call>` for calls, text around them. Tags that the
 * thoughts mention are thoughts.
 */
import type { Literal, ToolCall } from "../../spec/index.js";
import { parseJsonLiteral, parseLiteral } from "../../text/index.js";
import { readCallObjects } from "../dialogue/call-object.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import type { ReadNotes } from "../dialogue/read-notes.js";

/** The parts of an answer. */
export interface TaggedAnswer {
  readonly reasoning?: string;
  /** Absent where no tag of calls stands in it. */
  readonly calls?: readonly ToolCall[];
  /** What stands outside of the tags. */
  readonly text: string;
}

const open = "<tool_call>";
const close = "</tool_call>";

/**
 * The parts of an answer. Rules: `broken-call` (a tag that is not closed, or holds neither JSON nor a Python literal),
 * and those of `readCallObjects`.
 */
export function readTaggedAnswer(whole: string, field: string, notes: ReadNotes): Reading<TaggedAnswer> {
  const { reasoning, rest } = splitReasoning(whole);
  const thoughts = reasoning === undefined ? {} : { reasoning };
  if (!rest.includes(open)) return good({ ...thoughts, text: rest });
  const calls: ToolCall[] = [];
  const outside: string[] = [];
  let at = 0;
  for (let start = rest.indexOf(open); start >= 0; start = rest.indexOf(open, at)) {
    const end = rest.indexOf(close, start);
    if (end < 0) return bad(field, "broken-call", "A <tool_call> is not closed; add </tool_call>.");
    outside.push(rest.slice(at, start));
    const block = readBlock(rest.slice(start + open.length, end).trim(), field, notes);
    if (!block.ok) return block;
    calls.push(...block.value);
    at = end + close.length;
  }
  outside.push(rest.slice(at));
  const text = outside.map((part) => part.trim()).filter((part) => part !== "");
  return good({ ...thoughts, calls, text: text.join("\n") });
}

/** The answer in tags, thoughts first, then the text, then a tag for each call. */
export function printTaggedAnswer({ reasoning, text }: TaggedAnswer, calls: readonly string[]): string {
  const thoughts = reasoning === undefined ? [] : [`<think>${reasoning}</think>`];
  const tags = calls.map((call) => `${open}\n${call}\n${close}`);
  return [...thoughts, ...(text === "" ? [] : [text]), ...tags].join("\n");
}

/** Thoughts at the beginning, up to the last closing tag: they may mention tags themselves. */
export function splitReasoning(whole: string): { readonly reasoning?: string; readonly rest: string } {
  const start = whole.length - whole.trimStart().length;
  if (!whole.startsWith("<think>", start)) return { rest: whole };
  const end = whole.lastIndexOf("</think>");
  if (end < 0) return { rest: whole };
  const reasoning = whole.slice(start + "<think>".length, end);
  return { reasoning, rest: whole.slice(end + "</think>".length).trim() };
}

/** One object, a list of them, or one a line; in JSON, else in Python's syntax. */
function readBlock(block: string, field: string, notes: ReadNotes): Reading<readonly ToolCall[]> {
  const whole = readEither(block);
  if (whole !== undefined) return readCallObjects(whole, field, notes);
  const lines = block.split("\n").filter((line) => line.trim() !== "");
  const literals = lines.map(readEither);
  const known = literals.filter((literal) => literal !== undefined);
  if (known.length === 0 || known.length < lines.length)
    return bad(field, "broken-call", "A <tool_call> holds no JSON object; write one call a tag.");
  return readCallObjects({ kind: "list", items: known }, field, notes);
}

function readEither(text: string): Literal | undefined {
  const json = parseJsonLiteral(text);
  if (json.ok) return json.literal;
  const python = parseLiteral(text);
  return python.ok ? python.literal : undefined;
}
