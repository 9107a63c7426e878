/** Bounds on the texts of the report: model output and imported rows can have any length. */
import type { ClippedText } from "./report-data.js";

/**
 * The text with at most `limit` UTF-16 code units: two thirds of them from its beginning, the rest from its end.
 * Never cuts between the two halves of a surrogate pair.
 */
export function clipText(text: string, limit: number): ClippedText {
  if (text.length <= limit) return { head: text, omitted: 0, tail: "" };
  const headEnd = before(text, Math.ceil((limit * 2) / 3));
  const tailStart = after(text, text.length - Math.floor(limit / 3));
  return { head: text.slice(0, headEnd), omitted: tailStart - headEnd, tail: text.slice(tailStart) };
}

function before(text: string, index: number): number {
  return splitsPair(text, index) ? index - 1 : index;
}

function after(text: string, index: number): number {
  return splitsPair(text, index) ? index + 1 : index;
}

function splitsPair(text: string, index: number): boolean {
  const code = text.codePointAt(index - 1);
  return index > 0 && index < text.length && code !== undefined && code > 0xffff;
}
