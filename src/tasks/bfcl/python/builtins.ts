/** The built-in functions of Python that can be called without effect. Everything else is not defined here. */

import { requireAllowance } from "./allowance.js";
import { binary, round } from "./arithmetic.js";
import { asNumber, ordered, truth } from "./equality.js";
import { PythonError } from "./error.js";
import { parseFloatText, parseInteger, toFloat } from "./number-text.js";
import { repr, str } from "./repr.js";
import { codePointLength } from "./text.js";
import { PythonComplex, PythonDict, PythonSet, PythonTuple, type PythonValue, typeName } from "./value.js";

/** Arguments of a call, evaluated. */
export interface CallArguments {
  readonly positional: readonly PythonValue[];
  /** In the order written; names are not repeated. */
  readonly named: ReadonlyMap<string, PythonValue>;
}

/** A function that can be called. @throws PythonError */
export type PythonFunction = (args: CallArguments) => PythonValue;

/** The built-in function of a name. */
export function builtin(name: string): PythonFunction | undefined {
  return BUILTINS.get(name);
}

const BUILTINS: ReadonlyMap<string, PythonFunction> = new Map<string, PythonFunction>([
  ["abs", (args) => absolute(only(args, "abs"))],
  ["bool", (args) => truth(optional(args, "bool", false))],
  ["complex", (args) => makeComplex(args)],
  ["dict", (args) => makeDict(args)],
  ["float", (args) => makeFloat(optional(args, "float", 0))],
  ["int", (args) => makeInteger(optional(args, "int", 0n))],
  ["len", (args) => length(only(args, "len"))],
  ["list", (args) => [...iterate(optional(args, "list", []))]],
  ["max", (args) => extreme(args, "max")],
  ["min", (args) => extreme(args, "min")],
  ["open", (args) => refuseOpening(args)],
  ["pow", (args) => binary(take(args, 0, "base", "pow"), "**", take(args, 1, "exp", "pow"))],
  ["print", () => null],
  ["repr", (args) => repr(only(args, "repr"))],
  ["round", (args) => round(take(args, 0, "number", "round"), takeOr(args, 1, "ndigits", null))],
  ["set", (args) => new PythonSet(iterate(optional(args, "set", [])))],
  ["sorted", (args) => sorted(iterate(only(args, "sorted")))],
  ["str", (args) => str(takeOr(args, 0, "object", ""))],
  ["sum", (args) => sum(take(args, 0, "iterable", "sum"), takeOr(args, 1, "start", 0n))],
  ["tuple", (args) => new PythonTuple(iterate(optional(args, "tuple", [])))],
]);

function take(args: CallArguments, index: number, name: string, called: string): PythonValue {
  const value = args.positional[index] ?? args.named.get(name);
  if (value !== undefined || index < args.positional.length) return value ?? null;
  throw new PythonError("TypeError", `${called}() missing required argument '${name}' (pos ${index + 1})`);
}

function takeOr(args: CallArguments, index: number, name: string, fallback: PythonValue): PythonValue {
  if (index < args.positional.length) return args.positional[index]!;
  return args.named.has(name) ? args.named.get(name)! : fallback;
}

function only(args: CallArguments, called: string): PythonValue {
  if (args.named.size > 0) throw noKeywords(called);
  if (args.positional.length !== 1) {
    throw new PythonError(
      "TypeError",
      `${called}() takes exactly one argument (${args.positional.length} given)`,
    );
  }
  return args.positional[0]!;
}

function optional(args: CallArguments, called: string, fallback: PythonValue): PythonValue {
  if (args.named.size > 0) throw noKeywords(called);
  if (args.positional.length > 1) {
    throw new PythonError(
      "TypeError",
      `${called} expected at most 1 argument, got ${args.positional.length}`,
    );
  }
  return args.positional.length === 0 ? fallback : args.positional[0]!;
}

function noKeywords(called: string): PythonError {
  return new PythonError("TypeError", `${called}() takes no keyword arguments`);
}

/** `abs(value)`. */
export function absolute(value: PythonValue): PythonValue {
  const number = asNumber(value);
  if (typeof number === "bigint") return number < 0n ? -number : number;
  if (typeof number === "number") return Math.abs(number);
  if (value instanceof PythonComplex) return Math.hypot(value.real, value.imaginary);
  throw new PythonError("TypeError", `bad operand type for abs(): '${typeName(value)}'`);
}

