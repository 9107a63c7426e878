/**
 * Mechanical repairs of arguments: a value that is the text of what the tool's schema asks for becomes that value. A text
 * that the schema allows is never touched, so digits that are meant as text (`"09669"`) stay.
 */
import type { Literal, Tool, ToolCall, ValueSchema } from "../../spec/index.js";
import { matchesSchema, parseJsonLiteral, parseLiteral, printJson } from "../../text/index.js";
import { findByName } from "../find-by-name.js";
import { noteRepair, type ReadNotes } from "./read-notes.js";

/** The calls with repaired values; the same list where there was nothing to repair. Each change is noted. */
export function repairCalls(
  calls: readonly ToolCall[],
  tools: readonly Tool[],
  field: string,
  notes: ReadNotes,
): readonly ToolCall[] {
  const before = notes.repairs.length;
  const repaired = calls.map((call) => repairCall(call, tools, field, notes));
  return notes.repairs.length === before ? calls : repaired;
}

function repairCall(call: ToolCall, tools: readonly Tool[], field: string, notes: ReadNotes): ToolCall {
  const tool = findByName(tools, call.name);
  const given = call.arguments.map((argument) => {
    const schema = tool === undefined ? undefined : findByName(tool.parameters, argument.name)?.schema;
    const value = schema === undefined ? undefined : repairedValue(argument.value, schema);
    if (value === undefined) return argument;
    const place = `${field} ${call.name}.${argument.name}`;
    const change = { before: printJson(argument.value), after: printJson(value) };
    noteRepair(notes, { field: place, rule: "argument-type", ...change });
    return { name: argument.name, value };
  });
  return { name: call.name, arguments: given };
}

/** What the text of a value says, where the schema refuses the text and takes what it says. */
export function repairedValue(value: Literal, schema: ValueSchema): Literal | undefined {
  if (matchesSchema(value, schema)) return undefined;
  if (value.kind === "string") return valueInText(value.value, schema);
  if (value.kind === "list") return repairedItems(value.items, schema);
  return undefined;
}

function valueInText(text: string, schema: ValueSchema): Literal | undefined {
  const json = parseJsonLiteral(text.trim());
  const parse = json.ok ? json : parseLiteral(text.trim());
  if (!parse.ok) return undefined;
  const { literal } = parse;
  if (matchesSchema(literal, schema)) return literal;
  return literal.kind === "list" ? repairedItems(literal.items, schema) : undefined;
}

/** A list whose items are texts of what is wanted. */
function repairedItems(items: readonly Literal[], schema: ValueSchema): Literal | undefined {
  const { items: wanted } = schema;
  if (wanted === undefined) return undefined;
  const repaired = items.map((item) => repairedValue(item, wanted) ?? item);
  const list: Literal = { kind: "list", items: repaired };
  return matchesSchema(list, schema) ? list : undefined;
}
