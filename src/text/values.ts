/**
 * Values of arguments compared with each other, with JSON and with a tool's schema.
 */
import type { JsonValue, Literal, SchemaType, ValueSchema } from "../spec/index.js";
import { printLiteral } from "./print-literal.js";

/**
 * True where Python's `==` would say so: `5 == 5.0` and `True == 1` (exactly, at any size), order counts in lists and
 * tuples and not in dicts and sets, a list is no tuple, the last of equal keys counts.
 */
export function literalsEqual(a: Literal, b: Literal): boolean {
  return canonicalText(a) === canonicalText(b);
}

/** A text that two values share exactly when `literalsEqual` holds: a key to sort, count and look up values by. */
export function canonicalText(literal: Literal): string {
  switch (literal.kind) {
    case "null":
      return "null";
    case "boolean":
      return literal.value ? "1" : "0";
    case "integer":
      return literal.value.toString();
    case "float":
      return Number.isInteger(literal.value) ? BigInt(literal.value).toString() : String(literal.value);
    case "string":
      return JSON.stringify(literal.value);
    case "dict":
      return canonicalEntries(literal.entries);
    case "set":
      return `set(${[...new Set(literal.items.map(canonicalText))].sort().join()})`;
    default:
      return `${literal.kind}(${literal.items.map(canonicalText).join()})`;
  }
}

function canonicalEntries(entries: readonly { readonly key: Literal; readonly value: Literal }[]): string {
  const values = new Map(entries.map(({ key, value }) => [canonicalText(key), canonicalText(value)]));
  const texts = [...values].map(([key, value]) => `${key}:${value}`);
  return `dict(${texts.sort().join()})`;
}

/**
 * The value in JSON. Tuples and sets become arrays; keys that are no strings are printed; the last of equal keys
 * counts; integers that a JSON number cannot hold exactly become strings of their digits.
 */
export function literalToJson(literal: Literal): JsonValue {
  switch (literal.kind) {
    case "null":
      return null;
    case "integer":
      return integerToJson(literal.value);
    case "dict":
      return Object.fromEntries(
        literal.entries.map(({ key, value }) => [keyText(key), literalToJson(value)]),
      );
    case "boolean":
    case "float":
    case "string":
      return literal.value;
    default:
      return literal.items.map(literalToJson);
  }
}

function integerToJson(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function keyText(key: Literal): string {
  return key.kind === "string" ? key.value : printLiteral(key);
}

/**
 * The literal of a JSON value. Numbers without a fraction are integers, since parsed JSON does not tell `5.0` from `5`;
 * beyond ±(2^53 − 1), where digits may be lost, they are floats.
 */
export function jsonToLiteral(json: JsonValue): Literal {
  if (json === null) return { kind: "null" };
  if (typeof json === "boolean") return { kind: "boolean", value: json };
  if (typeof json === "string") return { kind: "string", value: json };
  if (typeof json === "number") return numberToLiteral(json);
  if (Array.isArray(json)) return { kind: "list", items: json.map(jsonToLiteral) };
  const entries = Object.entries(json).map(([key, value]) => ({
    key: { kind: "string", value: key } as const,
    value: jsonToLiteral(value),
  }));
  return { kind: "dict", entries };
}

function numberToLiteral(value: number): Literal {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return { kind: "float", value };
  return { kind: "integer", value: BigInt(value) };
}

/**
 * True where the value is of one of the schema's types, and so are its items and the properties it has. An integer is
 * a number, a boolean is neither, a float without fraction is no integer; tuples and sets are arrays. Only types are
 * looked at: not `enum` (a question of the value), not `required`, not properties that the schema does not name.
 */
export function matchesSchema(literal: Literal, schema: ValueSchema): boolean {
  return schema.types.some((type) => matchesType(literal, type)) && matchesInside(literal, schema);
}

function matchesType(literal: Literal, type: SchemaType): boolean {
  switch (type) {
    case "any":
      return true;
    case "number":
      return literal.kind === "float" || literal.kind === "integer";
    case "object":
      return literal.kind === "dict";
    case "array":
      return literal.kind === "list" || literal.kind === "tuple" || literal.kind === "set";
    default:
      return literal.kind === type;
  }
}

function matchesInside(literal: Literal, schema: ValueSchema): boolean {
  const { items, properties } = schema;
  if ("items" in literal)
    return items === undefined || literal.items.every((item) => matchesSchema(item, items));
  if (literal.kind !== "dict" || properties === undefined) return true;
  return literal.entries.every(({ key, value }) => {
    const name = keyText(key);
    return !Object.hasOwn(properties, name) || matchesSchema(value, properties[name]!);
  });
}

/** True where the schema has no `enum`, or the value equals one of its values. */
export function matchesEnum(literal: Literal, schema: ValueSchema): boolean {
  return (
    schema.enum === undefined || schema.enum.some((value) => literalsEqual(literal, jsonToLiteral(value)))
  );
}
