/**
 * Tools as OpenAI's function calling and JSON Schema want them: types under their standard names, and all else that the
 * source says (`pattern`, `minimum`, `additionalProperties`, …) kept.
 */
import type { JsonObject, JsonValue, Tool } from "../spec/index.js";
import { isArray, isObject } from "./json-shape.js";
import { jsonSchemaOf, schemaFromJson } from "./tool-schema.js";

/** The body of a function: what stands under `function` in OpenAI's lists of tools. */
export interface StandardTool {
  readonly [key: string]: JsonValue;
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

/** Schemas nested deeper than this are written as they are. */
const deepest = 32;

/** The tool with an object schema of its parameters. Reading it back gives the same parameters. */
export function standardTool(tool: Tool): StandardTool {
  const { name, description } = tool;
  return { name, description, parameters: parametersOf(tool) };
}

function parametersOf(tool: Tool): JsonObject {
  const whole = jsonSchemaOf(tool);
  const body = isObject(tool.source?.function) ? tool.source.function : tool.source;
  const source = [body?.parameters, body?.inputSchema, body?.input_schema].find(isObject);
  const named = source !== undefined && isObject(source.properties) ? standardize(source, 0) : whole;
  const { required: _, ...rest } = named;
  const properties = isObject(named.properties) ? named.properties : {};
  if (isPartlyUnknown(tool)) return { ...rest, type: "object", properties: withOptional(tool, properties) };
  return { ...rest, type: "object", ...(whole.required === undefined ? {} : { required: whole.required }) };
}

/** Where the source says of some parameters that they are optional and nothing of others, a list would claim too much. */
function isPartlyUnknown({ parameters }: Tool): boolean {
  const said = new Set(parameters.map(({ required }) => required));
  return said.has(undefined) && said.has(false) && !said.has(true);
}

function withOptional({ parameters }: Tool, properties: JsonObject): JsonObject {
  const optional = new Set(parameters.filter(({ required }) => required === false).map(({ name }) => name));
  const entries = Object.entries(properties).map(([name, schema]) => [
    name,
    isObject(schema) && optional.has(name) ? { ...schema, optional: true } : schema,
  ]);
  return Object.fromEntries(entries);
}

/** A schema with standard type names, its parts included. */
function standardize(schema: JsonObject, depth: number): JsonObject {
  if (depth > deepest) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]): [string, JsonValue][] => {
    if (key === "type") return typeEntries(value, schema, depth);
    return [[key, standardPart(key, value, depth + 1)]];
  });
  return Object.fromEntries(entries);
}

function standardPart(key: string, value: JsonValue, depth: number): JsonValue {
  if (key === "properties" && isObject(value)) {
    const entries = Object.entries(value).map(([name, part]) => [name, standardValue(part, depth)]);
    return Object.fromEntries(entries);
  }
  if (key === "items" || key === "additionalProperties") return standardValue(value, depth);
  if ((key === "anyOf" || key === "oneOf" || key === "allOf") && isArray(value))
    return value.map((part) => standardValue(part, depth));
  return value;
}

function standardValue(value: JsonValue, depth: number): JsonValue {
  if (typeof value === "string") return standardize({ type: value }, depth);
  return isObject(value) ? standardize(value, depth) : value;
}

/** `type`, and the items that a name such as `List[int]` brings; nothing where nobody knows the type. */
function typeEntries(type: JsonValue, schema: JsonObject, depth: number): [string, JsonValue][] {
  const { types, items } = schemaFromJson({ type }, depth);
  const known = types.filter((name) => name !== "any");
  if (known.length < types.length) return [];
  const named: [string, JsonValue] = ["type", known.length === 1 ? known[0]! : known];
  if (items === undefined || schema.items !== undefined) return [named];
  return [
    named,
    ["items", items.types.includes("any") ? {} : standardize({ type: [...items.types] }, depth)],
  ];
}
