/** A repaired row as it was but for its repairs: whatever they do not touch stays as the source writes it, byte for byte. */
import type { JsonObject, JsonValue, Literal } from "../../spec/index.js";
import { parseJsonLiteral } from "../../text/index.js";
import type { Dialogue } from "../dialogue/dialogue.js";
import { good, type Reading } from "../dialogue/problem.js";
import { createNotes, type Repair } from "../dialogue/read-notes.js";
import { field, isJsonList, isJsonObject, parseJson } from "../json-text.js";
import type { Row } from "../rows.js";
import { type WrittenRow, writeRow } from "./convert.js";
import { sameEssence } from "./essence.js";
import { type FormatName, sourceRow } from "./format.js";
import { formatOf, unusedFields } from "./formats.js";

/** What was repaired, and what the row says after that. */
export interface RepairedDialogue {
  readonly dialogue: Dialogue;
  readonly repairs: readonly Repair[];
}

/** The row's JSON text. Rule: `not-expressible`, as `writeRow`. */
export function mendRow(
  row: Row,
  { dialogue, repairs }: RepairedDialogue,
  name: FormatName,
): Reading<string> {
  const written = writeRow(dialogue, name);
  if (!written.ok) return written;
  const source = parseJsonLiteral(row.text ?? JSON.stringify(row.value));
  if (!source.ok || source.literal.kind !== "dict") return good(written.value.text);
  const changed = changedFields(source.literal, written.value, repairs);
  const mended = replaceMembers(source.literal, changed);
  if (saysTheSame(mended, dialogue, name)) return good(mended);
  return good(withUnusedFields(source.literal, written.value, name));
}

type Dictionary = Extract<Literal, { kind: "dict" }>;

/** Texts of the fields that the repairs touch. */
function changedFields(
  source: Dictionary,
  written: WrittenRow,
  repairs: readonly Repair[],
): ReadonlyMap<string, string> {
  const changed = new Map<string, string>();
  for (const [name, value] of members(source)) {
    const own = repairs.filter((repair) => isWithin(repair.field, name));
    if (own.length === 0) continue;
    const twice = value.kind === "string" && own.every(({ field: path }) => path === name);
    const once =
      twice && own.every(({ rule }) => rule === "double-encoded") ? parseJson(value.value) : undefined;
    const replacement = once?.ok ? once.value : field(written.value, name);
    if (replacement !== undefined) changed.set(name, changedText(name, value, replacement, own));
  }
  return changed;
}

/** A list keeps the items that no repair touches, where both lists have the same items. */
function changedText(
  name: string,
  source: Literal,
  replacement: JsonValue,
  repairs: readonly Repair[],
): string {
  if (source.kind !== "list" || !isJsonList(replacement) || source.items.length !== replacement.length)
    return JSON.stringify(replacement);
  const touched = new Set(repairs.map(({ field: path }) => /^\[(\d+)\]/u.exec(path.slice(name.length))?.[1]));
  if (touched.has(undefined)) return JSON.stringify(replacement);
  const items = source.items.map((item, index) => {
    const other = replacement[index] ?? null;
    if (!touched.has(String(index))) return item.source ?? JSON.stringify(other);
    if (item.kind !== "dict" || !isJsonObject(other)) return JSON.stringify(other);
    return replaceMembers(item, textsOf(other));
  });
  return `[${items.join(", ")}]`;
}

function textsOf(value: JsonObject): ReadonlyMap<string, string> {
  return new Map(Object.entries(value).map(([key, item]) => [key, JSON.stringify(item)]));
}

/** The object with other texts for some members; new ones come last. */
function replaceMembers(source: Dictionary, texts: ReadonlyMap<string, string>): string {
  const known = members(source);
  const names = new Set(known.map(([name]) => name));
  const old = known.map(([name, value]) => [name, texts.get(name) ?? value.source ?? "null"] as const);
  const added = [...texts].filter(([name]) => !names.has(name));
  return `{${[...old, ...added].map(([name, text]) => `${JSON.stringify(name)}: ${text}`).join(", ")}}`;
}

function members(source: Dictionary): readonly (readonly [string, Literal])[] {
  return source.entries.flatMap(({ key, value }) => (key.kind === "string" ? [[key.value, value]] : []));
}

function isWithin(path: string, name: string): boolean {
  return path === name || (path.startsWith(name) && /^[[. ]/u.test(path.slice(name.length)));
}

function saysTheSame(text: string, dialogue: Dialogue, name: FormatName): boolean {
  const parse = parseJson(text);
  if (!parse.ok || !isJsonObject(parse.value)) return false;
  const again = formatOf(name).read(sourceRow(parse.value, text), createNotes());
  return again.ok && sameEssence(dialogue, again.value);
}

function withUnusedFields(source: Dictionary, written: WrittenRow, name: FormatName): string {
  const unused = new Set(unusedFields(Object.fromEntries(members(source).map(([key]) => [key, null])), name));
  const kept = members(source).filter(([key]) => unused.has(key) && !Object.hasOwn(written.value, key));
  return appendMembers(written.text, new Map(kept.map(([key, value]) => [key, value.source ?? "null"])));
}

/** A JSON object's text with further members. */
export function appendMembers(text: string, texts: ReadonlyMap<string, string>): string {
  if (texts.size === 0) return text;
  const added = [...texts].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",");
  return text === "{}" ? `{${added}}` : `${text.slice(0, -1)},${added}}`;
}
