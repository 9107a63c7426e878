/**
 * Checks values against the schemas of their tools, as far as the schemas say something.
 *
 * An integer is right where a number is asked for, and a float without fraction where an integer is; a boolean is
 * neither. A tuple counts as a list. An enumeration on a list binds its items. What the schema does not mention passes.
 */
import type { JsonValue, Literal, SchemaType, ValueSchema } from "../spec/index.js";
import { isJsonList, isJsonObject } from "./json-text.js";

/** One disagreement of a value with its schema. */
export interface ValueViolation {
  /** From the argument's name on, e.g. `filters.range[1]`. */
  readonly path: string;
  readonly rule: "argument-type" | "argument-enum" | "unknown-property" | "missing-property";
  readonly message: string;
}

/** All disagreements of a value with a schema, outermost first; empty where it agrees. */
export function checkValue(value: Literal, schema: ValueSchema, path: string): readonly ValueViolation[] {
  if (!schema.types.some((type) => hasType(value, type))) {
    const message = `${path} is ${nounOf(value)} but the schema asks for ${schema.types.join(" or ")}.`;
    return [{ path, rule: "argument-type", message }];
  }
  return [
    ...checkEnumeration(value, schema, path),
    ...checkItems(value, schema, path),
    ...checkProperties(value, schema, path),
  ];
}

/** Whether a literal and a JSON value are the same value; numbers compare by size, so 5 equals 5.0. */
export function equalsJson(value: Literal, json: JsonValue): boolean {
  switch (value.kind) {
    case "null":
      return json === null;
    case "boolean":
    case "string":
    case "float":
      return json === value.value;
    case "integer":
      return typeof json === "number" && Number.isInteger(json) && BigInt(json) === value.value;
    case "dict":
      return isJsonObject(json) && equalsObject(value.entries, json);
    default:
      return (
        isJsonList(json) &&
        json.length === value.items.length &&
        value.items.every((item, position) => equalsJson(item, json[position] ?? null))
      );
  }
}

function equalsObject(
  entries: readonly { key: Literal; value: Literal }[],
  json: { readonly [key: string]: JsonValue },
): boolean {
  return (
    entries.length === Object.keys(json).length &&
    entries.every(({ key, value }) => {
      if (key.kind !== "string" || !Object.hasOwn(json, key.value)) return false;
      return equalsJson(value, json[key.value] ?? null);
    })
  );
}

function hasType(value: Literal, type: SchemaType): boolean {
  switch (type) {
    case "any":
      return true;
    case "string":
    case "boolean":
    case "null":
      return value.kind === type;
    case "number":
      return value.kind === "integer" || value.kind === "float";
    case "integer":
      return value.kind === "integer" || (value.kind === "float" && Number.isInteger(value.value));
    case "array":
      return value.kind === "list" || value.kind === "tuple";
    case "object":
      return value.kind === "dict";
  }
}

function nounOf(value: Literal): string {
  return value.kind === "null" ? "null" : `a value of kind ${value.kind}`;
}

function checkEnumeration(value: Literal, schema: ValueSchema, path: string): readonly ValueViolation[] {
  const allowed = schema.enum;
  if (allowed === undefined || allowed.length === 0) return [];
  const isAllowed = (item: Literal): boolean => allowed.some((choice) => equalsJson(item, choice));
  if (isAllowed(value) || (isSequence(value) && value.items.every(isAllowed))) return [];
  return [{ path, rule: "argument-enum", message: `${path} is none of the values that the schema allows.` }];
}

function checkItems(value: Literal, schema: ValueSchema, path: string): readonly ValueViolation[] {
  const { items } = schema;
  if (items === undefined || !isSequence(value)) return [];
  return value.items.flatMap((item, position) => checkValue(item, items, `${path}[${position}]`));
}

function checkProperties(value: Literal, schema: ValueSchema, path: string): readonly ValueViolation[] {
  const { properties, required = [] } = schema;
  if (properties === undefined || value.kind !== "dict") return [];
  const names = value.entries.map(({ key }) => (key.kind === "string" ? key.value : undefined));
  const inside = value.entries.flatMap((entry, position): readonly ValueViolation[] => {
    const name = names[position];
    const property = name !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const place = `${path}.${name ?? position}`;
    if (property !== undefined) return checkValue(entry.value, property, place);
    return [{ path: place, rule: "unknown-property", message: `${place} is not a property of the schema.` }];
  });
  const missing = required
    .filter((name) => !names.includes(name))
    .map((name): ValueViolation => {
      const message = `${path}.${name} is required and absent.`;
      return { path: `${path}.${name}`, rule: "missing-property", message };
    });
  return [...inside, ...missing];
}

function isSequence(value: Literal): value is Extract<Literal, { items: readonly Literal[] }> {
  return value.kind === "list" || value.kind === "tuple" || value.kind === "set";
}
