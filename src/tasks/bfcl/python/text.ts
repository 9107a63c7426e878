/** Python's operations on text, which differ from JavaScript's in white space, line ends and the order of characters. */

const SPACE = new Set([
  9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
]);

/** Whether `str.isspace` holds for the UTF-16 unit. */
export function isSpace(code: number): boolean {
  return SPACE.has(code) || (code >= 0x2000 && code <= 0x200a);
}

/** `str.strip()`. */
export function strip(text: string): string {
  return stripWhere(text, isSpace);
}

/** `str.strip(characters)`. */
export function stripCharacters(text: string, characters: string): string {
  return stripWhere(text, (code) => characters.includes(String.fromCharCode(code)));
}

function stripWhere(text: string, drops: (code: number) => boolean): string {
  let start = 0;
  let end = text.length;
  while (start < end && drops(text.charCodeAt(start))) start++;
  while (end > start && drops(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** `str.rstrip(character)`. */
export function stripEnd(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end--;
  return text.slice(0, end);
}

/** `str.splitlines()`. */
export function splitLines(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are Python's line ends
  const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** `str.split()`: words between any white space. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let index = 0; index <= text.length; index++) {
    const inside = index < text.length && !isSpace(text.charCodeAt(index));
    if (inside && start < 0) start = index;
    if (!inside && start >= 0) {
      words.push(text.slice(start, index));
      start = -1;
    }
  }
  return words;
}

/** `len(text)`: code points. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let index = 0; index + 1 < text.length; index++) {
    if (isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1))) {
      length--;
      index++;
    }
  }
  return length;
}

/** Order of two texts by code point: negative, 0 or positive. */
export function compareText(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const first = one.charCodeAt(index);
    const second = other.charCodeAt(index);
    if (first !== second) return rank(first) - rank(second);
  }
  return one.length - other.length;
}

/** Surrogates stand for code points above all others of 16 bits. */
function rank(code: number): number {
  return code >= 0xd800 && code <= 0xdfff ? code + 0x10000 : code;
}

/** True where a surrogate stands alone: such a text has no UTF-8 form. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
