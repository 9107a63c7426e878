/**
 * Fragments of a response as spans of token ids: the actions of the search and the parts of preference pairs.
 *
 * Boundaries are places in the bytes (fragment-scanner.ts); a token that straddles a boundary belongs to the earlier
 * fragment. Special tokens have no text here: they belong to the fragment before them, so the stop token closes the
 * last one.
 */
import type { Tokenizer } from "../spec/index.js";
import { longestFirst } from "./call-names.js";
import { scanFragments } from "./fragment-scanner.js";

/** A half-open range of token positions, never empty. */
export interface TokenSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The fragments of a response, in order and without gaps: together they are all of its tokens. `toolNames` are the
 * functions that the prompt offers; without them a name that holds brackets is cut at its first one.
 */
export function fragmentSpans(
  tokenizer: Tokenizer,
  tokens: readonly number[],
  toolNames: readonly string[] = [],
): TokenSpan[] {
  const texts = byteTexts(tokenizer, tokens);
  const spans: TokenSpan[] = [];
  let offset = 0;
  let start = 0;
  for (const boundary of [...scanFragments(texts.join(""), byteNames(toolNames)), Number.POSITIVE_INFINITY]) {
    if (boundary <= offset || start === tokens.length) continue;
    const end = tokensUpTo(texts, start, offset, boundary);
    for (const text of texts.slice(start, end)) offset += text.length;
    spans.push({ start, end });
    start = end;
  }
  return spans;
}

/**
 * How many of `fresh` make the next fragment of the response that begins with `prefix` (without the prompt). All of
 * them where no boundary comes, 0 only where `fresh` is empty. Applied again and again it gives `fragmentSpans`.
 */
export function firstFragmentEnd(
  tokenizer: Tokenizer,
  prefix: readonly number[],
  fresh: readonly number[],
  toolNames: readonly string[] = [],
): number {
  const before = byteTexts(tokenizer, prefix).join("");
  const texts = byteTexts(tokenizer, fresh);
  const boundaries = scanFragments(before + texts.join(""), byteNames(toolNames));
  const boundary = boundaries.find((end) => end > before.length) ?? Number.POSITIVE_INFINITY;
  return tokensUpTo(texts, 0, before.length, boundary);
}

/**
 * The end of the tokens from `start` on, at byte `offset`, that reach the boundary, with the special tokens right
 * after them.
 */
function tokensUpTo(texts: readonly string[], start: number, offset: number, boundary: number): number {
  let reached = offset;
  let end = start;
  while (end < texts.length && (reached < boundary || texts[end] === "")) {
    reached += texts[end]!.length;
    end++;
  }
  return end;
}

const textCaches = new WeakMap<Tokenizer, Map<number, string>>();

/** The bytes of each token as a string with one character a byte; empty for special tokens. */
function byteTexts(tokenizer: Tokenizer, tokens: readonly number[]): string[] {
  const cache = textCaches.get(tokenizer) ?? createCache(tokenizer);
  return tokens.map((id) => {
    const known = cache.get(id);
    if (known !== undefined) return known;
    const text = String.fromCharCode(...tokenizer.bytes(id));
    cache.set(id, text);
    return text;
  });
}

function createCache(tokenizer: Tokenizer): Map<number, string> {
  const specialIds = tokenizer.specialTokens.map((token) => tokenizer.tokenId(token));
  const cache = new Map(specialIds.filter((id) => id !== undefined).map((id) => [id, ""]));
  textCaches.set(tokenizer, cache);
  return cache;
}

function byteNames(toolNames: readonly string[]): string[] {
  return longestFirst(toolNames.map((name) => String.fromCharCode(...new TextEncoder().encode(name))));
}
