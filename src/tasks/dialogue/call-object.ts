/**
 * Calls that are written as objects: `{"name": …, "arguments": {…}}` and its relatives. Values keep their kinds, order,
 * repetition and source.
 */
import type { Argument, Literal, ToolCall } from "../../spec/index.js";
import { entryOf, printJson } from "../../text/index.js";
import { readLiteralText } from "./json-field.js";
import { bad, good, type Reading } from "./problem.js";
import type { ReadNotes } from "./read-notes.js";

const nameKeys = ["name", "api", "tool"] as const;
const argumentKeys = ["arguments", "parameters", "args"] as const;

/**
 * The calls of a list of objects, or of one object, in order. The arguments may be an object or its JSON text; absent,
 * null and empty they are none. Rules: `call-form` (not such objects), and those of `readLiteralText`.
 */
export function readCallObjects(
  literal: Literal,
  field: string,
  notes: ReadNotes,
): Reading<readonly ToolCall[]> {
  const items = literal.kind === "list" || literal.kind === "tuple" ? literal.items : [literal];
  const calls: ToolCall[] = [];
  for (const item of items) {
    const call = readCallObject(item, field, notes);
    if (!call.ok) return call;
    calls.push(call.value);
  }
  return good(calls);
}

function readCallObject(literal: Literal, field: string, notes: ReadNotes): Reading<ToolCall> {
  const inner = entryOf(literal, "function");
  const body = inner?.kind === "dict" ? inner : literal;
  const name = nameKeys.map((key) => entryOf(body, key)).find((value) => value !== undefined);
  if (name?.kind !== "string" || name.value === "")
    return bad(field, "call-form", 'A call must be an object with a `name`: {"name": …, "arguments": {…}}.');
  const given = argumentKeys.map((key) => entryOf(body, key)).find((value) => value !== undefined);
  return readArguments(name.value, given, field, notes);
}

/** The call of a tool with the arguments that a literal holds: a dictionary, or its JSON text. Rules as above. */
export function readArguments(
  name: string,
  given: Literal | undefined,
  field: string,
  notes: ReadNotes,
): Reading<ToolCall> {
  if (given === undefined || given.kind === "null") return good({ name, arguments: [] });
  if (given.kind === "string") {
    if (given.value.trim() === "") return good({ name, arguments: [] });
    const decoded = readLiteralText(given.value, field, notes);
    if (!decoded.ok) return decoded;
    if (decoded.value.kind === "dict") return good({ name, arguments: entriesOf(decoded.value) });
  }
  if (given.kind === "dict") return good({ name, arguments: entriesOf(given) });
  return bad(field, "call-form", `The arguments of ${name} must be an object: {"argument": value, …}.`);
}

function entriesOf(dictionary: Extract<Literal, { kind: "dict" }>): readonly Argument[] {
  return dictionary.entries.map(({ key, value }) => ({
    name: key.kind === "string" ? key.value : printJson(key),
    value,
  }));
}

/** The arguments of a call as the text of a JSON object, values exact. */
export function argumentsText(call: ToolCall): string {
  const entries = call.arguments.map(({ name, value }) => `${JSON.stringify(name)}: ${printJson(value)}`);
  return `{${entries.join(", ")}}`;
}

/** `{"name": …, "arguments": {…}}` as text; the keys' names can be others. */
export function callText(
  call: ToolCall,
  keys: { readonly name: string; readonly arguments: string } = { name: "name", arguments: "arguments" },
): string {
  return `{"${keys.name}": ${JSON.stringify(call.name)}, "${keys.arguments}": ${argumentsText(call)}}`;
}
