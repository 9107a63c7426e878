/** Small rows of our own in ToolACE's format, for tests. */
import type { Example, JsonObject, JsonValue, Rejection } from "../../spec/index.js";
import { importToolace } from "./import.js";

/** A turn: who, and what. */
export type Turn = readonly ["user" | "assistant" | "tool" | string, JsonValue];

/** What of a row differs from the plain one. */
export interface RowParts {
  readonly tools?: JsonValue;
  /** Text before the announcement. */
  readonly before?: string;
  /** Text after the list. */
  readonly after?: string;
  readonly turns?: readonly Turn[];
}

const opening = "Answer with calls of the functions below, or say that none fits.\n";

/** The demand that every standard row ends with. */
export const bracketDemand =
  ". \nShould you decide to return the function call(s). \nPut it in the format of [func1(params_name=params_value, params_name2=params_value2...), func2(params)]\n\nNO other text MUST be included. \n";

/** A tool in ToolACE's shape; `required` lists names of `properties`. */
export function tool(
  name: string,
  properties: JsonObject = {},
  required: readonly string[] = [],
): JsonObject {
  return {
    name,
    description: `Does ${name}.`,
    parameters: { type: "dict", properties, required },
    required: null,
  };
}

/** Two tools: one with a required and a defaulted argument, one without arguments. */
export const weatherTools: readonly JsonObject[] = [
  tool(
    "Weather API",
    { city: { type: "string", description: "City" }, days: { type: "int", description: "Days", default: 3 } },
    ["city"],
  ),
  tool("Weather API (Hourly)", { from: { type: "float", description: "First hour" } }, []),
];

/** A row; by default one request and one call of `Weather API`. */
export function row(parts: RowParts = {}): JsonObject {
  const { tools = weatherTools, before = opening, after = bracketDemand } = parts;
  const turns: readonly Turn[] = parts.turns ?? [
    ["user", "Weather in Oslo?"],
    ["assistant", '[Weather API(city="Oslo")]'],
  ];
  return {
    system: `${before}Here is a list of functions in JSON format that you can invoke:\n${pythonJson(tools)}${after}`,
    conversations: turns.map(([from, value]) => ({ from, value })),
  };
}

/** JSON with a space after every comma and colon, as the data set writes it. */
function pythonJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`);
  return `{${entries.join(", ")}}`;
}

/** A call of `weatherTools` as an answer. */
export const call = '[Weather API(city="Oslo")]';

/** Results for `call`. */
export const results = '[{"name": "Weather API", "results": {"t": 3}}]';

/** A row of one request with this answer. */
export function answered(text: string, tools: JsonValue = weatherTools): JsonObject {
  return row({
    tools,
    turns: [
      ["user", "Please."],
      ["assistant", text],
    ],
  });
}

/** A row with these turns. */
export function dialogue(...turns: Turn[]): JsonObject {
  return row({ turns });
}

/** What the importer makes of rows with these values. */
export function importAll(...values: JsonValue[]): (Example | Rejection)[] {
  return [
    ...importToolace(
      values.map((value, k) => ({ row: k, value })),
      { file: "f.json" },
    ),
  ];
}
