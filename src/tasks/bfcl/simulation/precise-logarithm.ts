/** `mpmath.log(value) / mpmath.log(base)` at a number of decimal digits, as the `mpf` that Python prints. */
import { makeInteger } from "../python/builtins.js";
import { asNumber } from "../python/equality.js";
import { PythonError } from "../python/error.js";
import {
  type BigFloat,
  bitCount,
  divide,
  fromFloat,
  naturalLogarithm,
  roundTo,
} from "../python/high-precision.js";
import { repr } from "../python/repr.js";
import { PythonObject, type PythonValue } from "../python/value.js";

/** Digits beyond this are refused: the time grows with their square. */
const MOST_DIGITS = 1000;

/** Bits of a decimal digit, with mpmath's spelling of the constant. */
const BITS_PER_DIGIT = 3.3219280948873626;

/** @throws PythonError for what mpmath refuses, and for more than 1000 digits */
export function preciseLogarithm(
  value: PythonValue,
  base: PythonValue,
  precision: PythonValue,
): PythonObject {
  const digits = makeInteger(precision);
  if (digits > MOST_DIGITS) throw new PythonError("MemoryError", "");
  const bits = Math.max(1, roundEven((Number(digits) + 1) * BITS_PER_DIGIT));
  const top = logarithm(value, bits);
  const bottom = logarithm(base, bits);
  return new PythonObject("mpf", quotientText(top, bottom, bits));
}

/** A logarithm: real, minus infinity, or with π times the imaginary unit for a negative number. */
interface Logarithm {
  readonly real: BigFloat | "-inf" | "inf";
  readonly negative: boolean;
}

function logarithm(value: PythonValue, bits: number): Logarithm {
  const number = asNumber(value) ?? textNumber(value, bits);
  if (number === undefined) throw new PythonError("TypeError", `cannot create mpf from ${repr(value)}`);
  if (typeof number === "number" && !Number.isFinite(number)) return { real: "inf", negative: number < 0 };
  const exact = exactNumber(number);
  if (exact.mantissa === 0n) return { real: "-inf", negative: false };
  const size = exact.mantissa < 0n ? { ...exact, mantissa: -exact.mantissa } : exact;
  return { real: naturalLogarithm(size, bits), negative: exact.mantissa < 0n };
}

function exactNumber(number: bigint | number | BigFloat): BigFloat {
  if (typeof number === "bigint") return { mantissa: number, exponent: 0 };
  return typeof number === "number" ? fromFloat(number) : number;
}

/** Powers of ten in texts beyond this are refused. */
const LARGEST_POWER = 5000;

/** A text as mpmath reads it, rounded to so many bits: a decimal number, or a fraction of whole numbers. */
function textNumber(value: PythonValue, bits: number): BigFloat | undefined {
  if (typeof value !== "string") return undefined;
  const fraction = /^\s*([+-]?\d+)\s*\/\s*([+-]?[1-9]\d*)\s*$/.exec(value);
  if (fraction !== null) return ratio(BigInt(fraction[1]!), BigInt(fraction[2]!), bits);
  const decimal = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?\s*$/.exec(value);
  if (decimal === null || (decimal[2] === "" && (decimal[3] ?? "") === "")) return undefined;
  const [, sign, whole = "", part = "", power = "0"] = decimal;
  const exponent = Number(power) - part.length;
  if (Math.abs(exponent) > LARGEST_POWER) throw new PythonError("MemoryError", "");
  const digits = BigInt(`${sign === "-" ? "-" : ""}${whole}${part}`);
  const scale = 10n ** BigInt(Math.abs(exponent));
  return exponent >= 0 ? ratio(digits * scale, 1n, bits) : ratio(digits, scale, bits);
}

function ratio(numerator: bigint, denominator: bigint, bits: number): BigFloat {
  return divide({ mantissa: numerator, exponent: 0 }, { mantissa: denominator, exponent: 0 }, bits);
}

function quotientText(top: Logarithm, bottom: Logarithm, bits: number): string {
  if (top.negative || bottom.negative) return complexQuotientText(top, bottom, bits);
  if (typeof bottom.real === "string") {
    return typeof top.real === "string" ? "mpf('nan')" : "mpf('0.0')";
  }
  if (bottom.real.mantissa === 0n) throw new PythonError("ZeroDivisionError", "");
  if (typeof top.real === "string") {
    const positive = (top.real === "inf") === bottom.real.mantissa > 0n;
    return positive ? "mpf('+inf')" : "mpf('-inf')";
  }
  return `mpf('${decimalText(divide(top.real, bottom.real, bits), shownDigits(bits))}')`;
}

