/** Python's `**` on numbers. */
import { requireAllowance } from "./allowance.js";
import { PythonError } from "./error.js";
import { correctlyRoundedPower } from "./high-precision.js";
import { bitLength, toFloat } from "./number-text.js";
import { PythonComplex } from "./value.js";

/** Largest integer that an operator makes, in bits. */
export const MOST_BITS = 1 << 20;

/** What a correctly rounded power counts for. */
const COST_OF_PRECISION = 1000;

/**
 * base ** exponent: an integer for a whole exponent of an integer, a complex number for a broken exponent of a negative
 * number, else a float.
 *
 * @throws PythonError (`ZeroDivisionError`, `OverflowError`, `MemoryError`)
 */
export function power(base: bigint | number, exponent: bigint | number): bigint | number | PythonComplex {
  if (typeof base === "bigint" && typeof exponent === "bigint" && exponent >= 0n)
    return integerPower(base, exponent);
  const one = toFloat(base);
  const other = toFloat(exponent);
  if (one === 0 && other < 0) {
    throw new PythonError("ZeroDivisionError", "0.0 cannot be raised to a negative power");
  }
  if (one < 0 && Number.isFinite(one) && Number.isFinite(other) && !Number.isInteger(other)) {
    return complexPower(one, other);
  }
  const value = floatPower(one, other);
  if (!Number.isFinite(value) && Number.isFinite(one) && Number.isFinite(other)) {
    throw new PythonError("OverflowError", "(34, 'Numerical result out of range')");
  }
  return value;
}

function integerPower(base: bigint, exponent: bigint): bigint {
  if (base === 0n || base === 1n || exponent === 0n) return exponent === 0n ? 1n : base;
  if (base === -1n) return exponent % 2n === 0n ? 1n : -1n;
  if (exponent > BigInt(MOST_BITS) || Number(exponent) * bitLength(base) > MOST_BITS) {
    throw new PythonError("MemoryError", "");
  }
  requireAllowance(Number(exponent) * bitLength(base));
  return base ** exponent;
}

/** C's `pow`, which is within a hair of correctly rounded where JavaScript's is not always. */
function floatPower(base: number, exponent: number): number {
  if (base === 1 || exponent === 0) return 1;
  if (base === -1 && !Number.isFinite(exponent)) return 1;
  if (!Number.isFinite(base) || !Number.isFinite(exponent) || base === 0) return base ** exponent;
  if (exponent === 1) return base;
  if (exponent === 2) return base * base;
  if (exponent === -1) return 1 / base;
  if (exponent === 0.5) return Math.sqrt(base);
  requireAllowance(COST_OF_PRECISION);
  return correctlyRoundedPower(base, exponent);
}

function complexPower(base: number, exponent: number): PythonComplex {
  const length = floatPower(-base, exponent);
  const angle = Math.PI * exponent;
  return new PythonComplex(length * Math.cos(angle), length * Math.sin(angle));
}
