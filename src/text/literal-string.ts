/**
 * Python string literals: single, double and triple quotes, prefixes `r` and `u`, escapes, adjacent literals joined.
 *
 * As in Python an unknown escape (`\d`, also JSON's `\/`) keeps its backslash, and a line break ends a string with
 * single quotation marks in failure. Beyond Python, JSON's pairs of `\ud83d\ude00` make one character. Failures, never
 * guesses: bytes, f-strings, `\N{…}`, `\x` and `\u` without their digits.
 */
import type { StringLiteral } from "../spec/index.js";
import { type Cursor, fail, skipSpace, takeMatch } from "./cursor.js";

const opening = /(?:[rRbBuUfF]{1,2})?(?:"""|'''|"|')/y;

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["\n", ""],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

/** How many hexadecimal digits follow each of these. */
const hexEscapes: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);

/** True where a string literal begins here. */
export function atString(cursor: Cursor): boolean {
  opening.lastIndex = cursor.position;
  return opening.test(cursor.text);
}

/** A string literal and those that follow it with nothing but white space between. */
export function readStrings(cursor: Cursor): StringLiteral | undefined {
  const start = cursor.position;
  let value = "";
  for (;;) {
    const part = readString(cursor);
    if (part === undefined) return undefined;
    value += part;
    const end = cursor.position;
    skipSpace(cursor);
    if (atString(cursor)) continue;
    cursor.position = end;
    return { kind: "string", value, source: cursor.text.slice(start, end) };
  }
}

function readString(cursor: Cursor): string | undefined {
  const start = cursor.position;
  const open = takeMatch(cursor, opening)!;
  const quote = open.endsWith(open.at(-1)!.repeat(3)) ? open.slice(-3) : open.slice(-1);
  const prefix = open.slice(0, open.length - quote.length).toLowerCase();
  if (!["", "r", "u"].includes(prefix))
    return fail(cursor, "string-prefix", `Strings with the prefix ${prefix} are no values here.`, start);
  return readBody(cursor, quote, prefix === "r", start);
}

/** The text up to the closing quotation mark, decoded. */
function readBody(cursor: Cursor, quote: string, raw: boolean, start: number): string | undefined {
  const { text } = cursor;
  let value = "";
  let plain = cursor.position;
  while (cursor.position < text.length) {
    const character = text[cursor.position]!;
    if (character === "\\") {
      value += text.slice(plain, cursor.position);
      const decoded = raw ? readRawEscape(cursor) : readEscape(cursor);
      if (decoded === undefined) return undefined;
      value += decoded;
      plain = cursor.position;
    } else if (character === quote[0] && text.startsWith(quote, cursor.position)) {
      value += text.slice(plain, cursor.position);
      cursor.position += quote.length;
      return value;
    } else if ((character === "\n" || character === "\r") && quote.length === 1) {
      return fail(cursor, "string-newline", "A line break stands inside of a string; write it as \\n.");
    } else cursor.position++;
  }
  return fail(cursor, "unclosed", "A string has no closing quotation mark.", start);
}

/** In a raw string the backslash stays, and with it a quotation mark that it protects. */
function readRawEscape(cursor: Cursor): string {
  const pair = cursor.text.slice(cursor.position, cursor.position + 2);
  cursor.position += pair.length;
  return pair;
}

function readEscape(cursor: Cursor): string | undefined {
  const code = cursor.text[cursor.position + 1];
  if (code === undefined) return fail(cursor, "unclosed", "The text ends after a backslash.");
  const simple = simpleEscapes.get(code);
  const digits = hexEscapes.get(code);
  if (digits !== undefined) return readHexEscape(cursor, digits);
  if (code >= "0" && code <= "7") return readOctalEscape(cursor);
  if (code === "N") return fail(cursor, "string-escape", "Characters by name (\\N{…}) are not supported.");
  cursor.position += 2;
  return simple ?? `\\${code}`;
}

function readHexEscape(cursor: Cursor, digits: number): string | undefined {
  const first = cursor.position + 2;
  const hex = cursor.text.slice(first, first + digits);
  const code = /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : Infinity;
  if (code > 0x10ffff)
    return fail(
      cursor,
      "string-escape",
      `\\${cursor.text[first - 1]} needs ${digits} hexadecimal digits of a character.`,
    );
  cursor.position = first + digits;
  return String.fromCodePoint(code);
}

function readOctalEscape(cursor: Cursor): string {
  cursor.position++;
  return String.fromCodePoint(Number.parseInt(takeMatch(cursor, /[0-7]{1,3}/y)!, 8));
}
