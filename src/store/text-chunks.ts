/**
 * The text of a data file outside the run directory, as a stream: plain or gzip (told by its first bytes, not by its
 * name), UTF-8. What the text means is decided by the importers of `tasks/`.
 */
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { DataError } from "../spec/index.js";
import { storeFailure, withFailure } from "./failure.js";
import { createUtf8Decoder } from "./utf8-decoder.js";

/**
 * The decoded text in pieces of any size; a byte order mark at the start is left out. Bytes that are no UTF-8 become lone
 * surrogates (see `createUtf8Decoder`): `parseJsonRows` sets the rows aside that hold them.
 *
 * @throws StoreError when the file cannot be read; DataError when it is UTF-16 or its compression is damaged
 */
export async function* readTextChunks(path: string, onBytes?: ByteListener): AsyncGenerator<string> {
  const decoder = createUtf8Decoder();
  let first = true;
  for await (const bytes of readBytes(path, onBytes)) {
    if (first && isUtf16(bytes))
      throw new DataError(`${path} is UTF-16 text. Convert the file to UTF-8.`, { path });
    const text = decoder.push(bytes);
    yield first ? text.replace(/^\uFEFF/u, "") : text;
    first = false;
  }
  yield decoder.end();
}

/** Told of the bytes of a file that were read so far, as it is stored, and of all. */
export type ByteListener = (done: number, total: number) => void;

function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

async function* readBytes(path: string, onBytes: ByteListener | undefined): AsyncGenerator<Uint8Array> {
  const compressed = await isGzip(path);
  const { size } = await withFailure("read", path, () => stat(path));
  const file = createReadStream(path, { highWaterMark: 1 << 17 });
  const unzip = compressed ? file.pipe(createGunzip()) : undefined;
  if (unzip !== undefined) file.on("error", (cause) => unzip.destroy(cause));
  let unpacked = 0;
  try {
    for await (const chunk of unzip ?? file) {
      unpacked += chunk.length;
      if (compressed && isBomb(size, unpacked)) throw bomb(path, size);
      yield chunk;
      onBytes?.(file.bytesRead, size);
    }
    if (unzip !== undefined && unzip.bytesWritten < file.bytesRead)
      await requirePadding(path, unzip.bytesWritten);
  } catch (cause) {
    throw isDamagedGzip(cause)
      ? new DataError(`${path} is a damaged gzip file. Fetch it again.`, { path }, { cause })
      : storeFailure("read", path, cause);
  } finally {
    file.destroy();
  }
}

/** Zeros may follow the last member, as tapes leave them; anything else would be lost. @throws DataError */
async function requirePadding(path: string, from: number): Promise<void> {
  for await (const bytes of createReadStream(path, { start: from })) {
    if (bytes.every((byte: number) => byte === 0)) continue;
    const message = `${path} has bytes after its compressed text, from byte ${from}, that are no gzip. Fetch it again.`;
    throw new DataError(message, { path, offset: from });
  }
}

/** Text packs to a tenth or so; gzip can reach a thousandth with nothing but repetition. */
const largestRatio = 200;
/** Up to this size any ratio is fine. */
const harmless = 256 * 1024 * 1024;

function isBomb(packed: number, unpacked: number): boolean {
  return unpacked > harmless && unpacked > largestRatio * packed;
}

function bomb(path: string, packed: number): DataError {
  const message = `${path} unpacks to more than ${largestRatio} times its ${packed} bytes: no text does. Unpack it yourself if you trust it.`;
  return new DataError(message, { path, packed });
}

async function isGzip(path: string): Promise<boolean> {
  return withFailure("read", path, async () => {
    const handle = await open(path, "r");
    try {
      const bytes = new Uint8Array(2);
      await handle.read(bytes, 0, 2, 0);
      return bytes[0] === 0x1f && bytes[1] === 0x8b;
    } finally {
      await handle.close();
    }
  });
}

function isDamagedGzip(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && /^Z_/.test(String(cause.code));
}
