/**
 * The names that data sets give to types — Python's, Java's, JSON Schema's, with generics, unions and remarks — and the
 * JSON Schema types they stand for. A name that nobody knows is `any`: unknown types must pass, not fail.
 */
import type { SchemaType, ValueSchema } from "../spec/index.js";

/** What a type name says. */
export interface NamedType {
  /** Never empty. */
  readonly types: readonly SchemaType[];
  /** Schema of the items where the name says it, e.g. `List[int]`. */
  readonly items?: ValueSchema;
  /** True where the name carries the remark, e.g. `"str, optional"`. */
  readonly optional: boolean;
}

const simpleNames: ReadonlyMap<string, SchemaType> = new Map<string, SchemaType>([
  ...["string", "str", "char", "text", "date", "datetime"].map((name) => [name, "string"] as const),
  ...["number", "float", "double", "decimal", "numeric"].map((name) => [name, "number"] as const),
  ...["integer", "int", "long", "short", "byte", "bigint"].map((name) => [name, "integer"] as const),
  ...["boolean", "bool"].map((name) => [name, "boolean"] as const),
  ...["null", "none", "nonetype", "void"].map((name) => [name, "null"] as const),
  ...["object", "dict", "dictionary", "map", "mapping", "hashmap", "json"].map(
    (name) => [name, "object"] as const,
  ),
  ...["array", "list", "tuple", "set", "sequence", "iterable", "arraylist", "vector"].map(
    (name) => [name, "array"] as const,
  ),
]);

/** Longer names are taken for prose. */
const longestName = 200;

const unknown: NamedType = { types: ["any"], optional: false };

/** The types behind a name such as `dict`, `List[int]`, `Optional[str]`, `int | None` or `"float, optional"`. */
export function readTypeName(name: string): NamedType {
  if (name.length > longestName) return unknown;
  const [first, ...remarks] = splitOutside(name.replaceAll("<", "[").replaceAll(">", "]"), ",");
  const optional = remarks.some((remark) => /^\s*optional\b/i.test(remark));
  return { ...readUnion(first!.trim()), optional };
}

function readUnion(name: string): NamedType {
  const members = splitOutside(name.replace(/\s+or\s+/g, "|"), "|").map((member) => member.trim());
  return members.length === 1 ? readMember(members[0]!) : unite(members.map(readMember));
}

function readMember(name: string): NamedType {
  const generic = /^([A-Za-z.]+)\s*\[(.*)\]$/.exec(name);
  if (generic !== null) return readGeneric(generic[1]!, generic[2]!.trim());
  const type = simpleNames.get(lastPart(name));
  return type === undefined ? unknown : { types: [type], optional: false };
}

/** `base[inside]`; with nothing inside it is an array of `base`, as in `int[]`. */
function readGeneric(base: string, inside: string): NamedType {
  const kind = lastPart(base);
  if (inside === "") return { types: ["array"], items: itemSchema(base), optional: false };
  if (kind === "optional") return unite([readUnion(inside), { types: ["null"], optional: false }]);
  if (kind === "union") return unite(splitOutside(inside, ",").map((member) => readUnion(member.trim())));
  const type = simpleNames.get(kind);
  if (type !== "array") return type === undefined ? unknown : { types: [type], optional: false };
  const members = splitOutside(inside, ",");
  return members.length === 1
    ? { types: ["array"], items: itemSchema(inside), optional: false }
    : { types: ["array"], optional: false };
}

function itemSchema(name: string): ValueSchema {
  const { types, items } = readUnion(name);
  return items === undefined ? { types, sourceType: name } : { types, sourceType: name, items };
}

function unite(members: readonly NamedType[]): NamedType {
  const types = [...new Set(members.flatMap((member) => member.types))];
  const items = members.find((member) => member.items !== undefined)?.items;
  if (types.includes("any")) return unknown;
  return items === undefined ? { types, optional: false } : { types, items, optional: false };
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}

/** Cuts at a separator that stands outside of square brackets. Never empty. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "[") depth++;
    else if (text[at] === "]") depth--;
    else if (text[at] === separator && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
