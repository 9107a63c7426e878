import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../spec/index.js";
import { DataError } from "../spec/index.js";
import { jsonSchemaOf, schemaFromJson, toolFromJson } from "./tool-schema.js";

const toolace = path.resolve("../shared/tool-data/toolace/data.json");

describe("schemaFromJson", () => {
  it.each<[JsonValue, readonly string[]]>([
    ["dict", ["object"]],
    ["float", ["number"]],
    ["int", ["integer"]],
    ["str", ["string"]],
    ["String", ["string"]],
    ["java.lang.Integer", ["integer"]],
    ["NoneType", ["null"]],
    ["int, optional", ["integer"]],
    ["str, optional, default 'a, b'", ["string"]],
    ["List[int]", ["array"]],
    ["typing.List[str]", ["array"]],
    ["ArrayList<Integer>", ["array"]],
    ["int[]", ["array"]],
    ["Tuple[int, str]", ["array"]],
    ["Dict[str, List[int]]", ["object"]],
    ["Optional[int]", ["integer", "null"]],
    ["Union[int, str, None]", ["integer", "string", "null"]],
    ["int | None", ["integer", "null"]],
    ["int or str", ["integer", "string"]],
    ["Union[int, Widget]", ["any"]],
    ["Callable[[float], float]", ["any"]],
    ["widget", ["any"]],
    ["", ["any"]],
    ["[".repeat(5000), ["any"]],
    [{ type: ["integer", "null"] }, ["integer", "null"]],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, ["string", "null"]],
    [{ properties: {} }, ["object"]],
    [{ items: { type: "int" } }, ["array"]],
    [{ description: "no type" }, ["any"]],
    [{ type: [] }, ["any"]],
    [null, ["any"]],
  ])("reads %j as %j", (json, types) => expect(schemaFromJson(json).types).toEqual(types));

  it("reads the items of a generic name", () => {
    expect(schemaFromJson("List[List[int]]").items).toEqual({
      types: ["array"],
      sourceType: "List[int]",
      items: { types: ["integer"], sourceType: "int" },
    });
  });

  it("keeps what the source says of a value", () => {
    const json: JsonObject = {
      type: "dict",
      description: "d",
      default: null,
      enum: [1],
      properties: { __proto__: { type: "int" }, a: { type: "array", items: { type: "float" } } },
      required: ["a", 5],
    };
    expect(schemaFromJson(json)).toEqual({
      types: ["object"],
      sourceType: "dict",
      description: "d",
      default: null,
      enum: [1],
      properties: {
        a: { types: ["array"], sourceType: "array", items: { types: ["number"], sourceType: "float" } },
      },
      required: ["a"],
    });
  });

  it("takes what is nested without end as any", () => {
    let json: JsonObject = { type: "int" };
    for (let level = 0; level < 10_000; level++) json = { type: "array", items: json };
    expect(JSON.stringify(schemaFromJson(json))).toContain('"any"');
  });
});

describe("toolFromJson", () => {
  const parameters = { type: "dict", properties: { a: { type: "int" }, b: { type: "str" } } };
  it.each<[string, JsonObject, readonly (boolean | undefined)[]]>([
    ["ToolACE", { name: "f", parameters: { ...parameters, required: ["b"] }, required: null }, [false, true]],
    ["ToolACE without required", { name: "f", parameters, required: null }, [undefined, undefined]],
    ["properties at the top", { name: "f", ...parameters, required: ["a"] }, [true, false]],
    ["required beside", { name: "f", parameters: parameters.properties, required: ["a"] }, [true, false]],
    [
      "OpenAI",
      { type: "function", function: { name: "f", parameters: { ...parameters, required: [] } } },
      [false, false],
    ],
    ["MCP", { name: "f", inputSchema: { ...parameters, required: ["a", "b"] } }, [true, true]],
    [
      "xLAM",
      { name: "f", parameters: { a: { type: "int, optional", default: 1 }, b: { type: "str" } } },
      [false, undefined],
    ],
    [
      "flags",
      { name: "f", parameters: { a: { type: "int", required: true }, b: { type: "str", optional: true } } },
      [true, false],
    ],
  ])("reads the form of %s", (_, json, required) => {
    const tool = toolFromJson(json);
    expect(tool.parameters.map((parameter) => parameter.name)).toEqual(["a", "b"]);
    expect(tool.parameters.map((parameter) => parameter.schema.types)).toEqual([["integer"], ["string"]]);
    expect(tool.parameters.map((parameter) => parameter.required)).toEqual(required);
    expect(tool.source).toBe(json);
  });

  it.each<[string, JsonObject]>([
    ["none", { name: "f" }],
    ["an empty object schema", { name: "f", parameters: { type: "object" } }],
    ["null", { name: "f", parameters: null, properties: null }],
  ])("reads %s as no parameters", (_, json) => expect(toolFromJson(json).parameters).toEqual([]));

  it.each<JsonObject>([{}, { name: "" }, { name: 5 }, { function: { description: "x" } }])(
    "refuses %j",
    (json) => expect(() => toolFromJson(json)).toThrow(DataError),
  );

  it.skipIf(!existsSync(toolace))("reads all tools of ToolACE (skipped: no shared/tool-data)", () => {
    const tools = toolaceTools();
    const schemas = tools.flatMap((json) =>
      toolFromJson(json).parameters.map((parameter) => parameter.schema),
    );
    const types = schemas.map((schema) => schema.types[0]);
    const count = (name: string): number => types.filter((type) => type === name).length;
    expect(tools.length).toBeGreaterThan(3900);
    expect(count("any")).toBe(0);
    expect([count("number"), count("object")].every((number) => number > 300)).toBe(true);
  });
});

/** The tool lists of the rows in the standard prompt. */
function toolaceTools(): JsonObject[] {
  const rows = JSON.parse(readFileSync(toolace, "utf8")) as { readonly system: string }[];
  return rows.flatMap(({ system }) => {
    const list = /invoke:\n(\[.*\])\.? ?\nShould/s.exec(system);
    return list === null ? [] : (JSON.parse(list[1]!) as JsonObject[]);
  });
}

describe("jsonSchemaOf", () => {
  it("writes JSON Schema's names, and no type for any", () => {
    const tool = toolFromJson({
      name: "f",
      parameters: {
        type: "dict",
        properties: {
          a: { type: "float", description: "x", default: 1.5 },
          b: { type: "widget" },
          c: { type: ["integer", "null"], enum: [1, null] },
          d: { type: "List[str]" },
          e: { type: "dict", properties: { g: { type: "bool" } }, required: ["g"] },
        },
        required: ["a"],
      },
    });
    expect(jsonSchemaOf(tool)).toEqual({
      type: "object",
      properties: {
        a: { type: "number", description: "x", default: 1.5 },
        b: {},
        c: { type: ["integer", "null"], enum: [1, null] },
        d: { type: "array", items: { type: "string" } },
        e: { type: "object", properties: { g: { type: "boolean" } }, required: ["g"] },
      },
      required: ["a"],
    });
  });

  it("says nothing of required where the source does not", () => {
    expect(jsonSchemaOf(toolFromJson({ name: "f", parameters: { a: "int" } }))).not.toHaveProperty(
      "required",
    );
    expect(jsonSchemaOf(toolFromJson({ name: "f" }))).toEqual({
      type: "object",
      properties: {},
      required: [],
    });
  });
});
