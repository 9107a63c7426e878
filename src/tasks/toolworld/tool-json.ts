/** Offered tools in ToolACE's JSON. */
import type { JsonObject, JsonValue } from "../../spec/index.js";
import type { Attribute, ValueKind } from "./attribute.js";
import type { OfferedParameter, OfferedTool } from "./offered-tool.js";
import type { NameOrder } from "./plain-values.js";
import { SCALES } from "./scales.js";

/**
 * The tool as ToolACE writes it. Parameters carry a description where it says more than their name, as units and
 * formats do; with `describeAll`, always.
 */
export function toolJson(tool: OfferedTool, describeAll: boolean): JsonObject {
  const properties: Record<string, JsonValue> = {};
  for (const parameter of tool.parameters) {
    properties[parameter.attribute.name] = propertyJson(parameter, describeAll);
  }
  const required = tool.parameters.filter((parameter) => parameter.required).map(nameOf);
  return {
    name: tool.name,
    description: tool.description,
    parameters: { type: "dict", properties, required },
    required: null,
  };
}

function nameOf({ attribute }: OfferedParameter): string {
  return attribute.name;
}

function propertyJson({ attribute, nameOrder }: OfferedParameter, describeAll: boolean): JsonObject {
  const description =
    noteOf(attribute.kind, nameOrder) ?? (describeAll ? plainDescription(attribute) : undefined);
  return {
    ...typeJson(attribute.kind),
    ...(description === undefined ? {} : { description }),
    ...(attribute.fallback === undefined ? {} : { default: attribute.fallback }),
  };
}

function plainDescription({ name, kind }: Attribute): string {
  const spoken = name.replaceAll("_", " ");
  if (kind.type === "flag") return `Whether ${spoken} is wanted`;
  return kind.type === "list" ? `All the ${spoken}` : `The ${spoken}`;
}

/** What a caller must know beyond name and type. */
function noteOf(kind: ValueKind, order: NameOrder | undefined): string | undefined {
  switch (kind.type) {
    case "measure":
      return `in ${kind.unit}`;
    case "minutes":
      return "in minutes";
    case "fraction":
      return "from 0 to 1";
    case "date":
      return "YYYY-MM-DD";
    case "time":
      return "HH:MM";
    case "currency":
      return "ISO code";
    case "person":
      return order === undefined ? undefined : order === "last-first" ? "Last, First" : "First Last";
    default:
      return undefined;
  }
}

function typeJson(kind: ValueKind): JsonObject {
  switch (kind.type) {
    case "integer":
    case "minutes":
      return { type: "int" };
    case "decimal":
    case "measure":
    case "fraction":
      return { type: "float" };
    case "flag":
      return { type: "boolean" };
    case "scale":
      return { type: "string", enum: SCALES[kind.scale].values };
    case "choice":
      return { type: "string", enum: kind.values };
    case "list":
      return { type: "array", items: { type: kind.of === "integer" ? "int" : "string" } };
    case "record":
      return {
        type: "dict",
        properties: Object.fromEntries(kind.fields.map((field) => [field.name, typeJson(field.kind)])),
      };
    default:
      return { type: "string" };
  }
}
