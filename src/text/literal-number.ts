/**
 * Python number literals: integers of any size in four bases, floats, underscores between digits, one sign.
 *
 * As in Python `0777`, `1_`, `1__0` and `0x` are failures; `1j`, and whatever else runs on after the digits, too.
 * A float beyond the range (`1e999`) is a failure, not infinity.
 */
import type { FloatLiteral, IntegerLiteral } from "../spec/index.js";
import { type Cursor, fail, skipSpace, takeMatch } from "./cursor.js";

const basedInteger = /0(?:[xX](?:_?[0-9a-fA-F])+|[oO](?:_?[0-7])+|[bB](?:_?[01])+)/y;
const decimalInteger = /0(?:_?0)*(?![0-9_])|[1-9](?:_?[0-9])*/y;
const float =
  /(?:(?:[0-9](?:_?[0-9])*)?\.[0-9](?:_?[0-9])*|[0-9](?:_?[0-9])*\.)(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[0-9](?:_?[0-9])*[eE][+-]?[0-9](?:_?[0-9])*/y;
const runsOn = /[\w.\u0080-\uffff]/y;

/** Integers with more digits are refused: Python's own limit. */
const mostDigits = 4300;

/** True where a number, or the sign of one, begins here. */
export function atNumber(cursor: Cursor): boolean {
  const code = cursor.text.charCodeAt(cursor.position);
  return (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46;
}

/** A number. Its kind is what is written: `5` an integer, `5.0` and `5e0` floats. */
export function readNumber(cursor: Cursor): IntegerLiteral | FloatLiteral | undefined {
  const start = cursor.position;
  const sign = takeMatch(cursor, /[+-]/y);
  if (sign !== undefined) skipSpace(cursor);
  const floatText = takeMatch(cursor, float);
  const integerText = floatText ?? takeMatch(cursor, basedInteger) ?? takeMatch(cursor, decimalInteger);
  if (integerText === undefined || takeMatch(cursor, runsOn) !== undefined)
    return fail(cursor, "number", "This is no number as Python or JSON writes it.", start);
  const digits = integerText.replaceAll("_", "");
  const source = cursor.text.slice(start, cursor.position);
  if (floatText !== undefined)
    return floatLiteral(cursor, sign === "-" ? -Number(digits) : Number(digits), source);
  if (digits.length > mostDigits)
    return fail(cursor, "number-range", `The integer has more than ${mostDigits} digits.`, start);
  const value = BigInt(digits);
  return { kind: "integer", value: sign === "-" ? -value : value, source };
}

function floatLiteral(cursor: Cursor, value: number, source: string): FloatLiteral | undefined {
  if (Number.isFinite(value)) return { kind: "float", value, source };
  return fail(
    cursor,
    "number-range",
    `${source} is beyond the range of a float.`,
    cursor.position - source.length,
  );
}
