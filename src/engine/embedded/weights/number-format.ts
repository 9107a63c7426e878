/**
 * IEEE half precision (binary16) and bfloat16 ↔ float32. Widening is exact; narrowing rounds to nearest, ties to even,
 * keeps NaN a NaN and turns what is too large into an infinity. Both count the infinities that narrowing made of finite
 * numbers, so that a caller can refuse to lose a weight.
 */

/** Names of the formats as safetensors writes them. */
export type FloatFormat = "F32" | "F16" | "BF16";

/** Bytes of one value. */
export const FLOAT_BYTES: Readonly<Record<FloatFormat, number>> = { F32: 4, F16: 2, BF16: 2 };

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** Float32 values of `source`, whose elements are bfloat16 bit patterns. */
export function widenBfloat16(source: Uint16Array): Float32Array {
  const target = new Float32Array(source.length);
  const bits = new Uint32Array(target.buffer);
  for (let index = 0; index < source.length; index++) bits[index] = source[index]! << 16;
  return target;
}

/** Float32 values of `source`, whose elements are binary16 bit patterns. */
export function widenFloat16(source: Uint16Array): Float32Array {
  const target = new Float32Array(source.length);
  const bits = new Uint32Array(target.buffer);
  for (let index = 0; index < source.length; index++) bits[index] = widenHalfBits(source[index]!);
  return target;
}

/** The bit pattern in float32 of one binary16 bit pattern. */
function widenHalfBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0;
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  scratchFloat[0] = fraction * 2 ** -24;
  return (sign | scratchBits[0]!) >>> 0;
}

/** Bit patterns after narrowing, and how many finite values became infinite. */
export interface Narrowed {
  readonly bits: Uint16Array;
  readonly overflows: number;
}

/** bfloat16 bit patterns of `source`. */
export function narrowToBfloat16(source: Float32Array): Narrowed {
  return narrow(source, narrowToBfloatBits, 0x7f80);
}

/** binary16 bit patterns of `source`. */
export function narrowToFloat16(source: Float32Array): Narrowed {
  return narrow(source, narrowToHalfBits, 0x7c00);
}

function narrow(source: Float32Array, convert: (bits: number) => number, infinity: number): Narrowed {
  const bits = new Uint16Array(source.length);
  let overflows = 0;
  for (let index = 0; index < source.length; index++) {
    scratchFloat[0] = source[index]!;
    const wide = scratchBits[0]!;
    const narrowed = convert(wide);
    bits[index] = narrowed;
    if ((narrowed & 0x7fff) === infinity && (wide & 0x7fffffff) !== 0x7f800000) overflows++;
  }
  return { bits, overflows };
}

function narrowToBfloatBits(wide: number): number {
  if ((wide & 0x7fffffff) > 0x7f800000) return ((wide >>> 16) | 0x40) & 0xffff;
  return ((wide + 0x7fff + ((wide >>> 16) & 1)) >>> 16) & 0xffff;
}

function narrowToHalfBits(wide: number): number {
  const sign = (wide >>> 16) & 0x8000;
  const magnitude = wide & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | narrowToSubnormal(magnitude);
  const rebased = magnitude - (112 << 23);
  return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
}

/** Below the smallest normal half the spacing is 2^-24: round the value counted in that unit. */
function narrowToSubnormal(magnitude: number): number {
  scratchBits[0] = magnitude;
  const units = scratchFloat[0]! * 2 ** 24;
  const below = Math.floor(units);
  const rest = units - below;
  const roundUp = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return roundUp ? below + 1 : below;
}
