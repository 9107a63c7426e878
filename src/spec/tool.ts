import type { JsonObject, JsonValue } from "./json.js";

/** The JSON Schema names of types, and `any` for a type that a source names in a way nobody knows. */
export type SchemaType = "string" | "number" | "integer" | "boolean" | "array" | "object" | "null" | "any";

/**
 * The schema of one value, in JSON Schema's names whatever the source wrote (`dict` → `object`, `float` → `number`).
 * An absent field means that the source does not say.
 */
export interface ValueSchema {
  /** Several for a union. Never empty. */
  readonly types: readonly SchemaType[];
  /** The type as the source wrote it. */
  readonly sourceType?: string;
  readonly description?: string;
  readonly enum?: readonly JsonValue[];
  readonly default?: JsonValue;
  readonly items?: ValueSchema;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly required?: readonly string[];
}

/** A named parameter of a tool. */
export interface Parameter {
  readonly name: string;
  readonly schema: ValueSchema;
  /** `undefined` where the source does not say whether it is required. */
  readonly required: boolean | undefined;
}

/** A tool that a model may call. Names are the source's own, not sanitised. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** In the order of the source. */
  readonly parameters: readonly Parameter[];
  /** The tool as the source wrote it; absent for tools made in code. */
  readonly source?: JsonObject;
}
