/** Reading parts of values, with the exceptions that Python raises where they are not there. */
import { PythonError } from "./error.js";
import { pythonRepr } from "./print.js";
import { type PythonDictionary, type PythonValue, typeName } from "./value.js";

/** The value where it is text. @throws PythonError (AttributeError), as a method of text would on anything else */
export function textOf(value: PythonValue): string {
  if (typeof value === "string") return value;
  throw new PythonError("AttributeError", `'${typeName(value)}' object has no attribute 'strip'`);
}

/** `value[key]`. @throws PythonError: KeyError where it is not there, TypeError for what has no keys */
export function itemOf(value: PythonValue, key: string): PythonValue {
  if (!(value instanceof Map)) throw notSubscriptable(value);
  const item = value.get(key);
  if (item === undefined) throw new PythonError("KeyError", pythonRepr(key));
  return item;
}

function notSubscriptable(value: PythonValue): PythonError {
  if (Array.isArray(value))
    return new PythonError("TypeError", "list indices must be integers or slices, not str");
  if (typeof value === "string")
    return new PythonError("TypeError", "string indices must be integers, not 'str'");
  return new PythonError("TypeError", `'${typeName(value)}' object is not subscriptable`);
}

/** `key in value`: a key of a dictionary, an item of a list, a part of a text. @throws PythonError (TypeError) */
export function contains(value: PythonValue, key: string): boolean {
  if (value instanceof Map) return value.has(key);
  if (Array.isArray(value) || typeof value === "string") return value.includes(key);
  throw new PythonError("TypeError", `argument of type '${typeName(value)}' is not iterable`);
}

/** What a `for` loop goes through: a list's items, a dictionary's keys, a text's characters. @throws PythonError (TypeError) */
export function itemsOf(value: PythonValue): readonly PythonValue[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.keys()];
  if (typeof value === "string") return [...value];
  throw new PythonError("TypeError", `'${typeName(value)}' object is not iterable`);
}

/** The value where it is a dictionary that can be changed. @throws PythonError (TypeError) */
export function dictionaryIn(value: PythonValue): PythonDictionary {
  if (value instanceof Map) return value;
  throw new PythonError("TypeError", `'${typeName(value)}' object does not support item assignment`);
}