/** `float(value)`. @throws PythonError (`TypeError`, `ValueError`) */
export function makeFloat(value: PythonValue): number {
  const number = asNumber(value);
  if (number !== undefined) return toFloat(number);
  if (typeof value !== "string") {
    const message = `float() argument must be a string or a real number, not '${typeName(value)}'`;
    throw new PythonError("TypeError", message);
  }
  const parsed = parseFloatText(value);
  if (parsed === undefined) {
    throw new PythonError("ValueError", `could not convert string to float: ${repr(value)}`);
  }
  return parsed;
}

/** `int(value)`. @throws PythonError (`TypeError`, `ValueError`, `OverflowError`) */
export function makeInteger(value: PythonValue): bigint {
  const number = asNumber(value);
  if (typeof number === "bigint") return number;
  if (typeof number === "number") {
    if (Number.isNaN(number)) throw new PythonError("ValueError", "cannot convert float NaN to integer");
    if (!Number.isFinite(number)) {
      throw new PythonError("OverflowError", "cannot convert float infinity to integer");
    }
    return BigInt(Math.trunc(number));
  }
  if (typeof value !== "string") {
    const message = `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`;
    throw new PythonError("TypeError", message);
  }
  const parsed = parseInteger(value);
  if (parsed === undefined) {
    throw new PythonError("ValueError", `invalid literal for int() with base 10: ${repr(value)}`);
  }
  return parsed;
}

function makeComplex(args: CallArguments): PythonValue {
  return new PythonComplex(makeFloat(takeOr(args, 0, "real", 0)), makeFloat(takeOr(args, 1, "imag", 0)));
}

function makeDict(args: CallArguments): PythonValue {
  const dict = new PythonDict();
  const [source] = args.positional;
  if (source instanceof PythonDict) for (const [key, value] of source.entries()) dict.set(key, value);
  else if (source !== undefined) {
    for (const pair of iterate(source)) {
      const [key, value, ...more] = iterate(pair);
      if (key === undefined || value === undefined || more.length > 0) {
        throw new PythonError(
          "ValueError",
          "dictionary update sequence element has the wrong length; 2 is required",
        );
      }
      dict.set(key, value);
    }
  }
  for (const [name, value] of args.named) dict.set(name, value);
  return dict;
}

/** `len(value)`. @throws PythonError (`TypeError`) */
export function length(value: PythonValue): bigint {
  if (typeof value === "string") return BigInt(codePointLength(value));
  if (Array.isArray(value)) return BigInt(value.length);
  if (value instanceof PythonDict || value instanceof PythonSet) return BigInt(value.size);
  if (value instanceof PythonTuple) return BigInt(value.items.length);
  throw new PythonError("TypeError", `object of type '${typeName(value)}' has no len()`);
}

/** The items that a loop over the value visits. @throws PythonError (`TypeError`) */
export function iterate(value: PythonValue): readonly PythonValue[] {
  const items = itemsOf(value);
  requireAllowance(items.length);
  return items;
}

function itemsOf(value: PythonValue): readonly PythonValue[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [...value];
  if (value instanceof PythonTuple) return value.items;
  if (value instanceof PythonDict) return [...value.keys()];
  if (value instanceof PythonSet) return [...value.items()];
  throw new PythonError("TypeError", `'${typeName(value)}' object is not iterable`);
}

/** `sum(items, start)`, from left to right. @throws PythonError (`TypeError`) */
export function sum(items: PythonValue, start: PythonValue): PythonValue {
  if (typeof start === "string") {
    throw new PythonError("TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
  }
  return iterate(items).reduce((total, item) => binary(total, "+", item), start);
}

/** The first of the smallest or largest items. @throws PythonError (`TypeError`, `ValueError`) */
export function extremeOf(items: readonly PythonValue[], called: "max" | "min"): PythonValue {
  const [first, ...rest] = items;
  if (first === undefined) throw new PythonError("ValueError", `${called}() arg is an empty sequence`);
  const operator = called === "max" ? ">" : "<";
  return rest.reduce((best, item) => (ordered(item, operator, best) ? item : best), first);
}

function extreme(args: CallArguments, called: "max" | "min"): PythonValue {
  if (args.named.size > 0) throw noKeywords(called);
  const { positional } = args;
  return extremeOf(positional.length === 1 ? iterate(positional[0]!) : positional, called);
}

/** `sorted(items)`. @throws PythonError (`TypeError`) */
export function sorted(items: readonly PythonValue[]): PythonValue[] {
  return items.toSorted((one, other) => (ordered(one, "<", other) ? -1 : ordered(other, "<", one) ? 1 : 0));
}

/** No simulation has files: every one is missing. */
function refuseOpening(args: CallArguments): PythonValue {
  const name = take(args, 0, "file", "open");
  throw new PythonError("FileNotFoundError", `[Errno 2] No such file or directory: ${repr(name)}`);
}
