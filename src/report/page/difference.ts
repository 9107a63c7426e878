/** Where two texts differ. */

/** A text in three: what both begin with, what is its own, what both end with. */
export interface ThreeParts {
  readonly start: string;
  readonly own: string;
  readonly end: string;
}

/**
 * Both texts in three parts. Start and end never overlap, and are cut back to the nearest border of a word, so that a value
 * is marked whole; borders are quotes, brackets, commas, colons, equal signs and space. Equal texts have no part of their own.
 */
export function splitDifference(left: string, right: string): readonly [ThreeParts, ThreeParts] {
  const [first, second] = [[...left], [...right]];
  if (left === right) return [cut(first, first.length, 0), cut(second, second.length, 0)];
  const start = toBorder(first, commonStart(first, second));
  const end = toBorder(first.toReversed(), commonEnd(first, second, start));
  return [cut(first, start, end), cut(second, start, end)];
}

function commonStart(left: readonly string[], right: readonly string[]): number {
  const shorter = Math.min(left.length, right.length);
  let length = 0;
  while (length < shorter && left[length] === right[length]) length++;
  return length;
}

function commonEnd(left: readonly string[], right: readonly string[], start: number): number {
  const longest = Math.min(left.length, right.length) - start;
  let length = 0;
  while (length < longest && left.at(-1 - length) === right.at(-1 - length)) length++;
  return length;
}

/** The largest length ≤ `length` that is 0 or ends with a border. */
function toBorder(characters: readonly string[], length: number): number {
  let border = length;
  while (border > 0 && !/[\s"'()[\]{},:=]/.test(characters[border - 1] ?? "")) border--;
  return border;
}

function cut(characters: readonly string[], start: number, end: number): ThreeParts {
  const stop = characters.length - end;
  return {
    start: characters.slice(0, start).join(""),
    own: characters.slice(start, stop).join(""),
    end: characters.slice(stop).join(""),
  };
}
