import fc from "fast-check";
import { expect, it } from "vitest";
import { narrowToBfloat16, narrowToFloat16, widenBfloat16, widenFloat16 } from "./number-format.js";

/** Value of a binary16 pattern by the definition of the format. */
function halfByDefinition(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const allBits = Uint16Array.from({ length: 65536 }, (_, index) => index);

it("widens every half to the value that the format defines", () => {
  expect(Array.from(widenFloat16(allBits))).toEqual(Array.from(allBits, halfByDefinition));
});

it("narrows every widened half and bfloat back to its own bits", () => {
  const isNumber = (value: number): boolean => !Number.isNaN(value);
  for (const [widen, narrow] of [
    [widenFloat16, narrowToFloat16] as const,
    [widenBfloat16, narrowToBfloat16] as const,
  ]) {
    const wide = widen(allBits);
    const { bits, overflows } = narrow(wide);
    expect(Array.from(bits).filter((_, index) => isNumber(wide[index]!))).toEqual(
      Array.from(allBits).filter((_, index) => isNumber(wide[index]!)),
    );
    expect(overflows).toBe(0);
    expect(widen(narrow(new Float32Array([NaN])).bits)[0]).toBeNaN();
  }
});

it("narrows to the nearest half, ties to even", () => {
  const finite = fc.float({ min: -70000, max: 70000, noNaN: true });
  fc.assert(
    fc.property(finite, (value) => {
      const [bits] = narrowToFloat16(new Float32Array([value])).bits;
      const got = halfByDefinition(bits!);
      if (Math.abs(value) >= 65520) {
        expect(Math.abs(got)).toBe(Infinity);
        return;
      }
      const magnitude = bits! & 0x7fff;
      const sign = bits! & 0x8000;
      const neighbours = [Math.abs(magnitude - 1), magnitude + 1].map((other) =>
        halfByDefinition(sign | other),
      );
      const nearest = Math.min(...neighbours.map((other) => Math.abs(other - value)));
      expect(Math.abs(got - value)).toBeLessThanOrEqual(nearest);
      if (Math.abs(got - value) === nearest) expect(bits! % 2).toBe(0);
    }),
  );
});

it.each([
  ["just above 1 rounds down", 1 + 2 ** -9, 0x3f80],
  ["tie goes to even below", 1 + 2 ** -8, 0x3f80],
  ["tie goes to even above", 1 + 3 * 2 ** -8, 0x3f82],
  ["more than half rounds up", 1 + 2 ** -8 + 2 ** -20, 0x3f81],
])("bfloat16: %s", (_, value, bits) => {
  expect(narrowToBfloat16(new Float32Array([value])).bits[0]).toBe(bits);
});

it("counts finite values that became infinite", () => {
  expect(narrowToFloat16(new Float32Array([65519, 65520, -1e9, Infinity])).overflows).toBe(2);
  expect(narrowToBfloat16(new Float32Array([3.38e38, 3.4028e38, Infinity])).overflows).toBe(1);
});
