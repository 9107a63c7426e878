/** Subscripts of values that should be dicts. */
import { item } from "../python/evaluate.js";
import { PythonDict, type PythonValue } from "../python/value.js";

/** `value[name]`. @throws PythonError as Python would */
export function fieldOf(value: PythonValue, name: PythonValue): PythonValue {
  return value instanceof PythonDict ? value.item(name) : item(value, name);
}
