/** Methods that Python code calls on a value whatever it is: an error where the value has none. */
import { PythonError } from "../python/error.js";
import { PythonDict, type PythonList, type PythonValue, typeName } from "../python/value.js";

/** The value as a text, on which `attribute` is called. @throws PythonError (`AttributeError`) */
export function textWith(value: PythonValue, attribute: string): string {
  if (typeof value === "string") return value;
  throw noAttribute(value, attribute);
}

/** The value as a list, on which `attribute` is called. @throws PythonError (`AttributeError`) */
export function listWith(value: PythonValue, attribute: string): PythonList {
  if (Array.isArray(value)) return value;
  throw noAttribute(value, attribute);
}

/** The value as a dict, on which `attribute` is called. @throws PythonError (`AttributeError`) */
export function dictWith(value: PythonValue, attribute: string): PythonDict {
  if (value instanceof PythonDict) return value;
  throw noAttribute(value, attribute);
}

function noAttribute(value: PythonValue, attribute: string): PythonError {
  return new PythonError("AttributeError", `'${typeName(value)}' object has no attribute '${attribute}'`);
}
