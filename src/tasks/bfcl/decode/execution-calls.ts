/**
 * Calls of a multi-turn step as texts to execute. They are printed from the decoded values, with the official printer's
 * quirks: a dict of dicts becomes a call, keys are quoted without escapes, an empty dict cannot be printed.
 */
import { PythonError } from "../python/error.js";
import { repr, str } from "../python/repr.js";
import { PythonDict, type PythonValue } from "../python/value.js";
import { bracketed, type DecodedCall } from "./call.js";
import { pythonCalls } from "./python-calls.js";

/** The calls of a step's output, in order; `undefined` where it cannot be decoded. Never throws. */
export function executionCalls(output: string): string[] | undefined {
  try {
    return pythonCalls(bracketed(output)).map(printCall);
  } catch (error) {
    if (error instanceof PythonError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The calls of a step's output without the printer's quirks: every value as Python prints it. Never throws. */
export function plainExecutionCalls(output: string): string[] | undefined {
  try {
    return pythonCalls(bracketed(output)).map(
      ({ name, arguments: args }) =>
        `${name}(${[...args.entries()].map(([key, value]) => `${str(key)}=${repr(value)}`).join(", ")})`,
    );
  } catch (error) {
    if (error instanceof PythonError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @throws PythonError for a value that cannot be printed */
function printCall({ name, arguments: args }: DecodedCall): string {
  return `${name}(${printArguments(args)})`;
}

function printArguments(args: PythonDict): string {
  const parts: string[] = [];
  for (const [name, value] of args.entries()) parts.push(`${str(name)}=${printValue(value)}`);
  return parts.join(", ");
}

function printValue(value: PythonValue): string {
  if (!(value instanceof PythonDict)) return repr(value);
  const items = [...value.entries()];
  if (!items.every(([, item]) => item instanceof PythonDict)) {
    return `{${items.map(([key, item]) => `'${str(key)}': ${printValue(item)}`).join(", ")}}`;
  }
  const [first] = items;
  if (first === undefined) throw new PythonError("IndexError", "list index out of range");
  return `${str(first[0])}(${first[1] instanceof PythonDict ? printArguments(first[1]) : ""})`;
}
