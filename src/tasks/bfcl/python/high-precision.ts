/**
 * Logarithms, exponentials and square roots to any number of bits, in integers: what `mpmath` and `decimal` compute, and
 * what C's `pow` comes closest to.
 */
import { exactFraction, roundHalfEven } from "./number-text.js";

/** A number mantissa · 2^exponent. */
export interface BigFloat {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** A finite float, exactly. */
export function fromFloat(value: number): BigFloat {
  const { numerator, shift } = exactFraction(value);
  return { mantissa: numerator, exponent: -shift };
}

/** Bits of the mantissa's absolute value. */
export function bitCount(mantissa: bigint): number {
  const size = mantissa < 0n ? -mantissa : mantissa;
  return size === 0n ? 0 : size.toString(2).length;
}

/** The number rounded to so many bits, halves to even, without trailing zero bits. */
export function roundTo({ mantissa, exponent }: BigFloat, precision: number): BigFloat {
  const extra = bitCount(mantissa) - precision;
  const rounded = extra <= 0 ? mantissa : roundHalfEven(mantissa, 1n << BigInt(extra));
  return normalise({ mantissa: rounded, exponent: extra <= 0 ? exponent : exponent + extra });
}

function normalise({ mantissa, exponent }: BigFloat): BigFloat {
  if (mantissa === 0n) return { mantissa, exponent: 0 };
  const binary = (mantissa < 0n ? -mantissa : mantissa).toString(2);
  const zeros = binary.length - 1 - binary.lastIndexOf("1");
  return { mantissa: mantissa >> BigInt(zeros), exponent: exponent + zeros };
}

/** one / other, rounded to so many bits. */
export function divide(one: BigFloat, other: BigFloat, precision: number): BigFloat {
  const negative = one.mantissa < 0n !== other.mantissa < 0n;
  const [top, bottom] = [abs(one.mantissa), abs(other.mantissa)];
  const shift = BigInt(Math.max(0, precision + 8 + bitCount(bottom) - bitCount(top)));
  const quotient = (((top << shift) / bottom) << 1n) | ((top << shift) % bottom === 0n ? 0n : 1n);
  const exponent = one.exponent - other.exponent - Number(shift) - 1;
  return roundTo({ mantissa: negative ? -quotient : quotient, exponent }, precision);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** The natural logarithm of a positive number, rounded to so many bits; 0 for 1. */
export function naturalLogarithm(value: BigFloat, precision: number): BigFloat {
  const { mantissa, exponent } = normalise(value);
  if (mantissa === 1n && exponent === 0) return { mantissa: 0n, exponent: 0 };
  const bits = bitCount(mantissa);
  // Near 1 the logarithm is small and needs as many more bits as the distance to 1 has leading zeros.
  const near = bits + exponent === 0 || bits + exponent === 1 ? bits : 0;
  const working = precision + near + 32;
  return roundTo(
    { mantissa: fixedLogarithm({ mantissa, exponent }, working), exponent: -working },
    precision,
  );
}

/** ln(value) · 2^working: ln m + e · ln 2 with m in [3/4, 3/2), by the series of the inverse hyperbolic tangent. */
function fixedLogarithm({ mantissa, exponent }: BigFloat, working: number): bigint {
  const guard = working + 16;
  const bits = bitCount(mantissa);
  let shift = guard - bits;
  let scaled = shift >= 0 ? mantissa << BigInt(shift) : mantissa >> BigInt(-shift);
  let power = exponent + bits;
  if (scaled < (3n << BigInt(guard)) >> 2n) {
    scaled <<= 1n;
    power -= 1;
  }
  shift = 0;
  const one = 1n << BigInt(guard);
  const ratio = ((scaled - one) << BigInt(guard)) / (scaled + one);
  const logarithm = 2n * inverseTangent(ratio, guard);
  const two = 2n * inverseTangent(one / 3n, guard);
  return (logarithm + BigInt(power) * two) >> 16n;
}

/** artanh(x) for a fixed-point x of small size. */
function inverseTangent(ratio: bigint, bits: number): bigint {
  const scale = BigInt(bits);
  const square = (ratio * ratio) >> scale;
  let term = ratio;
  let sum = 0n;
  for (let divisor = 1n; term !== 0n && term !== -1n; divisor += 2n) {
    sum += term / divisor;
    term = (term * square) >> scale;
  }
  return sum;
}

/** base ** exponent to the nearest float: base positive, or negative with a whole exponent; neither is 0 or infinite. */
export function correctlyRoundedPower(base: number, exponent: number): number {
  const rough = base ** exponent;
  if (rough === 0 || !Number.isFinite(rough)) return rough;
  const working = 160;
  const logarithm = fixedLogarithm(normalise(fromFloat(Math.abs(base))), working);
  const power = fromFloat(exponent);
  const product = logarithm * power.mantissa;
  const scaled = power.exponent >= 0 ? product << BigInt(power.exponent) : product >> BigInt(-power.exponent);
  const value = fixedExponential(scaled, working);
  return rough < 0 ? -toNumber(value) : toNumber(value);
}

/** e^x for a fixed-point x. */
function fixedExponential(value: bigint, bits: number): BigFloat {
  const two = 2n * inverseTangent((1n << BigInt(bits)) / 3n, bits);
  const whole = value >= 0n ? value / two : -((-value + two - 1n) / two);
  const rest = value - whole * two;
  let term = 1n << BigInt(bits);
  let sum = 0n;
  for (let index = 1n; term !== 0n; index += 1n) {
    sum += term;
    term = ((term * rest) >> BigInt(bits)) / index;
  }
  return { mantissa: sum, exponent: Number(whole) - bits };
}

function toNumber({ mantissa, exponent }: BigFloat): number {
  const { mantissa: rounded, exponent: power } = roundTo({ mantissa, exponent }, 53);
  let result = Number(rounded);
  for (let rest = power; rest !== 0; ) {
    const step = Math.max(-500, Math.min(500, rest));
    result *= 2 ** step;
    rest -= step;
  }
  return result;
}

/** The largest integer whose square is not above the value. */
export function integerSquareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((bitCount(value) + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}
