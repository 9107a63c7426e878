/** Python's numbers as text, and text as Python's numbers. */
import { PythonError } from "./error.js";

/** Integers with more decimal digits than this have no text (CPython 3.11's limit). */
const LONGEST_INTEGER = 4300;

/** `repr` of a float: the shortest digits that read back, with an exponent below 1e-4 and from 1e16. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return exponentText(value);
  const text = String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}

function exponentText(value: number): string {
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  const size = exponent.slice(1);
  return `${digits}e${exponent[0]}${size.length < 2 ? `0${size}` : size}`;
}

/** Decimal digits of an integer. @throws PythonError (`ValueError`) above 4300 digits */
export function integerText(value: bigint): string {
  // 4300 digits are less than 14285 bits; most integers are far from it and need no check of their text.
  if (value < 1_000_000_000_000_000n && value > -1_000_000_000_000_000n) return value.toString();
  if (bitLength(value) > 14_300) throw tooManyDigits();
  const text = value.toString();
  if (text.length - (value < 0n ? 1 : 0) > LONGEST_INTEGER) throw tooManyDigits();
  return text;
}

function tooManyDigits(): PythonError {
  return new PythonError(
    "ValueError",
    "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
  );
}

/** Bits of the absolute value, rounded up to a multiple of four. */
export function bitLength(value: bigint): number {
  return value.toString(16).length * 4;
}

/** `int(text)`, or `undefined` where Python raises `ValueError`. */
export function parseInteger(text: string): bigint | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?\d+(?:_\d+)*$/.test(trimmed)) return undefined;
  const digits = trimmed.replaceAll("_", "").replace(/^\+/, "");
  if (digits.length > LONGEST_INTEGER) return undefined;
  return digits.startsWith("-") ? -BigInt(digits.slice(1)) : BigInt(digits);
}

const floatPattern = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;

/** `float(text)`, or `undefined` where Python raises `ValueError`. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = text.trim();
  if (floatPattern.test(trimmed)) return Number(trimmed.replaceAll("_", ""));
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(trimmed);
  if (special === null) return undefined;
  if (special[2]!.toLowerCase() === "nan") return Number.NaN;
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** The exact value of a finite float as numerator / 2^shift. */
export function exactFraction(value: number): { readonly numerator: bigint; readonly shift: number } {
  let shift = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    // Scaling by powers of two is exact; at most 1074 bits are needed.
    const step = Math.min(512, 1080 - shift);
    const next = scaled * 2 ** step;
    if (Number.isFinite(next) && Math.abs(next) < 2 ** 900) {
      scaled = next;
      shift += step;
    } else {
      scaled *= 2 ** 52;
      shift += 52;
    }
  }
  return { numerator: BigInt(scaled), shift };
}

/** `format(value, ".<digits>f")` for a finite float: rounds the exact value, halves to even. */
export function fixedText(value: number, digits: number): string {
  const { numerator, shift } = exactFraction(Math.abs(value));
  const scaled = roundHalfEven(numerator * 10n ** BigInt(digits), 1n << BigInt(shift));
  const text = scaled.toString().padStart(digits + 1, "0");
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** numerator / denominator to the nearest integer, halves to even; for a positive denominator. */
export function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  let quotient = numerator / denominator;
  let rest = numerator % denominator;
  if (rest < 0n) {
    quotient -= 1n;
    rest += denominator;
  }
  const twice = rest * 2n;
  if (twice > denominator || (twice === denominator && (quotient & 1n) === 1n)) return quotient + 1n;
  return quotient;
}

/** `float(value)` of a number. @throws PythonError (`OverflowError`) for an integer beyond all floats */
export function toFloat(value: bigint | number): number {
  const float = Number(value);
  if (typeof value === "bigint" && !Number.isFinite(float)) {
    throw new PythonError("OverflowError", "int too large to convert to float");
  }
  return float;
}
