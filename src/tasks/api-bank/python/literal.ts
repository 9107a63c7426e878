/** Literals that a model wrote → Python's values. */
import type { Literal } from "../../../spec/index.js";
import { pythonRepr } from "./print.js";
import type { PythonValue } from "./value.js";

/** The value; tuples and sets become lists, keys that are neither text nor integer become their text. */
export function literalToPython(literal: Literal): PythonValue {
  switch (literal.kind) {
    case "null":
      return null;
    case "dict":
      return new Map(
        literal.entries.map(({ key, value }) => [keyOf(literalToPython(key)), literalToPython(value)]),
      );
    case "list":
    case "tuple":
    case "set":
      return literal.items.map(literalToPython);
    default:
      return literal.value;
  }
}

function keyOf(key: PythonValue): string | bigint {
  return typeof key === "string" || typeof key === "bigint" ? key : pythonRepr(key);
}
