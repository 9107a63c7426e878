/** `Decimal(number).sqrt()` at a number of significant digits, as the `Decimal` that Python prints. */
import { makeFloat } from "../python/builtins.js";
import { asNumber } from "../python/equality.js";
import { PythonError } from "../python/error.js";
import { integerSquareRoot } from "../python/high-precision.js";
import { exactFraction } from "../python/number-text.js";
import { PythonObject, type PythonValue, typeName } from "../python/value.js";

/** Digits beyond this are refused. */
const MOST_DIGITS = 5000;

/** A decimal number digits · 10^exponent. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** For a number that is not negative. @throws PythonError (`TypeError`, `ValueError`, `InvalidOperation`) */
export function decimalSquareRoot(number: PythonValue, precision: PythonValue): PythonObject {
  const wanted = asNumber(precision);
  if (typeof wanted !== "bigint") {
    throw new PythonError("TypeError", `'${typeName(precision)}' object cannot be interpreted as an integer`);
  }
  if (wanted < 1n || wanted > 999999999999999999n) {
    throw new PythonError("ValueError", "valid range for prec is [1, MAX_PREC]");
  }
  if (wanted > MOST_DIGITS) throw new PythonError("MemoryError", "");
  const special = specialText(number);
  if (special !== undefined) return new PythonObject("Decimal", `Decimal('${special}')`);
  const root = squareRoot(exactDecimal(number), Number(wanted));
  return new PythonObject("Decimal", `Decimal('${decimalText(root)}')`);
}

function specialText(number: PythonValue): string | undefined {
  if (typeof number !== "number" || Number.isFinite(number)) return undefined;
  return Number.isNaN(number) ? "NaN" : "Infinity";
}

/** A float is a whole number times a power of two, and so a whole number times a power of ten. */
function exactDecimal(number: PythonValue): Decimal {
  const value = asNumber(number) ?? makeFloat(number);
  if (typeof value === "bigint") return { digits: value, exponent: 0 };
  const { numerator, shift } = exactFraction(value);
  // The fewest digits after the point that hold it: one for each power of two in the lowest denominator.
  let twos = shift;
  let top = numerator;
  while (twos > 0 && top !== 0n && top % 2n === 0n) {
    top /= 2n;
    twos--;
  }
  if (top === 0n) return { digits: 0n, exponent: 0 };
  return { digits: top * 5n ** BigInt(twos), exponent: -twos };
}

/** The root: exact ones keep half of the number's exponent where the digits allow, others fill the precision. */
function squareRoot({ digits, exponent }: Decimal, precision: number): Decimal {
  const ideal = Math.floor(exponent / 2);
  if (digits === 0n) return { digits: 0n, exponent: ideal };
  const length = digits.toString().length;
  // Two more digits than wanted, of a number with an even exponent.
  let shift = 2 * (precision + 1) - length;
  if ((exponent - shift) % 2 !== 0) shift += 1;
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  const remainder = shift >= 0 ? 0n : digits % 10n ** BigInt(-shift);
  const root = integerSquareRoot(scaled);
  const exact = remainder === 0n && root * root === scaled;
  const rounded = roundDigits({ digits: root, exponent: (exponent - shift) / 2 }, precision, exact);
  return exact ? towards(rounded, ideal, precision) : rounded;
}

/** Rounds to the precision, halves to even; an inexact root is never a half. */
function roundDigits({ digits, exponent }: Decimal, precision: number, exact: boolean): Decimal {
  const extra = digits.toString().length - precision;
  if (extra <= 0) return { digits, exponent };
  const unit = 10n ** BigInt(extra);
  const rest = digits % unit;
  const half = unit / 2n;
  const quotient = digits / unit;
  const up = rest > half || (rest === half && (!exact || quotient % 2n === 1n));
  const rounded = { digits: up ? quotient + 1n : quotient, exponent: exponent + extra };
  return rounded.digits.toString().length > precision
    ? { digits: rounded.digits / 10n, exponent: rounded.exponent + 1 }
    : rounded;
}

/** Moves the exponent towards the ideal one: zeros are dropped, or added while there is room. */
function towards({ digits, exponent }: Decimal, ideal: number, precision: number): Decimal {
  let result = { digits, exponent };
  while (result.exponent < ideal && result.digits % 10n === 0n) {
    result = { digits: result.digits / 10n, exponent: result.exponent + 1 };
  }
  while (result.exponent > ideal && result.digits.toString().length < precision) {
    result = { digits: result.digits * 10n, exponent: result.exponent - 1 };
  }
  return result;
}

/** `str(Decimal)`: plain where the exponent is not positive and the number not below 1e-6. */
function decimalText({ digits, exponent }: Decimal): string {
  const text = digits.toString();
  const adjusted = exponent + text.length - 1;
  if (exponent <= 0 && adjusted >= -6) {
    if (exponent === 0) return text;
    const padded = text.padStart(1 - exponent, "0");
    return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
  }
  const mantissa = text.length === 1 ? text : `${text[0]}.${text.slice(1)}`;
  return `${mantissa}E${adjusted < 0 ? "" : "+"}${adjusted}`;
}
