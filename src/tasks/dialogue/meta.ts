/**
 * What rows of our own generator say beyond ToolACE's format: category, tags, and every right answer. Rows of others may
 * have a `meta` of their own, which means nothing here; ours is known by its list of `answers`.
 */
import type { Gold, GoldArgument, GoldCall, JsonObject, JsonValue } from "../../spec/index.js";
import { jsonToLiteral } from "../../text/index.js";
import { field, isJsonList, isJsonObject } from "../json-text.js";
import { bad, good, type Reading } from "./problem.js";

/** The `meta` of a row. */
export interface RowMeta {
  /** The category of all examples of the row. */
  readonly category: string;
  /** By position of the answer in `conversations`. */
  readonly answers: ReadonlyMap<number, MetaAnswer>;
}

/** What is known of one answer. */
export interface MetaAnswer {
  readonly gold: Gold;
  readonly tags: readonly string[];
}

/** The `meta` of a row; `undefined` where it has none of ours. Rule: `meta` (it is ours, and damaged). */
export function readMeta(row: JsonObject): Reading<RowMeta | undefined> {
  const meta = field(row, "meta");
  if (!isJsonObject(meta) || field(meta, "answers") === undefined) return good(undefined);
  const category = field(meta, "category");
  const list = field(meta, "answers");
  if (typeof category !== "string" || category === "") return damaged("meta.category");
  if (!isJsonList(list)) return damaged("meta.answers");
  const answers = new Map<number, MetaAnswer>();
  for (const [position, item] of list.entries()) {
    const turn = isJsonObject(item) ? field(item, "turn") : undefined;
    const answer = isJsonObject(item) ? readAnswer(item) : undefined;
    if (typeof turn !== "number" || answer === undefined) return damaged(`meta.answers[${position}]`);
    answers.set(turn, answer);
  }
  return good({ category, answers });
}

function damaged(path: string): Reading<never> {
  return bad(path, "meta", "Not as the generator writes it; generate the row again or remove `meta`.");
}

function readAnswer(item: JsonObject): MetaAnswer | undefined {
  const tags = field(item, "tags");
  const calls = allOf(field(item, "calls"), readCall);
  if (calls === undefined || !isJsonList(tags)) return undefined;
  const texts = tags.filter((tag) => typeof tag === "string");
  if (texts.length < tags.length) return undefined;
  const gold: Gold = calls.length === 0 ? { kind: "text" } : { kind: "calls", calls };
  return { gold, tags: texts.toSorted() };
}

function readCall(value: JsonValue): GoldCall | undefined {
  if (!isJsonObject(value)) return undefined;
  const name = field(value, "name");
  const given = allOf(field(value, "arguments"), readArgument);
  return typeof name === "string" && given !== undefined ? { name, arguments: given } : undefined;
}

function readArgument(value: JsonValue): GoldArgument | undefined {
  if (!isJsonObject(value)) return undefined;
  const name = field(value, "name");
  const allowed = field(value, "allowed");
  const optional = field(value, "optional");
  if (typeof name !== "string" || typeof optional !== "boolean") return undefined;
  if (!isJsonList(allowed) || allowed.length === 0) return undefined;
  return { name, allowed: allowed.map(jsonToLiteral), optional };
}

/** Every item read; `undefined` where the value is no list or one item cannot be read. */
function allOf<T>(
  list: JsonValue | undefined,
  read: (item: JsonValue) => T | undefined,
): readonly T[] | undefined {
  if (!isJsonList(list)) return undefined;
  const items = list.map(read);
  const known = items.filter((item) => item !== undefined);
  return known.length === items.length ? known : undefined;
}
