/** What a data format is to the rest: a way to recognise, read and write rows. */
import type { JsonObject, JsonValue, Literal } from "../../spec/index.js";
import { parseJsonLiteral } from "../../text/index.js";
import type { Dialogue } from "../dialogue/dialogue.js";
import type { Reading } from "../dialogue/problem.js";
import type { ReadNotes } from "../dialogue/read-notes.js";
import { field, fieldText } from "../json-text.js";
import type { Row } from "../rows.js";

/** The formats, in the order in which detection prefers them. */
export const FORMAT_NAMES = [
  "toolace",
  "hermes",
  "xlam",
  "seal-tools",
  "api-bank",
  "alpaca",
  "openai-chat",
  "sharegpt",
] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];

/** A row with access to the exact text of its parts. */
export interface SourceRow {
  readonly value: JsonObject;
  /** The text of a field as the source writes it; made from the value where the source is not text. */
  textOf(name: string): string;
  /** The literal at a path, numbers and repeated keys exact; `undefined` where the row was not read from text. */
  literalAt(path: readonly (string | number)[]): Literal | undefined;
}

/** One format. Nothing in it throws, whatever the row holds. */
export interface DataFormat {
  readonly name: FormatName;
  /** For people, e.g. `OpenAI chat`. */
  readonly title: string;
  /** The fields of a row that are read. */
  readonly fields: readonly string[];
  /** True where a row has this format's form; what the form holds is not looked at. */
  recognizes(row: JsonObject): boolean;
  read(row: SourceRow, notes: ReadNotes): Reading<Dialogue>;
  /** The row that `read` reads back to the same dialogue, or why the format cannot hold it (`not-expressible`). */
  write(dialogue: Dialogue): Reading<JsonObject>;
}

/** The row of an object and the text that it was read from. */
export function sourceRow(value: JsonObject, text: Row["text"]): SourceRow {
  const literals = new Map<string, Literal | undefined>();
  const literalOf = (name: string): Literal | undefined => {
    if (!literals.has(name)) literals.set(name, readPart(text, name));
    return literals.get(name);
  };
  return {
    value,
    textOf: (name) => exactText(text, name) ?? JSON.stringify(field(value, name) ?? null),
    literalAt: ([first, ...rest]) => follow(literalOf(String(first)), rest),
  };
}

function exactText(text: string | undefined, name: string): string | undefined {
  return text === undefined ? undefined : fieldText(text, name);
}

function readPart(text: string | undefined, name: string): Literal | undefined {
  const part = exactText(text, name);
  const parse = part === undefined ? undefined : parseJsonLiteral(part);
  return parse?.ok === true ? parse.literal : undefined;
}

function follow(literal: Literal | undefined, path: readonly (string | number)[]): Literal | undefined {
  return path.reduce<Literal | undefined>((part, step) => {
    if (part?.kind === "list") return part.items[Number(step)];
    if (part?.kind !== "dict") return undefined;
    return part.entries.findLast(({ key }) => key.kind === "string" && key.value === step)?.value;
  }, literal);
}

/** True where the row has all of these fields, whatever they hold. */
export function hasFields(row: JsonObject, ...names: readonly string[]): boolean {
  return names.every((name) => Object.hasOwn(row, name));
}

/** The texts of a field's list of turns, for `recognizes`: the first of them, clipped. */
export function turnsOf(value: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, mostTurns).filter((turn) => typeof turn === "object" && turn !== null);
}

const mostTurns = 8;
