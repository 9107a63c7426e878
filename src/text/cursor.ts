/**
 * The place where a parser stands in a text, and the one failure it may come to. Readers return `undefined` once they
 * have failed; nothing is thrown.
 */
import type { CallSyntaxFailure } from "../spec/index.js";

/** What can be wrong with the text of calls. Stable identifiers: reports count them. */
export type SyntaxRule =
  | "too-long"
  | "too-deep"
  | "not-a-list"
  | "function-name"
  | "argument-name"
  | "positional-argument"
  | "value"
  | "unquoted-value"
  | "number"
  | "number-range"
  | "string-prefix"
  | "string-escape"
  | "string-newline"
  | "separator"
  | "unclosed"
  | "trailing-text";

/** Texts longer than this, in UTF-16 units, are refused unread. */
export const longestText = 1_000_000;

/** Values nested deeper than this are refused. */
export const deepestNesting = 100;

/** Reading state: one per text. */
export interface Cursor {
  readonly text: string;
  position: number;
  depth: number;
  failure: CallSyntaxFailure | undefined;
}

/** A cursor at the start of a text, already failed where the text is too long. */
export function createCursor(text: string): Cursor {
  const cursor: Cursor = { text, position: 0, depth: 0, failure: undefined };
  if (text.length > longestText)
    fail(cursor, "too-long", `The text is longer than ${longestText} characters.`);
  return cursor;
}

/** Notes a failure; the first one counts. */
export function fail(
  cursor: Cursor,
  rule: SyntaxRule,
  message: string,
  position = cursor.position,
): undefined {
  cursor.failure ??= { ok: false, rule, message, position };
  return undefined;
}

/** Notes that neither of the expected characters follows: a text that ends too soon, or a wrong character. */
export function failExpecting(cursor: Cursor, expected: string): undefined {
  if (cursor.position >= cursor.text.length)
    return fail(cursor, "unclosed", `The text ends where ${expected} should follow.`);
  const found = JSON.stringify(cursor.text[cursor.position]);
  return fail(cursor, "separator", `Found ${found} where ${expected} should follow.`);
}

/** Moves over white space as Python knows it inside of brackets. */
export function skipSpace(cursor: Cursor): void {
  while (isSpace(cursor.text.charCodeAt(cursor.position))) cursor.position++;
}

/** Space, tab, line feed, carriage return, form feed. */
export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13 && code !== 11);
}

/** Moves over the character and tells whether it was there. */
export function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.position] !== character) return false;
  cursor.position++;
  return true;
}

/** Moves over what the sticky expression matches here, and returns it. */
export function takeMatch(cursor: Cursor, sticky: RegExp): string | undefined {
  sticky.lastIndex = cursor.position;
  const match = sticky.exec(cursor.text)?.[0];
  if (match !== undefined) cursor.position += match.length;
  return match;
}

/** Values between commas, and whether a comma stood after the last. */
export interface Separated<T> {
  readonly values: T[];
  readonly trailingComma: boolean;
}

/**
 * Values separated by commas up to the closing character, which is taken too. As in Python one comma may stand before
 * it, but not alone. `undefined` after a failure, of `read` or of the separators.
 */
export function readSeparated<T>(
  cursor: Cursor,
  close: string,
  read: (cursor: Cursor) => T | undefined,
): Separated<T> | undefined {
  const values: T[] = [];
  let trailingComma = false;
  skipSpace(cursor);
  while (!take(cursor, close)) {
    const value = read(cursor);
    if (value === undefined) return undefined;
    values.push(value);
    skipSpace(cursor);
    trailingComma = take(cursor, ",");
    if (!trailingComma && cursor.text[cursor.position] !== close)
      return failExpecting(cursor, `a comma or ${JSON.stringify(close)}`);
    skipSpace(cursor);
  }
  return { values, trailingComma };
}
