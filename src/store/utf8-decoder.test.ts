import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createUtf8Decoder } from "./utf8-decoder.js";

function decode(bytes: Uint8Array, cuts: readonly number[] = []): string {
  const decoder = createUtf8Decoder();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  const parts = places.slice(1).map((end, index) => decoder.push(bytes.subarray(places[index], end)));
  return [...parts, decoder.end()].join("");
}

/** The bytes again, with those that stood for themselves. */
function encode(text: string): number[] {
  return [...text].flatMap((character) => {
    const code = character.codePointAt(0)!;
    return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...Buffer.from(character)];
  });
}

const bytes = fc
  .array(
    fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80)),
  )
  .map((values) => Uint8Array.from(values));

describe("createUtf8Decoder", () => {
  it("reads text, wherever it is cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.nat()), (text, cuts) => {
        expect(decode(Buffer.from(text), cuts)).toBe(text);
      }),
    );
  });

  it("loses no byte of anything, and calls damage what the platform's decoder does", () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 4 }), (values, cuts) => {
        const text = decode(values, cuts);
        expect(encode(text)).toEqual([...values]);
        expect(/\p{Cs}/u.test(text)).toBe(new TextDecoder().decode(values) !== text && !isSound(values));
      }),
    );
  });

  it.each<[string, readonly number[], string]>([
    ["a Latin-1 letter", [0x61, 0xe4, 0x62], "a\udce4b"],
    ["an overlong form", [0xc0, 0xaf], "\udcc0\udcaf"],
    ["a surrogate", [0xed, 0xa0, 0x80], "\udced\udca0\udc80"],
    ["a character that is cut off", [0x61, 0xe2, 0x82], "a\udce2\udc82"],
    ["a byte order mark", [0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
  ])("shows %s", (_, values, expected) => {
    expect(decode(Uint8Array.from(values))).toBe(expected);
  });
});

function isSound(values: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(values);
    return true;
  } catch {
    return false;
  }
}
