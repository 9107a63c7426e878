/**
 * The byte alphabet of byte-level BPE: in `tokenizer.json` every byte is one printable character. Printable Latin-1
 * bytes stand for themselves; the 68 others (controls, space, …) are U+0100 onwards, in order. It is the alphabet of
 * GPT-2 and of every byte-level tokenizer since.
 */

const printable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);

/** The character of each byte, 256 of them. */
export const byteCharacters: readonly string[] = buildAlphabet();

const byteOfCharacter: ReadonlyMap<string, number> = new Map(
  byteCharacters.map((character, byte) => [character, byte]),
);

function buildAlphabet(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

/**
 * The bytes that a token's string in `tokenizer.json` stands for. A string with a character outside of the alphabet is
 * taken literally, as UTF-8 (that is how the Rust library decodes it).
 */
export function bytesOfTokenString(content: string): Uint8Array {
  const bytes = new Uint8Array(content.length);
  for (let index = 0; index < content.length; index++) {
    const byte = byteOfCharacter.get(content[index]!);
    if (byte === undefined) return new TextEncoder().encode(content);
    bytes[index] = byte;
  }
  return bytes;
}
