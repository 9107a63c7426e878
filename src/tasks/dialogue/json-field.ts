/**
 * Fields that hold JSON, as a value or as text. Text is decoded once: where it holds JSON text again, it was encoded
 * twice, which is damage that can be repaired.
 */
import type { JsonValue, Literal } from "../../spec/index.js";
import { jsonToLiteral, parseJsonLiteral, parseLiteral } from "../../text/index.js";
import { isJsonList, isJsonObject, parseJson } from "../json-text.js";
import { bad, good, type Reading } from "./problem.js";
import { noteInexact, noteRepair, type ReadNotes } from "./read-notes.js";

/**
 * The list or object of a field. An absent field, null and an empty text are an empty list. Rules: `json-field` (not
 * JSON, or neither list nor object), `double-encoded`.
 */
export function readJsonField(
  value: JsonValue | undefined,
  field: string,
  notes: ReadNotes,
): Reading<JsonValue> {
  if (value === undefined || value === null) return good([]);
  if (typeof value !== "string") return good(value);
  if (value.trim() === "") return good([]);
  const once = parseJson(value);
  if (!once.ok) return bad(field, "json-field", `The text is not JSON (${once.message}); repair it.`);
  if (once.inexact) noteInexact(notes, field);
  if (isJsonList(once.value) || isJsonObject(once.value)) return good(once.value);
  const twice = typeof once.value === "string" ? parseJson(once.value) : undefined;
  if (twice?.ok !== true || !(isJsonList(twice.value) || isJsonObject(twice.value)))
    return bad(field, "json-field", "The text holds neither a list nor an object; write one.");
  if (!notes.mayRepair) return twiceEncoded(field);
  noteRepair(notes, { field, rule: "double-encoded", before: value, after: JSON.stringify(twice.value) });
  return good(twice.value);
}

/**
 * The literal of a JSON text, values as exact as they are written; a text that is no JSON but one Python literal is read
 * as that where `python` allows it. Rules: `json-field`, `double-encoded`.
 */
export function readLiteralText(
  text: string,
  field: string,
  notes: ReadNotes,
  python = false,
): Reading<Literal> {
  const parse = parseJsonLiteral(text);
  const other = parse.ok || !python ? parse : parseLiteral(text);
  if (!other.ok) {
    const message = `The text is not JSON, at character ${other.position}: ${other.message} Repair it.`;
    return bad(field, "json-field", message);
  }
  const { literal } = other;
  if (literal.kind !== "string") return good(literal);
  const inner = parseJsonLiteral(literal.value);
  if (!inner.ok || !isContainer(inner.literal)) return good(literal);
  if (!notes.mayRepair) return twiceEncoded(field);
  noteRepair(notes, { field, rule: "double-encoded", before: text, after: literal.value });
  return good(inner.literal);
}

/** The literal of a field that holds JSON text, or a value whose exact form `exact` knows. */
export function readLiteralField(
  value: JsonValue | undefined,
  exact: () => Literal | undefined,
  field: string,
  notes: ReadNotes,
): Reading<Literal> {
  if (typeof value === "string")
    return value.trim() === "" ? good({ kind: "dict", entries: [] }) : readLiteralText(value, field, notes);
  if (value === undefined || value === null) return good({ kind: "dict", entries: [] });
  return good(exact() ?? jsonToLiteral(value));
}

function isContainer(literal: Literal): boolean {
  return literal.kind === "dict" || literal.kind === "list";
}

function twiceEncoded(field: string): Reading<never> {
  return bad(
    field,
    "double-encoded",
    "The JSON is encoded twice: its text holds JSON text again; decode it once (--repair does).",
  );
}
