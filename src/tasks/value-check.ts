/**
 * Checks values against the schemas of their tools, as far as the schemas say something.
 *
 * Types are compared as `matchesSchema` does: what is right here is right for a grader. An enumeration on a list binds
 * its items. What the schema does not mention passes.
 */
import type { Literal, ValueSchema } from "../spec/index.js";
import { matchesEnum, matchesSchema, printLiteral } from "../text/index.js";
import { firstRepeated } from "./find-by-name.js";

/** One disagreement of a value with its schema. */
export interface ValueViolation {
  /** From the argument's name on, e.g. `filters.range[1]`. */
  readonly path: string;
  readonly rule:
    | "argument-type"
    | "argument-enum"
    | "unknown-property"
    | "missing-property"
    | "repeated-property";
  readonly message: string;
}

/** All disagreements of a value with a schema, outermost first; empty where it agrees. */
export function checkValue(value: Literal, schema: ValueSchema, path: string): readonly ValueViolation[] {
  if (!matchesSchema(value, { types: schema.types })) {
    const message = `${path} is ${nounOf(value)} but the schema asks for ${schema.types.join(" or ")}; correct one of the two.`;
    return [{ path, rule: "argument-type", message }];
  }
  return [
    ...checkEnumeration(value, schema, path),
    ...checkItems(value, schema, path),
    ...checkRepetition(value, path),
    ...checkProperties(value, schema, path),
  ];
}

function nounOf(value: Literal): string {
  return value.kind === "null" ? "null" : `a value of kind ${value.kind}`;
}

function checkEnumeration(value: Literal, schema: ValueSchema, path: string): readonly ValueViolation[] {
  const isAllowed = (item: Literal): boolean => matchesEnum(item, schema);
  if (isAllowed(value) || (isSequence(value) && value.items.every(isAllowed))) return [];
  return [
    {
      path,
      rule: "argument-enum",
      message: `${path} is none of the values that the schema allows; take one of them.`,
    },
  ];
}

function checkItems(value: Literal, schema: ValueSchema, path: string): readonly ValueViolation[] {
  const { items } = schema;
  if (items === undefined || !isSequence(value)) return [];
  return value.items.flatMap((item, position) => checkValue(item, items, `${path}[${position}]`));
}

function checkRepetition(value: Literal, path: string): readonly ValueViolation[] {
  if (value.kind !== "dict" || value.entries.length < 2) return [];
  const repeated = firstRepeated(value.entries.map(({ key }) => printLiteral(key)));
  if (repeated === undefined) return [];
  const message = `${path} has the key ${repeated} more than once; keep one.`;
  return [{ path, rule: "repeated-property", message }];
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
    return [
      {
        path: place,
        rule: "unknown-property",
        message: `${place} is not a property of the schema; rename or remove it.`,
      },
    ];
  });
  const given = new Set(names);
  const missing = required
    .filter((name) => !given.has(name))
    .map((name): ValueViolation => {
      const message = `${path}.${name} is required and absent; add it.`;
      return { path: `${path}.${name}`, rule: "missing-property", message };
    });
  return [...inside, ...missing];
}

function isSequence(value: Literal): value is Extract<Literal, { items: readonly Literal[] }> {
  return value.kind === "list" || value.kind === "tuple" || value.kind === "set";
}
