/**
 * Sentence ends in plain text, as byte strings (one character a byte of UTF-8). A sentence ends after `.`, `!` or `?`
 * (and closing quotation marks or brackets) before white space, after `。`, `！`, `？` before anything, and before a line
 * break; the white space opens the next sentence. The number of a list item (`1.`) ends none.
 */
import { isSpace } from "./cursor.js";

const bytesOf = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));

const wideStops = ["。", "！", "？"].map(bytesOf);
const wideFollowers = ["。", "！", "？", "”", "’", "」", "』", "）"].map(bytesOf);
const wideMarks = /(?:\xe2\x80[\x99\x9d]|\xe3\x80[\x8d\x8f]|\xef\xbc\x89)*$/;
const closingMarks = /(?:["')\]*_]|\xe2\x80[\x99\x9d])*$/;

/** The longest tail that is looked at to tell whether a sentence ends. */
const tailLength = 24;

/** Offsets after `start` at which sentences end and further text follows, ascending. */
export function sentenceEnds(text: string, start: number): number[] {
  const ends: number[] = [];
  for (let at = start + 1; at < text.length; at++) {
    if (isSpace(text.charCodeAt(at - 1))) continue;
    if (isSpace(text.charCodeAt(at)) ? endsBeforeSpace(text, start, at) : endsBeforeText(text, start, at))
      ends.push(at);
  }
  return ends;
}

/** A line break, or a full stop that is not a list item's. */
function endsBeforeSpace(text: string, start: number, at: number): boolean {
  const space = text[at];
  if (space === "\n" || space === "\r") return true;
  const tail = text.slice(Math.max(start, at - tailLength), at).replace(closingMarks, "");
  if (wideStops.some((stop) => tail.endsWith(stop))) return true;
  return /[.!?]$/.test(tail) && !/(?:^|\n)[ \t]*\d+\.$/.test(tail);
}

/** A wide full stop, unless what closes the sentence follows or may still do. */
function endsBeforeText(text: string, start: number, at: number): boolean {
  if (text.charCodeAt(at - 1) < 0x80) return false;
  const tail = text.slice(Math.max(start, at - tailLength), at);
  const unmarked = tail.replace(wideMarks, "");
  if (!wideStops.some((stop) => unmarked.endsWith(stop))) return false;
  const next = text.slice(at, at + 3);
  return !wideFollowers.some((follower) => follower.startsWith(next));
}
