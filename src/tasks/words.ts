/** The words of a text as numbers: runs of letters and digits, upper and lower case the same; a CJK character is a word. */

/** Visits the words in order: a hash that is not 0, and where the word stands. */
export function eachWord(lowerCase: string, visit: (hash: number, start: number, end: number) => void): void {
  let hash = 0;
  let start = 0;
  for (let index = 0; index < lowerCase.length; index += 1) {
    const code = lowerCase.charCodeAt(index);
    const wide = code >= 0x2e80 && code < 0xd800;
    if (isWordCode(code) && !wide) {
      if (hash === 0) start = index;
      hash = Math.imul(hash ^ code, 0x01000193) || 1;
    } else {
      if (hash !== 0) visit(hash, start, index);
      hash = 0;
      if (wide) visit(code, index, index + 1);
    }
  }
  if (hash !== 0) visit(hash, start, lowerCase.length);
}

function isWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code > 0xbf;
}
