/** What the checker reads of a function's documentation. */
import type { JsonObject } from "../../../spec/index.js";
import { field, isJsonList, objectOf, textOf } from "../../json-text.js";

/** A function that may be called. */
export interface FunctionDoc {
  readonly name: string;
  /** In the order of the schema. */
  readonly required: readonly string[];
  readonly parameters: ReadonlyMap<string, ParameterDoc>;
  readonly source: JsonObject;
}

/** The type of a parameter, in the schema's own name. */
export interface ParameterDoc {
  readonly type: string;
  readonly itemType: string | undefined;
}

/** The documentation as the checker uses it; what is missing is empty. */
export function readFunctionDoc(source: JsonObject): FunctionDoc {
  const schema = objectOf(field(source, "parameters"));
  const parameters = new Map<string, ParameterDoc>();
  for (const [name, value] of Object.entries(objectOf(field(schema, "properties")))) {
    const parameter = objectOf(value);
    const itemType = field(objectOf(field(parameter, "items")), "type");
    parameters.set(name, {
      type: textOf(field(parameter, "type")),
      itemType: typeof itemType === "string" ? itemType : undefined,
    });
  }
  const required = field(schema, "required");
  return {
    name: textOf(field(source, "name")),
    required: isJsonList(required) ? required.filter((name) => typeof name === "string") : [],
    parameters,
    source,
  };
}
