/** Operations on text with Python's idea of white space, word characters and digits, which are all of Unicode's. */

/** Character classes for patterns with the `u` flag. White space lacks U+FEFF and has U+001C–U+001F and U+0085. */
export const whiteSpace =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
export const wordCharacter = "\\p{L}\\p{N}_";
export const digit = "\\p{Nd}";

const space = new RegExp(`[${whiteSpace}]`, "u");
const digitsOnly = new RegExp(`^${digit}+$`, "u");
const oneDigit = new RegExp(`^${digit}$`, "u");

/** `str.strip()`. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && space.test(text[start]!)) start += 1;
  while (end > start && space.test(text[end - 1]!)) end -= 1;
  return text.slice(start, end);
}

/** `strip().lower()`. */
export function foldName(text: string): string {
  return strip(text).toLowerCase();
}

/** `strip().upper()`. */
export function raiseCase(text: string): string {
  return strip(text.toUpperCase());
}

/** `str.zfill(width)`: zeros go behind a sign. */
export function zeroFill(text: string, width: number): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

/** Longest integer that Python reads from text (its guard against quadratic work). */
const longestInteger = 4300;

/** `int(text)` for text that is digits only, of any script; `undefined` for any other, also with a sign. */
export function readInteger(text: string): bigint | undefined {
  if (text.length > 2 * longestInteger || !digitsOnly.test(text)) return undefined;
  const digits = [...text].map(digitValue);
  return digits.length > longestInteger ? undefined : BigInt(digits.join(""));
}

/** The value of one digit: the digits of a script lie together in order, from zero. */
export function digitValue(character: string): number {
  const code = character.codePointAt(0)!;
  let zero = code;
  while (oneDigit.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (code - zero) % 10;
}
