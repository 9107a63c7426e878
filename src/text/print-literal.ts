/** Writes values as Python does: `parseLiteral` reads back the same value. */
import type { Literal } from "../spec/index.js";
import { InputError } from "../spec/index.js";

/**
 * The value in Python's syntax: strings in double quotation marks, `5` for integers, `5.0` for floats, `True`, `None`.
 * Canonical: `source` is not looked at.
 *
 * @throws InputError for a float that is not finite, which only code can make.
 */
export function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case "null":
      return "None";
    case "boolean":
      return literal.value ? "True" : "False";
    case "integer":
      return literal.value.toString();
    case "float":
      return printFloat(literal.value);
    case "string":
      return printString(literal.value);
    case "dict":
      return `{${literal.entries.map(({ key, value }) => `${printLiteral(key)}: ${printLiteral(value)}`).join(", ")}}`;
    default:
      return printSequence(literal.kind, literal.items.map(printLiteral));
  }
}

function printSequence(kind: "list" | "tuple" | "set", items: readonly string[]): string {
  const inside = items.join(", ");
  if (kind === "list") return `[${inside}]`;
  if (kind === "tuple") return items.length === 1 ? `(${inside},)` : `(${inside})`;
  return items.length === 0 ? "set()" : `{${inside}}`;
}

/** The shortest text that reads back as this float, always with a point or an exponent. */
function printFloat(value: number): string {
  if (!Number.isFinite(value))
    throw new InputError(`${value} has no literal. Use a finite number.`, { value });
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const namedEscapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ['"', '\\"'],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function printString(value: string): string {
  return `"${value.replace(/[\\"\p{Cc}\p{Cs}]/gu, (character) => namedEscapes.get(character) ?? hexEscape(character))}"`;
}

/** `\x07` for a control character, `\ud800` for half of a surrogate pair. */
function hexEscape(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
}
