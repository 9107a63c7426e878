/**
 * The one file that touches @huggingface/tokenizers. Its types are silently `any` under nodenext resolution, so what we
 * use of it is declared here.
 */
import { Tokenizer } from "@huggingface/tokenizers";
import type { JsonObject } from "../spec/index.js";
import { ConfigError, ModelError } from "../spec/index.js";

interface LibraryTokenizer {
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: number[] };
  readonly pre_tokenizer: (text: string) => string[];
  readonly model: { cache: PieceCache };
}

/** What the library looks up before it merges the letters of a piece. */
interface PieceCache {
  get(piece: string): string[] | undefined;
  put(piece: string, tokens: string[]): void;
}

/**
 * A function from text to token ids that adds nothing of its own.
 *
 * @throws ModelError where the library refuses the file.
 */
export function createEncoder(
  tokenizerJson: JsonObject,
  tokenizerConfig: JsonObject,
): (text: string) => number[] {
  try {
    const tokenizer: LibraryTokenizer = new Tokenizer(tokenizerJson, tokenizerConfig);
    tokenizer.model.cache = createPieceCache();
    return (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `tokenizer.json cannot be used: ${reason}. Check that the file is complete.`;
    throw new ModelError(message, { reason }, { cause });
  }
}

/**
 * A cache of encoded pieces in place of the library's own, which moves an entry at every hit and takes half of the
 * time of encoding. Emptied when it is full.
 */
function createPieceCache(): PieceCache {
  const largest = 50_000;
  const pieces = new Map<string, string[]>();
  return {
    get: (piece) => pieces.get(piece),
    put(piece, tokens) {
      if (pieces.size >= largest) pieces.clear();
      pieces.set(piece, tokens);
    },
  };
}

/** The pre-tokenizer entry that cuts text at a regular expression (Oniguruma syntax). */
export function splitEntry(pattern: string): JsonObject {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}

/**
 * A function that cuts text into the pieces which a tokenizer with this `splitEntry` encodes one by one. Joined they
 * are the text.
 *
 * @throws ConfigError where the pattern is no regular expression.
 */
export function createSplitter(pattern: string): (text: string) => string[] {
  const file = {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: splitEntry(pattern),
    post_processor: null,
    decoder: null,
    model: { type: "BPE", vocab: {}, merges: [] },
  };
  try {
    const tokenizer: LibraryTokenizer = new Tokenizer(file, {});
    return (text) => (text === "" ? [] : tokenizer.pre_tokenizer(text));
  } catch (cause) {
    throw new ConfigError(
      `pattern is not a regular expression: ${pattern}. Mend it.`,
      { pattern },
      { cause },
    );
  }
}
