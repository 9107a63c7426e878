/**
 * The tokenizer of a Hugging Face model folder as our `Tokenizer` port.
 *
 * Encoding is done by @huggingface/tokenizers (same ids as the Rust library). Decoding is ours: only byte-level BPE is
 * supported (Llama 3, Qwen 2 and 3, and what `trainTokenizer` makes), where every token is a string of bytes. So
 * `decode` is the concatenation of `bytes`, exactly, for any part of any sequence.
 */
import type { JsonObject, JsonValue, Tokenizer } from "../spec/index.js";
import { InputError, ModelError } from "../spec/index.js";
import { bytesOfTokenString } from "./byte-alphabet.js";
import { createEncoder } from "./hugging-face-encoder.js";
import { isArray, isObject } from "./json-shape.js";

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

/**
 * A tokenizer from the parsed `tokenizer.json` and `tokenizer_config.json` of a model folder.
 *
 * `encode` adds nothing (no begin-of-text token: that is the chat template's business) and, where the model normalises
 * (Qwen: NFC), encodes the normalised text. Unpaired surrogates are encoded as U+FFFD. `tokenId` takes added tokens by
 * their content and all others in the byte alphabet of `tokenizer.json`. Ids without a token (a vocabulary padded by
 * the model) have no bytes. `vocabularySize` is the largest id + 1.
 *
 * @throws ModelError where the files are not a byte-level BPE tokenizer.
 */
export function createTokenizer(tokenizerJson: JsonObject, tokenizerConfig: JsonObject): Tokenizer {
  requireByteLevel(tokenizerJson);
  const addedTokens = readAddedTokens(tokenizerJson);
  const contents = contentsById(readVocabulary(tokenizerJson), addedTokens);
  const ids = new Map(contents.map((content, id) => [content, id]));
  ids.delete("");
  const addedIds = new Set(addedTokens.map((token) => token.id));
  const encodeWith = lazyEncoders(tokenizerJson, tokenizerConfig, addedTokens);
  const cache: (Uint8Array | undefined)[] = [];

  function bytes(id: number): Uint8Array {
    requireId(id);
    cache[id] ??= contentBytes(contents[id] ?? "", addedIds.has(id));
    return cache[id];
  }

  return {
    vocabularySize: contents.length,
    specialTokens: addedTokens.filter((token) => token.special).map((token) => token.content),
    encode: (text, options) => (text === "" ? [] : encodeWith(options?.special ?? true)(text)),
    decode: (sequence) => decodeUtf8(sequence.map(bytes)),
    bytes: (id) => bytes(id).slice(),
    tokenId: (content) => ids.get(content),
  };
}

/** Two encoders, built when first needed: one that knows the special tokens, one that takes them for ordinary text. */
function lazyEncoders(
  tokenizerJson: JsonObject,
  tokenizerConfig: JsonObject,
  addedTokens: readonly AddedToken[],
): (special: boolean) => (text: string) => number[] {
  let withSpecial: ((text: string) => number[]) | undefined;
  let plain: ((text: string) => number[]) | undefined;
  return (special) => {
    if (special) {
      withSpecial ??= createEncoder(tokenizerJson, tokenizerConfig);
      return withSpecial;
    }
    plain ??= createEncoder(withoutSpecialTokens(tokenizerJson, addedTokens), tokenizerConfig);
    return plain;
  };
}

/**
 * The same tokenizer without its special tokens, neither as added tokens nor in the vocabulary nor as the outcome of
 * a merge, so that no text whatever is encoded to one of their ids.
 */
function withoutSpecialTokens(tokenizerJson: JsonObject, addedTokens: readonly AddedToken[]): JsonObject {
  const model = objectAt(tokenizerJson, "model");
  const special = new Set(addedTokens.filter((token) => token.special).map((token) => token.content));
  const vocabulary = Object.entries(objectAt(model, "vocab")).filter(([content]) => !special.has(content));
  const merges = arrayAt(model, "merges").filter((merge) => !special.has(mergeOutcome(merge)));
  return {
    ...tokenizerJson,
    added_tokens: arrayAt(tokenizerJson, "added_tokens").filter((entry) => !isSpecialEntry(entry, special)),
    model: { ...model, vocab: Object.fromEntries(vocabulary), merges },
  };
}

