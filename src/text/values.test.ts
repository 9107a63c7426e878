import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyLiteral, typed } from "../../test/support/literal-arbitrary.js";
import type { JsonValue, Literal } from "../spec/index.js";
import { parseLiteral } from "./literal.js";
import { schemaFromJson } from "./tool-schema.js";
import { jsonToLiteral, literalsEqual, literalToJson, matchesEnum, matchesSchema } from "./values.js";

function literal(text: string): Literal {
  const parse = parseLiteral(text);
  if (!parse.ok) throw new Error(`${text}: ${parse.message}`);
  return parse.literal;
}

describe("literalsEqual", () => {
  it.each([
    ["5", "5.0", true],
    ["True", "1", true],
    ["-0.0", "0", true],
    ["9007199254740993", "9007199254740992.0", false],
    ["1e300", `1${"0".repeat(300)}`, false],
    ["1e22", "10000000000000000000000", true],
    ['"5"', "5", false],
    ["None", "False", false],
    ["'a'", '"a"', true],
    ["[1, 2]", "[2, 1]", false],
    ["[1]", "(1,)", false],
    ["[]", "{}", false],
    ["{1, 2}", "{2, 1, 1}", true],
    ['{"a": 1, "b": [True]}', '{"b": [1.0], "a": 1.0}', true],
    ['{"a": 1}', '{"a": 1, "b": None}', false],
    ["{1: 'x', 1.0: 'y'}", "{True: 'y'}", true],
    ['["a,b"]', '["a", "b"]', false],
    ["None", "null", true],
  ])("%s and %s: %s", (a, b, equal) => {
    expect(literalsEqual(literal(a), literal(b))).toBe(equal);
    expect(literalsEqual(literal(b), literal(a))).toBe(equal);
  });

  it("holds for every value and itself", () =>
    fc.assert(fc.property(anyLiteral, (value) => literalsEqual(value, value))));
});

describe("literalToJson and jsonToLiteral", () => {
  it.each<[string, JsonValue]>([
    ["5", 5],
    ["5.0", 5],
    ["0.5", 0.5],
    ["None", null],
    ["True", true],
    ["(1, {2})", [1, [2]]],
    ["{'a': 1, 2: None, 'a': 3}", { a: 3, "2": null }],
    ["9007199254740993", "9007199254740993"],
  ])("writes %s as %j", (text, json) => expect(literalToJson(literal(text))).toEqual(json));

  it("gives JSON back unchanged, and keeps an own key __proto__", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const json = JSON.parse(text.replaceAll(/(?<![\d.])-0(?:\.0)?(?![\d.])/g, "0")) as JsonValue;
        expect(literalToJson(jsonToLiteral(json))).toEqual(json);
      }),
    );
    const proto = JSON.parse('{"__proto__": 1}') as JsonValue;
    expect(JSON.stringify(literalToJson(jsonToLiteral(proto)))).toBe('{"__proto__":1}');
  });

  it.each<[JsonValue, unknown]>([
    [5, ["integer", "5"]],
    [0.5, ["float", 0.5]],
    [1e300, ["float", 1e300]],
    [-0, ["float", -0]],
    [[{ a: null }], ["list", [["dict", [[["string", "a"], ["null"]]]]]]],
  ])("reads %j", (json, value) => expect(typed(jsonToLiteral(json))).toEqual(value));
});

describe("matchesSchema", () => {
  it.each<[string, JsonValue, boolean]>([
    ["5", "float", true],
    ["5", "int", true],
    ["5.0", "int", false],
    ["5.0", "float", true],
    ["True", "int", false],
    ["True", "float", false],
    ["1", "bool", false],
    ["'5'", "int", false],
    ["5", "str", false],
    ["None", "str", false],
    ["None", { type: ["string", "null"] }, true],
    ["5", { type: ["string", "integer"] }, true],
    ["{'a': 1}", "dict", true],
    ["[1]", "dict", false],
    ["[1]", "array", true],
    ["(1,)", "array", true],
    ["[1, 'a']", "List[int]", false],
    ["[[1], []]", "List[List[int]]", true],
    ["x", "widget", true],
    ["{'a': 1}", { type: "dict", properties: { a: { type: "str" } } }, false],
    ["{'a': 'x', 'b': 1}", { type: "dict", properties: { a: { type: "str" } }, required: ["c"] }, true],
    ["{'toString': 1}", { type: "dict", properties: {} }, true],
  ])("%s as %j: %s", (text, schema, matches) =>
    expect(matchesSchema(literal(text === "x" ? "'x'" : text), schemaFromJson(schema))).toBe(matches),
  );
});

describe("matchesEnum", () => {
  it.each<[string, JsonValue, boolean]>([
    ["'a'", { enum: ["a", "b"] }, true],
    ["'A'", { enum: ["a", "b"] }, false],
    ["2.0", { enum: [1, 2] }, true],
    ["'anything'", {}, true],
  ])("%s in %j: %s", (text, schema, matches) =>
    expect(matchesEnum(literal(text), schemaFromJson(schema))).toBe(matches),
  );
});
