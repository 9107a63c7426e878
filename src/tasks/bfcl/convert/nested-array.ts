/**
 * The official converter's pattern of an array of arrays. As a regular expression it can take exponential time; here each
 * place is decided once, from the end of the text, with the same preferences.
 */
import { afterSpace } from "./find.js";

/** Steps after which a text counts as no array of arrays. */
const MOST_STEPS = 2_000_000;

/** The array of arrays that the text begins with, or `undefined`: `[[…], […]]` or `new Array([…], […])`. */
export function matchNestedArray(text: string): string | undefined {
  const open = /^(?:\[|new\s+Array\()\s*\[/.exec(text)?.[0];
  if (open === undefined) return undefined;
  const end = new ArrayMatcher(text, open.startsWith("[") ? "]" : ")").matchItems(open.length);
  return end === undefined ? undefined : text.slice(0, end);
}

class ArrayMatcher {
  readonly #text: string;
  readonly #close: string;
  /** Per offset after an item: the end of the match, or -1. */
  readonly #ends = new Map<number, number>();
  #steps = 0;

  constructor(text: string, close: string) {
    this.#text = text;
    this.#close = close;
  }

  /** The end of the match where the body of an inner array begins at `start`. */
  matchItems(start: number): number | undefined {
    const closings = this.#closings(start);
    // From the last closing bracket backwards, so that what an earlier one needs is known.
    for (const closing of this.#allClosings().reverse()) this.#decide(afterSpace(this.#text, closing + 1));
    return this.#firstEnd(closings);
  }

  #decide(place: number): void {
    if (this.#ends.has(place)) return;
    let end: number | undefined;
    if (this.#text[place] === ",") {
      const next = afterSpace(this.#text, place + 1);
      if (this.#text[next] === "[") end = this.#firstEnd(this.#closings(next + 1));
    } else if (this.#text[place] === this.#close) end = place + 1;
    this.#ends.set(place, end ?? -1);
  }

  #firstEnd(closings: Iterable<number>): number | undefined {
    for (const closing of closings) {
      if (++this.#steps > MOST_STEPS) return undefined;
      const end = this.#ends.get(afterSpace(this.#text, closing + 1));
      if (end !== undefined && end >= 0) return end;
    }
    return undefined;
  }

  /** Closing square brackets from `start` to the end of its line. */
  *#closings(start: number): Generator<number> {
    const line = this.#text.indexOf("\n", start);
    const limit = line < 0 ? this.#text.length : line;
    for (let at = this.#text.indexOf("]", start); at >= 0 && at < limit; at = this.#text.indexOf("]", at + 1))
      yield at;
  }

  #allClosings(): number[] {
    const all: number[] = [];
    for (let at = this.#text.indexOf("]"); at >= 0; at = this.#text.indexOf("]", at + 1)) all.push(at);
    return all;
  }
}
