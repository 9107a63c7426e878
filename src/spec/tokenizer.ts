/** Text ↔ token ids. */
export interface Tokenizer {
  readonly vocabularySize: number;
  /** Contents of the special tokens (turn marks, padding …): text that untrusted content must not turn into their ids. */
  readonly specialTokens: readonly string[];
  /** Ids of the text; special tokens written in the text become their ids only when `special` is true. @default true */
  encode(text: string, options?: { readonly special?: boolean }): number[];
  /** The text of the ids, nothing stripped or tidied. */
  decode(ids: readonly number[]): string;
  /** The raw bytes of one id; concatenated over a sequence they are the UTF-8 text. */
  bytes(id: number): Uint8Array;
  /** Id of a token by its exact content, or `undefined`. */
  tokenId(content: string): number | undefined;
}