/** (a + iπ) / (c + id), where π stands for the logarithm of −1. */
function complexQuotientText(top: Logarithm, bottom: Logarithm, bits: number): string {
  if (typeof top.real === "string" || typeof bottom.real === "string") {
    throw new PythonError("ValueError", "logarithms of infinite negative numbers are not simulated");
  }
  const pi = roundTo({ mantissa: fixedPi(bits + 20), exponent: -bits - 20 }, bits);
  const zero = { mantissa: 0n, exponent: 0 };
  const parts = [top.real, top.negative ? pi : zero, bottom.real, bottom.negative ? pi : zero];
  const least = Math.min(...parts.map(({ exponent }) => exponent));
  const whole = ({ mantissa, exponent }: BigFloat) => mantissa << BigInt(exponent - least);
  const [a, b, c, d] = parts.map(whole) as [bigint, bigint, bigint, bigint];
  const size = c * c + d * d;
  if (size === 0n) throw new PythonError("ZeroDivisionError", "");
  const part = (numerator: bigint) =>
    decimalText(
      divide({ mantissa: numerator, exponent: 0 }, { mantissa: size, exponent: 0 }, bits),
      shownDigits(bits),
    );
  return `mpc(real='${part(a * c + b * d)}', imag='${part(b * c - a * d)}')`;
}

/** π · 2^bits by Machin's formula. */
function fixedPi(bits: number): bigint {
  const scale = 1n << BigInt(bits + 16);
  const inverseTangent = (x: bigint) => {
    let term = scale / x;
    let total = 0n;
    for (let odd = 1n; term !== 0n; odd += 2n) {
      total += odd % 4n === 1n ? term / odd : -(term / odd);
      term /= x * x;
    }
    return total;
  };
  return (16n * inverseTangent(5n) - 4n * inverseTangent(239n)) >> 16n;
}

/** Digits that mpmath prints of a number of so many bits. */
function shownDigits(bits: number): number {
  const digits = Math.max(1, roundEven(bits / BITS_PER_DIGIT - 1));
  return digits === 15 ? 17 : digits + 3;
}

function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** The number with so many significant digits, trailing zeros dropped; an exponent below 1e-5 or beyond the digits. */
function decimalText(value: BigFloat, digits: number): string {
  if (value.mantissa === 0n) return "0.0";
  const negative = value.mantissa < 0n;
  const size = negative ? -value.mantissa : value.mantissa;
  const { text, exponent } = significant({ mantissa: size, exponent: value.exponent }, digits);
  const least = Math.min(-Math.floor(digits / 3), -5);
  const plain = exponent > least && exponent < digits;
  const point = plain ? pointText(text, exponent) : pointText(text, 0);
  const suffix = plain ? "" : `e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
  return `${negative ? "-" : ""}${point}${suffix}`;
}

/** The digits of a positive number, and the power of ten of the first one. */
function significant({ mantissa, exponent }: BigFloat, digits: number): { text: string; exponent: number } {
  let power = Math.floor((bitCount(mantissa) + exponent - 1) * Math.LOG10E * Math.LN2);
  for (;;) {
    // Three digits more, cut off; the next one decides, from 5 upwards.
    const shift = digits + 2 - power;
    const numerator =
      mantissa * (shift > 0 ? 10n ** BigInt(shift) : 1n) * (exponent > 0 ? 1n << BigInt(exponent) : 1n);
    const denominator =
      (shift < 0 ? 10n ** BigInt(-shift) : 1n) * (exponent < 0 ? 1n << BigInt(-exponent) : 1n);
    const text = (numerator / denominator).toString();
    if (text.length === digits + 3) return roundDigits(text, digits, power);
    power += text.length - digits - 3;
  }
}

function roundDigits(text: string, digits: number, exponent: number): { text: string; exponent: number } {
  const kept = BigInt(text.slice(0, digits)) + (text[digits]! >= "5" ? 1n : 0n);
  const rounded = kept.toString();
  return rounded.length > digits
    ? { text: rounded.slice(0, digits), exponent: exponent + 1 }
    : { text: rounded, exponent };
}

function pointText(digits: string, exponent: number): string {
  const padded = exponent < 0 ? "0".repeat(-exponent) + digits : digits.padEnd(exponent + 1, "0");
  const whole = Math.max(exponent, 0) + 1;
  const fraction = padded.slice(whole).replace(/0+$/, "");
  return `${padded.slice(0, whole)}.${fraction === "" ? "0" : fraction}`;
}
