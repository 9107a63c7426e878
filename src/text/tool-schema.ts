/**
 * Tools in the forms that sources write them, and the JSON Schema that chat templates and servers want.
 *
 * Read: ToolACE (`parameters` of type `dict`, sometimes `properties` at the top), OpenAI (`{type, function}`), MCP
 * (`inputSchema`), xLAM (flat `parameters`, `"str, optional"`), Seal-Tools (`required` beside `parameters`).
 */
import type { JsonObject, JsonValue, Parameter, Tool, ValueSchema } from "../spec/index.js";
import { DataError } from "../spec/index.js";
import { isArray, isObject } from "./json-shape.js";
import { readTypeName } from "./type-names.js";

/** Schemas nested deeper than this are taken as `any`. */
const deepest = 32;

/**
 * A tool from its JSON, types in JSON Schema's names. Whether a parameter is required comes from a `required` list
 * (in the parameters, else beside them), else from the parameter's own `required` or `optional` flag, else from an
 * `optional` in the type's name; where none of them speaks it is `undefined`. An outer `required: null` says nothing.
 *
 * @throws DataError where the tool has no name.
 */
export function toolFromJson(source: JsonObject): Tool {
  const body = isObject(source.function) ? source.function : source;
  if (typeof body.name !== "string" || body.name === "")
    throw new DataError("A tool has no name. Give it a `name` that is a string.", {
      keys: Object.keys(body),
    });
  const description = typeof body.description === "string" ? body.description : "";
  return { name: body.name, description, parameters: readParameters(body), source };
}

/** The JSON Schema of a tool's parameters: an object schema. `any` is written as no type at all. */
export function jsonSchemaOf(tool: Tool): JsonObject {
  const properties = tool.parameters.map(({ name, schema }) => [name, schemaToJson(schema)] as const);
  const required = tool.parameters.filter((parameter) => parameter.required).map(({ name }) => name);
  const unsaid =
    tool.parameters.length > 0 && tool.parameters.every(({ required }) => required === undefined);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(unsaid ? {} : { required }),
  };
}

/** A value's schema from JSON: an object, or just the name of its type. */
export function schemaFromJson(json: JsonValue, depth = 0): ValueSchema {
  if (typeof json === "string") return namedSchema(json);
  if (!isObject(json) || depth > deepest) return { types: ["any"] };
  const named = readType(json, depth);
  const items = json.items === undefined ? named.items : schemaFromJson(json.items, depth + 1);
  return {
    types: named.types,
    ...(named.sourceType === undefined ? {} : { sourceType: named.sourceType }),
    ...(typeof json.description === "string" ? { description: json.description } : {}),
    ...(isArray(json.enum) && json.enum.length > 0 ? { enum: json.enum } : {}),
    ...(json.default === undefined ? {} : { default: json.default }),
    ...(items === undefined ? {} : { items }),
    ...(isObject(json.properties) ? { properties: readProperties(json.properties, depth) } : {}),
    ...(isArray(json.required) ? { required: json.required.filter((name) => typeof name === "string") } : {}),
  };
}

function readParameters(body: JsonObject): Parameter[] {
  const parameters = [body.parameters, body.inputSchema, body.input_schema].find(isObject) ?? {};
  const outer = isArray(body.required) ? body.required : undefined;
  const holder = isObject(parameters.properties) || !isObject(body.properties) ? parameters : body;
  if (isObject(holder.properties)) {
    const required = isArray(holder.required) ? holder.required : outer;
    return Object.entries(holder.properties).map(([name, json]) => readParameter(name, json, required));
  }
  if (typeof parameters.type === "string") return [];
  return Object.entries(parameters).map(([name, json]) => readParameter(name, json, outer));
}

function readParameter(name: string, json: JsonValue, required: readonly JsonValue[] | undefined): Parameter {
  return { name, schema: schemaFromJson(json), required: required?.includes(name) ?? ownRequirement(json) };
}

function ownRequirement(json: JsonValue): boolean | undefined {
  if (isObject(json) && typeof json.required === "boolean") return json.required;
  if (isObject(json) && typeof json.optional === "boolean") return !json.optional;
  const type = isObject(json) ? json.type : json;
  return typeof type === "string" && readTypeName(type).optional ? false : undefined;
}

function readProperties(properties: JsonObject, depth: number): Record<string, ValueSchema> {
  const entries = Object.entries(properties).map(([name, json]) => [name, schemaFromJson(json, depth + 1)]);
  return Object.fromEntries(entries);
}

function namedSchema(name: string): ValueSchema {
  const { types, items } = readTypeName(name);
  return { types, sourceType: name, ...(items === undefined ? {} : { items }) };
}

/** The type as `type` says it, else as `anyOf` and `oneOf` do, else as the other keys betray it. */
function readType(json: JsonObject, depth: number): ValueSchema {
  const { type } = json;
  if (typeof type === "string") return namedSchema(type);
  if (isArray(type))
    return unite(
      type.map((member) => schemaFromJson(member, depth + 1)),
      JSON.stringify(type),
    );
  const union = [json.anyOf, json.oneOf].find(isArray);
  if (union !== undefined) return unite(union.map((member) => schemaFromJson(member, depth + 1)));
  if (isObject(json.properties)) return { types: ["object"] };
  return { types: [json.items === undefined ? "any" : "array"] };
}

function unite(members: readonly ValueSchema[], sourceType?: string): ValueSchema {
  const types = [...new Set(members.flatMap((member) => member.types))];
  const items = members.find((member) => member.items !== undefined)?.items;
  return {
    types: types.length === 0 || types.includes("any") ? ["any"] : types,
    ...(sourceType === undefined ? {} : { sourceType }),
    ...(items === undefined ? {} : { items }),
  };
}

function schemaToJson(schema: ValueSchema): JsonObject {
  const { types, description, items, properties, required } = schema;
  return {
    ...(types.includes("any") ? {} : { type: types.length === 1 ? types[0]! : types }),
    ...(description === undefined ? {} : { description }),
    ...(schema.enum === undefined ? {} : { enum: schema.enum }),
    ...(schema.default === undefined ? {} : { default: schema.default }),
    ...(items === undefined ? {} : { items: schemaToJson(items) }),
    ...(properties === undefined ? {} : { properties: propertiesToJson(properties) }),
    ...(required === undefined ? {} : { required }),
  };
}

function propertiesToJson(properties: Readonly<Record<string, ValueSchema>>): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, schemaToJson(schema)]));
}