function isSpecialEntry(entry: JsonValue, special: ReadonlySet<string>): boolean {
  return isObject(entry) && typeof entry.content === "string" && special.has(entry.content);
}

function mergeOutcome(merge: JsonValue): string {
  if (typeof merge === "string") return merge.replace(" ", "");
  return Array.isArray(merge) ? merge.join("") : "";
}

function requireByteLevel(tokenizerJson: JsonObject): void {
  const model = objectAt(tokenizerJson, "model");
  const decoder = tokenizerJson.decoder;
  const byteLevel = isObject(decoder) && JSON.stringify(decoder).includes('"ByteLevel"');
  const type = model.type ?? (model.merges === undefined ? "unknown" : "BPE");
  if (type === "BPE" && byteLevel && model.byte_fallback !== true) return;
  throw new ModelError(
    `tokenizer.json holds a ${String(type)} tokenizer that is not byte-level. Use a model with a byte-level BPE tokenizer, e.g. Llama 3 or Qwen 2.5.`,
    { type },
  );
}

function readVocabulary(tokenizerJson: JsonObject): readonly (readonly [string, number])[] {
  return Object.entries(objectAt(objectAt(tokenizerJson, "model"), "vocab")).map(([content, id]) => [
    content,
    tokenIdOf(id, content),
  ]);
}

function readAddedTokens(tokenizerJson: JsonObject): AddedToken[] {
  return arrayAt(tokenizerJson, "added_tokens").map((entry) => {
    const content = isObject(entry) ? entry.content : undefined;
    if (!isObject(entry) || typeof content !== "string" || content === "")
      throw new ModelError(
        "tokenizer.json has an added token without content. Check that the file is complete.",
      );
    return { id: tokenIdOf(entry.id, content), content, special: entry.special === true };
  });
}

function tokenIdOf(id: JsonValue | undefined, content: string): number {
  if (typeof id === "number" && Number.isInteger(id) && id >= 0 && id < 2 ** 24) return id;
  throw new ModelError(
    `tokenizer.json gives the token ${JSON.stringify(content)} the id ${JSON.stringify(id)}. Ids are whole numbers from 0.`,
    { content, id },
  );
}

/** Contents in order of id; ids that no token has are empty strings. */
function contentsById(
  vocabulary: readonly (readonly [string, number])[],
  addedTokens: readonly AddedToken[],
): string[] {
  const pairs = [...vocabulary, ...addedTokens.map((token) => [token.content, token.id] as const)];
  const contents = new Array<string>(pairs.reduce((size, [, id]) => Math.max(size, id + 1), 0)).fill("");
  for (const [content, id] of pairs) contents[id] = content;
  return contents;
}

function contentBytes(content: string, added: boolean): Uint8Array {
  return added ? new TextEncoder().encode(content) : bytesOfTokenString(content);
}

/** UTF-8 text of the concatenation; bytes that are no UTF-8 become U+FFFD, and a byte order mark is kept. */
function decodeUtf8(parts: readonly Uint8Array[]): string {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(joined);
}

function requireId(id: number): void {
  if (Number.isInteger(id) && id >= 0) return;
  throw new InputError(`${id} is not a token id. Token ids are whole numbers from 0.`, { id });
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  if (value !== undefined && isObject(value)) return value;
  throw new ModelError(`tokenizer.json has no object "${key}". Check that the file is complete.`, { key });
}

function arrayAt(object: JsonObject, key: string): readonly JsonValue[] {
  const value = object[key];
  if (isArray(value)) return value;
  throw new ModelError(`tokenizer.json has no list "${key}". Check that the file is complete.`, { key });
}
