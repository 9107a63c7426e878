/** What the parsers of values share: one value is the whole text, and values nest only so deep. */
import type { CallSyntaxFailure, Literal } from "../spec/index.js";
import { type Cursor, fail, skipSpace } from "./cursor.js";

/** A value, or why the text is none. */
export type LiteralParse = { readonly ok: true; readonly literal: Literal } | CallSyntaxFailure;

/** The value that the whole text is, white space around it aside. A cursor that has failed already reads nothing. */
export function readWhole(cursor: Cursor, read: (cursor: Cursor) => Literal | undefined): LiteralParse {
  skipSpace(cursor);
  const literal = cursor.failure === undefined ? read(cursor) : undefined;
  skipSpace(cursor);
  if (cursor.failure === undefined && cursor.position < cursor.text.length)
    fail(cursor, "trailing-text", "Text follows the value.");
  if (cursor.failure !== undefined) return cursor.failure;
  if (literal !== undefined) return { ok: true, literal };
  return { ok: false, rule: "value", message: "No value stands here.", position: 0 };
}

/** What `read` reads one level deeper; a failure where that is too deep. */
export function readNested(
  cursor: Cursor,
  deepest: number,
  read: (cursor: Cursor) => Literal | undefined,
): Literal | undefined {
  if (cursor.depth >= deepest)
    return fail(cursor, "too-deep", `Values are nested more than ${deepest} deep.`);
  cursor.depth++;
  const literal = read(cursor);
  cursor.depth--;
  return literal;
}
