/** Functions as the tools of an API with native calling, as the official code offers them to OpenAI's. */
import type { ChatTool, JsonObject, JsonValue } from "../../spec/index.js";
import { field, isJsonObject, objectOf, textOf } from "../json-text.js";

/** JSON Schema's names of the documents' types, those of Java and JavaScript too. Any other type is a string. */
const JSON_TYPES: ReadonlyMap<string, string> = new Map([
  ...["integer", "byte", "short", "long", "Bigint"].map((type) => [type, "integer"] as const),
  ...["number", "float", "double"].map((type) => [type, "number"] as const),
  ...["boolean", "bool"].map((type) => [type, "boolean"] as const),
  ...["array", "list", "tuple", "ArrayList", "Array", "Queue", "Stack"].map(
    (type) => [type, "array"] as const,
  ),
  ...["dict", "object", "HashMap", "Hashtable"].map((type) => [type, "object"] as const),
]);

/** How a function is called where names have no points. */
export function nativeName(name: string): string {
  return name.replaceAll(".", "_");
}

/** The tools of these functions: types in JSON Schema's names, points in names written as underscores. */
export function nativeTools(docs: readonly JsonObject[]): ChatTool[] {
  return docs.map((doc) => {
    const parameters = objectOf(field(doc, "parameters"));
    const response = field(doc, "response");
    return {
      name: nativeName(textOf(field(doc, "name"))),
      description: textOf(field(doc, "description")),
      parameters: { ...parameters, type: "object", properties: castAll(field(parameters, "properties")) },
      ...(isJsonObject(response) && { response }),
    };
  });
}

function castAll(properties: JsonValue | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(objectOf(properties)).map(([name, schema]) => [name, cast(objectOf(schema))]),
  );
}

function cast(schema: JsonObject): JsonObject {
  const type = jsonType(schema);
  const typed = { ...schema, ...floatNote(schema), type };
  if (type !== "array" && type !== "object") return typed;
  if (isJsonObject(schema.properties)) return { ...typed, properties: castAll(schema.properties) };
  return isJsonObject(schema.items) ? { ...typed, items: castItems(schema.items) } : typed;
}

/** The official code looks at items of items by their type alone, and into objects that are items. */
function castItems(items: JsonObject): JsonObject {
  const type = jsonType(items);
  if (type === "array" && isJsonObject(items.items)) {
    return { ...items, type, items: { ...items.items, type: jsonType(items.items) } };
  }
  if (type === "object" && isJsonObject(items.properties)) {
    return { ...items, type, properties: castAll(items.properties) };
  }
  return { ...items, type };
}

function jsonType({ type }: JsonObject): string {
  return JSON_TYPES.get(textOf(type)) ?? "string";
}

function floatNote({ type, description }: JsonObject): JsonObject {
  if (type !== "float") return {};
  return { format: "float", description: `${textOf(description)} The value is a floating-point number.` };
}
