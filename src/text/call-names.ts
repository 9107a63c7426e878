/**
 * Where the name of a called function ends. Names of real tools hold spaces, dots, slashes, brackets, quotation marks,
 * commas and braces, so no pattern can tell; the list of known tools does.
 */

import { isSpace } from "./cursor.js";

/** A function name in a text, and where its opening bracket stands. */
export interface NameMatch {
  readonly name: string;
  /** Offset of the `(`. */
  readonly bracket: number;
}

/** What a name that is not known may consist of, up to its opening bracket. */
const generalName = /[^\s()[\]{}'"`,=\\][^()[\]{}'"`,=\\\r\n]{0,199}[ \t\r\n\f]*\(/y;

/** The names, longest first; the empty ones left out. */
export function longestFirst(toolNames: readonly string[]): string[] {
  return toolNames.filter((name) => name !== "").sort((a, b) => b.length - a.length);
}

/**
 * The function name at `start`: the longest of the known names that an opening bracket follows (white space between is
 * fine), else any run of up to 200 characters without quotation marks, brackets, commas, `=` or line breaks.
 * `undefined` where there is neither.
 */
export function matchName(
  text: string,
  start: number,
  sortedNames: readonly string[],
): NameMatch | undefined {
  for (const name of sortedNames) {
    if (!text.startsWith(name, start)) continue;
    const bracket = afterSpace(text, start + name.length);
    if (text[bracket] === "(") return { name, bracket };
  }
  generalName.lastIndex = start;
  const general = generalName.exec(text)?.[0];
  if (general === undefined || !/[\p{L}\p{N}_]/u.test(general)) return undefined;
  return { name: general.slice(0, -1).trimEnd(), bracket: start + general.length - 1 };
}

function afterSpace(text: string, position: number): number {
  let at = position;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}
