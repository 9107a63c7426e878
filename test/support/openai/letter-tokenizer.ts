import type { Tokenizer } from "../../../src/spec/index.js";

/** One token a character: id n is the n-th character from `a` on. */
export function letterTokenizer(vocabularySize: number): Tokenizer {
  const first = "a".charCodeAt(0);
  return {
    vocabularySize,
    specialTokens: [],
    encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0) - first),
    decode: (ids) => ids.map((id) => String.fromCharCode(first + id)).join(""),
    bytes: (id) => Uint8Array.of(first + id),
    tokenId: (content) => (content.length === 1 ? content.charCodeAt(0) - first : undefined),
  };
}
