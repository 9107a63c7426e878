/**
 * Where the fragments of a response end (method.md §3b): after the `(` of a call; after a complete `name=value` with
 * its comma or closing bracket; after the `]` of the list of calls; at sentence ends in plain text. Decided by the
 * state of the grammar, never by characters inside of strings, values or names.
 *
 * It reads texts that are broken or not finished, and gives for a beginning of a text the first of the boundaries that
 * it gives for the whole: while a name may still turn out to be a longer known one, nothing is decided. Texts are byte
 * strings, one character a byte of UTF-8, because tokens are; all structure is ASCII.
 */
import { isSpace } from "./cursor.js";
import { sentenceEnds } from "./sentence-ends.js";

/** Scanning state: the text, the place, and the boundaries found. */
interface Scan {
  readonly text: string;
  readonly names: readonly string[];
  position: number;
  readonly ends: number[];
}

/**
 * Offsets at which fragments end, ascending, each in (0, length]. `names` are the known function names as byte
 * strings, longest first. The end of the text is no boundary by itself.
 */
export function scanFragments(text: string, names: readonly string[]): number[] {
  const scan: Scan = { text, names, position: 0, ends: [] };
  skip(scan, "");
  if (text[scan.position] !== "[") return sentenceEnds(text, 0);
  scan.position++;
  while (scanCall(scan));
  return scan.ends;
}

/** One call, or the end of the list; false where nothing follows that could be one. */
function scanCall(scan: Scan): boolean {
  skip(scan, ",");
  if (scan.position >= scan.text.length) return false;
  if (scan.text[scan.position] === "]") return endList(scan);
  const bracket = findBracket(scan);
  if (bracket === undefined) return false;
  scan.position = bracket;
  if (scan.text[bracket] === "]") return endList(scan);
  endFragment(scan);
  return scanArguments(scan);
}

/**
 * The offset of the `(` after the function name that begins here, or of a `]` that ends the list before one comes;
 * `undefined` where the text ends too soon to tell.
 */
function findBracket({ text, names, position }: Scan): number | undefined {
  for (const name of names) {
    if (name.length > text.length - position && name.startsWith(text.slice(position))) return undefined;
    if (!text.startsWith(name, position)) continue;
    let at = position + name.length;
    while (isSpace(text.charCodeAt(at))) at++;
    if (at >= text.length) return undefined;
    if (text[at] === "(") return at;
  }
  const offset = text.slice(position).search(/[(\]]/);
  return offset < 0 ? undefined : position + offset;
}

/** Arguments up to the closing bracket of the call; false where the text or the list ends before. */
function scanArguments(scan: Scan): boolean {
  for (;;) {
    skip(scan, ",");
    if (scan.text[scan.position] === ")") {
      scan.position++;
      return true;
    }
    skipArgument(scan);
    const end = scan.text[scan.position];
    if (end === undefined) return false;
    if (end === "]") return endList(scan);
    endFragment(scan);
    if (end === ")") return true;
  }
}

/** Moves to the comma or bracket that ends the argument, over strings and whatever is in brackets. */
function skipArgument(scan: Scan): void {
  const { text } = scan;
  let depth = 0;
  for (; scan.position < text.length; scan.position++) {
    const character = text[scan.position]!;
    if (character === '"' || character === "'") skipString(scan);
    else if (character === "(" || character === "[" || character === "{") depth++;
    else if (depth === 0 && (character === "," || character === ")" || character === "]")) return;
    else if (depth > 0 && (character === ")" || character === "]" || character === "}")) depth--;
  }
}

/** Moves to the last character of the string that begins here; an apostrophe within a word begins none. */
function skipString(scan: Scan): void {
  const { text, position } = scan;
  const before = text.slice(Math.max(0, position - 3), position);
  if (/[\w\x80-\xff]$/.test(before) && !/(?:^|[^\w\x80-\xff])[rRbBuUfF]{1,2}$/.test(before)) return;
  const quote = text[position]!;
  const closing = text.startsWith(quote.repeat(3), position) ? quote.repeat(3) : quote;
  let at = position + closing.length;
  while (at < text.length && !text.startsWith(closing, at)) at += text[at] === "\\" ? 2 : 1;
  scan.position = Math.min(text.length, at + closing.length) - 1;
}

/** After the list come sentences, if anything. */
function endList(scan: Scan): false {
  endFragment(scan);
  scan.ends.push(...sentenceEnds(scan.text, scan.position));
  return false;
}

/** Moves over the character here and notes that a fragment ends after it. */
function endFragment(scan: Scan): void {
  scan.position++;
  scan.ends.push(scan.position);
}

/** Moves over white space and any of the characters. */
function skip(scan: Scan, characters: string): void {
  const { text } = scan;
  while (
    scan.position < text.length &&
    (isSpace(text.charCodeAt(scan.position)) || characters.includes(text[scan.position]!))
  )
    scan.position++;
}
