/** Searches that regular expressions would do, in time linear in the text. */

/** Texts longer than this, in UTF-16 units, are not searched: they stay texts. */
export const LONGEST_CONVERTED = 50_000;

/** The offset after white space. */
export function afterSpace(text: string, position: number): number {
  let at = position;
  while (at < text.length && /\s/.test(text[at]!)) at++;
  return at;
}

/** The first `end` from `start` on that stands on the same line; -1 where there is none. */
export function onSameLine(text: string, end: string, start: number): number {
  const found = text.indexOf(end, start);
  if (found < 0) return -1;
  const line = text.indexOf("\n", start);
  return line >= 0 && line < found ? -1 : found;
}

/** The texts between each `open` and the next `close` on its line, at least one character long, left to right. */
export function between(text: string, open: string, close: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf(open, from);
    if (start < 0) return found;
    const body = start + open.length;
    const end = text.indexOf(close, body + 1);
    if (end < 0) return found;
    const line = text.indexOf("\n", body);
    if (line >= 0 && line < end) from = line + 1;
    else {
      found.push(text.slice(body, end));
      from = end + close.length;
    }
  }
}
