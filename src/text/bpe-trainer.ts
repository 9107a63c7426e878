/**
 * Trains a byte-level BPE tokenizer and returns it as a Hugging Face `tokenizer.json`.
 *
 * Ids: special tokens 0 … k−1 in the order given, then the 256 byte characters in order of code point, then one id per
 * merge. All bytes are in the vocabulary, so every text can be encoded. Merges, their order and the tie-break (smallest
 * pair of ids among the most frequent) are those of the Rust library's BpeTrainer. Truncating the list of merges gives
 * the tokenizer that a smaller vocabulary would have given.
 */
import type { JsonObject } from "../spec/index.js";
import { ConfigError } from "../spec/index.js";
import { learnMerges, type Merge, type Word } from "./bpe-merges.js";
import { byteCharacters } from "./byte-alphabet.js";
import { createSplitter, splitEntry } from "./hugging-face-encoder.js";
import { alternatives } from "./special-text.js";

/** What to train on and how large. */
export interface TokenizerTraining {
  readonly texts: Iterable<string>;
  /** Ids in all: special tokens, 256 bytes, merges. Fewer result where no pair occurs twice any more. */
  readonly vocabularySize: number;
  /** Different from each other and not empty; cut out of the texts before anything is counted. */
  readonly specialTokens: readonly string[];
  /** Regular expression (Oniguruma syntax) of the pieces that no merge crosses; what lies between matches is a piece too. */
  readonly pattern: string;
}

/**
 * A byte-level BPE `tokenizer.json` trained on the texts. Deterministic: same input, same output.
 *
 * @throws ConfigError where the vocabulary cannot hold the bytes, a special token is empty or repeated, or the pattern
 * is no regular expression.
 */
export function trainTokenizer(training: TokenizerTraining): JsonObject {
  const { specialTokens, vocabularySize, pattern } = training;
  const firstMerge = specialTokens.length + 256;
  requireSpecialTokens(specialTokens);
  requireSize(vocabularySize, firstMerge);
  const alphabet = byteCharacters.toSorted();
  const tokens = [...specialTokens, ...alphabet];
  const symbols = new Map(alphabet.map((character, index) => [character, specialTokens.length + index]));
  const words = countPieces(training, createSplitter(pattern)).map((piece) => toWord(piece, symbols));
  const merges = learnMerges(words, tokens, vocabularySize);
  return tokenizerFile(tokens, merges, specialTokens, pattern);
}

function requireSpecialTokens(specialTokens: readonly string[]): void {
  if (!specialTokens.includes("") && new Set(specialTokens).size === specialTokens.length) return;
  throw new ConfigError("specialTokens has an empty or repeated token. Give each once.", { specialTokens });
}

function requireSize(vocabularySize: number, least: number): void {
  if (Number.isInteger(vocabularySize) && vocabularySize >= least && vocabularySize < 2 ** 24) return;
  throw new ConfigError(
    `vocabularySize is ${vocabularySize}; the bytes and special tokens alone need ${least}. Give at least that many.`,
    { vocabularySize, least },
  );
}

/** Every different piece with the number of times it occurs, in order of first occurrence. */
function countPieces(
  training: TokenizerTraining,
  split: (text: string) => readonly string[],
): (readonly [string, number])[] {
  const counts = new Map<string, number>();
  const special = specialTokenPattern(training.specialTokens);
  for (const text of training.texts)
    for (const section of special === undefined ? [text] : text.split(special))
      for (const piece of split(section)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return [...counts];
}

function specialTokenPattern(specialTokens: readonly string[]): RegExp | undefined {
  return specialTokens.length === 0 ? undefined : new RegExp(alternatives(specialTokens));
}

function toWord([piece, count]: readonly [string, number], symbols: ReadonlyMap<string, number>): Word {
  const bytes = new TextEncoder().encode(piece);
  return { symbols: Int32Array.from(bytes, (byte) => symbols.get(byteCharacters[byte]!)!), count };
}

function tokenizerFile(
  tokens: readonly string[],
  merges: readonly Merge[],
  specialTokens: readonly string[],
  pattern: string,
): JsonObject {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map(addedToken),
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [splitEntry(pattern), byteLevel],
    },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(({ left, right }) => [tokens[left]!, tokens[right]!]),
    },
  };
}

function addedToken(content: string, id: number): JsonObject {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}
