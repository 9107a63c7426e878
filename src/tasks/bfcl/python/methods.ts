/** Methods of texts, lists and dicts that models write in expressions. */
import { requireAllowance } from "./allowance.js";
import type { CallArguments, PythonFunction } from "./builtins.js";
import { equals } from "./equality.js";
import { PythonError } from "./error.js";
import { splitLines, splitWords, strip } from "./text.js";
import { PythonDict, type PythonValue, typeName } from "./value.js";

/** The method of a value, or `undefined` where it has none that is simulated. */
export function method(value: PythonValue, name: string): PythonFunction | undefined {
  if (typeof value === "string") return textMethod(value, name);
  if (value instanceof PythonDict) return dictMethod(value, name);
  if (Array.isArray(value)) return listMethod(value, name);
  return undefined;
}

function textMethod(text: string, name: string): PythonFunction | undefined {
  requireAllowance(text.length);
  switch (name) {
    case "upper":
      return () => text.toUpperCase();
    case "lower":
      return () => text.toLowerCase();
    case "strip":
      return () => strip(text);
    case "splitlines":
      return () => splitLines(text);
    case "split":
      return (args) => split(text, args);
    case "join":
      return ({ positional: [items] }) => (Array.isArray(items) ? join(text, items) : wrong(items));
    case "replace":
      return ({ positional: [from, to] }) => replace(text, requireText(from), requireText(to));
    case "startswith":
      return ({ positional: [start] }) => text.startsWith(requireText(start));
    case "endswith":
      return ({ positional: [end] }) => text.endsWith(requireText(end));
    default:
      return undefined;
  }
}

function join(separator: string, items: readonly PythonValue[]): string {
  const texts = items.map((item) => {
    const text = requireText(item);
    requireAllowance(text.length + separator.length);
    return text;
  });
  return texts.join(separator);
}

function replace(text: string, from: string, to: string): string {
  return text.replaceAll(from, () => {
    requireAllowance(to.length);
    return to;
  });
}

function split(text: string, { positional: [separator] }: CallArguments): PythonValue {
  if (separator === undefined || separator === null) return splitWords(text);
  const mark = requireText(separator);
  if (mark === "") throw new PythonError("ValueError", "empty separator");
  return text.split(mark);
}

function requireText(value: PythonValue | undefined): string {
  return typeof value === "string" ? value : wrong(value);
}

function wrong(value: PythonValue | undefined): never {
  const found = value === undefined ? "nothing" : typeName(value);
  throw new PythonError("TypeError", `expected str instance, ${found} found`);
}

function dictMethod(dict: PythonDict, name: string): PythonFunction | undefined {
  if (name === "get") return ({ positional: [key, fallback] }) => dict.get(key ?? null) ?? fallback ?? null;
  if (name === "keys") return () => [...dict.keys()];
  return name === "values" ? () => [...dict.values()] : undefined;
}

function listMethod(list: readonly PythonValue[], name: string): PythonFunction | undefined {
  if (name === "count")
    return ({ positional: [item] }) => BigInt(list.filter((other) => equals(other, item ?? null)).length);
  return undefined;
}
