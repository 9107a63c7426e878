/**
 * UTF-8 to text, piece by piece, without stopping at damage: a byte that is no part of a character becomes the lone
 * surrogate U+DC80 … U+DCFF of its value, as Python's `surrogateescape` does. Sound text holds none, so whoever cuts the
 * text into rows can tell which of them are damaged.
 */

/** Takes bytes as they come; characters may be cut between two pieces. */
export interface Utf8Decoder {
  push(bytes: Uint8Array): string;
  /** What is left when the bytes have ended: a character that is cut off. */
  end(): string;
}

/** A decoder at the beginning of a text. A byte order mark is kept. */
export function createUtf8Decoder(): Utf8Decoder {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = new Uint8Array(0);
  const decode = (bytes: Uint8Array): string => {
    try {
      return strict.decode(bytes);
    } catch {
      return decodeDamaged(bytes, strict);
    }
  };
  return {
    push(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const whole = all.length - unfinished(all);
      rest = Uint8Array.from(all.subarray(whole));
      return decode(all.subarray(0, whole));
    },
    end: () => decode(rest),
  };
}

/** Bytes at the end that may be the beginning of a character. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return lengthByLead(byte) > back ? back : 0;
  }
  return 0;
}

/** Characters where there are some, and a surrogate for each byte between them. */
function decodeDamaged(bytes: Uint8Array, strict: InstanceType<typeof TextDecoder>): string {
  const parts: string[] = [];
  let sound = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    at += Math.max(1, length);
    if (length > 0) continue;
    parts.push(strict.decode(bytes.subarray(sound, at - 1)), String.fromCharCode(0xdc00 + bytes[at - 1]!));
    sound = at;
  }
  return [...parts, strict.decode(bytes.subarray(sound))].join("");
}

/** Bytes of the character that begins here; 0 where none does (RFC 3629, table in §4). */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const length = lengthByLead(lead);
  if (length < 2) return length;
  const second = bytes[at + 1] ?? 0;
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + length; next += 1) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function lengthByLead(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}
