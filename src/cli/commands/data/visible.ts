/**
 * Makes imported text safe to print. Data may hold control characters that a terminal would obey; they are shown as
 * symbols instead.
 */

/** The text with every control character but line feed and tab replaced by a visible symbol. */
export function visible(text: string): string {
  return [...text].map(symbolOf).join("");
}

function symbolOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a || code === 0x09) return character;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return (code >= 0x80 && code < 0xa0) || isDirectional(code) ? `\\u{${code.toString(16)}}` : character;
}

/** Marks that reorder the text around them. */
function isDirectional(code: number): boolean {
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}
