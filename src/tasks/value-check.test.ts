import { describe, expect, it } from "vitest";
import type { Literal, SchemaType, ValueSchema } from "../spec/index.js";
import { checkValue } from "./value-check.js";

const text = (value: string): Literal => ({ kind: "string", value });
const integer = (value: number): Literal => ({ kind: "integer", value: BigInt(value) });
const float = (value: number): Literal => ({ kind: "float", value });
const yes: Literal = { kind: "boolean", value: true };
const none: Literal = { kind: "null" };
const list = (...items: Literal[]): Literal => ({ kind: "list", items });
const dict = (entries: Record<string, Literal>): Literal => ({
  kind: "dict",
  entries: Object.entries(entries).map(([key, value]) => ({ key: text(key), value })),
});
const of = (...types: SchemaType[]): ValueSchema => ({ types });
const found = (value: Literal, schema: ValueSchema) =>
  checkValue(value, schema, "p").map(({ rule, path }) => `${rule} ${path}`);

describe("checkValue", () => {
  it.each<[string, Literal, ValueSchema]>([
    ["an integer for a number", integer(5), of("number")],
    ["null for a union with null", none, of("string", "null")],
    ["anything for an unknown type", yes, of("any")],
    [
      "a tuple for a list",
      { kind: "tuple", items: [integer(1)] },
      { types: ["array"], items: of("integer") },
    ],
    ["a value of an enumeration", text("a"), { types: ["string"], enum: ["a", "b"] }],
    ["an integer of an enumeration of numbers", integer(5), { types: ["number"], enum: [5.0] }],
    [
      "a list whose items are of an enumeration",
      list(text("a"), text("b")),
      { types: ["array"], enum: ["a", "b"] },
    ],
    ["an object without declared properties", dict({ a: yes }), of("object")],
  ])("accepts %s", (_, value, schema) => {
    expect(found(value, schema)).toEqual([]);
  });

  it.each<[string, Literal, ValueSchema, string[]]>([
    ["a boolean for an integer", yes, of("integer"), ["argument-type p"]],
    ["a boolean for a number", yes, of("number"), ["argument-type p"]],
    ["digits in a string for a number", text("5"), of("number"), ["argument-type p"]],
    ["a fraction for an integer", float(5.5), of("integer"), ["argument-type p"]],
    ["a number for a string", integer(5), of("string"), ["argument-type p"]],
    ["a float without fraction for an integer", float(5), of("integer"), ["argument-type p"]],
    ["null where it is not allowed", none, of("string"), ["argument-type p"]],
    ["a value outside the enumeration", text("c"), { types: ["string"], enum: ["a"] }, ["argument-enum p"]],
    ["another case of an enumeration", text("A"), { types: ["string"], enum: ["a"] }, ["argument-enum p"]],
    [
      "an item of another type",
      list(integer(1), text("x")),
      { types: ["array"], items: of("integer") },
      ["argument-type p[1]"],
    ],
    [
      "unknown and missing properties",
      dict({ a: text("x"), z: yes, toString: yes }),
      { types: ["object"], properties: { a: of("integer"), b: of("any") }, required: ["b"] },
      ["argument-type p.a", "unknown-property p.z", "unknown-property p.toString", "missing-property p.b"],
    ],
  ])("reports %s", (_, value, schema, expected) => {
    expect(found(value, schema)).toEqual(expected);
  });
});
