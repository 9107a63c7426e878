/**
 * The text of a data file outside the run directory, as a stream: plain or gzip (told by its first bytes, not by its
 * name), UTF-8. What the text means is decided by the importers of `tasks/`.
 */
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { DataError } from "../spec/index.js";
import { storeFailure, withFailure } from "./failure.js";

/**
 * The decoded text in pieces of any size; a byte order mark at the start is left out.
 *
 * @throws StoreError when the file cannot be read; DataError when it is not UTF-8 or its compression is damaged
 */
export async function* readTextChunks(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let offset = 0;
  for await (const bytes of readBytes(path)) {
    yield decode(decoder, bytes, path, offset);
    offset += bytes.length;
  }
  yield decode(decoder, undefined, path, offset);
}

function decode(
  decoder: InstanceType<typeof TextDecoder>,
  bytes: Uint8Array | undefined,
  path: string,
  offset: number,
): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch (cause) {
    const message = `${path} is not UTF-8 text, near byte ${offset}. Convert the file to UTF-8.`;
    throw new DataError(message, { path, offset }, { cause });
  }
}

async function* readBytes(path: string): AsyncGenerator<Uint8Array> {
  const compressed = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: 1 << 17 });
  const stream = compressed ? file.pipe(createGunzip()) : file;
  if (compressed) file.on("error", (cause) => stream.destroy(cause));
  const packed = compressed ? (await withFailure("read", path, () => stat(path))).size : 0;
  let unpacked = 0;
  try {
    for await (const chunk of stream) {
      unpacked += chunk.length;
      if (compressed && isBomb(packed, unpacked)) throw bomb(path, packed);
      yield chunk;
    }
  } catch (cause) {
    throw isDamagedGzip(cause)
      ? new DataError(`${path} is a damaged gzip file. Fetch it again.`, { path }, { cause })
      : storeFailure("read", path, cause);
  } finally {
    file.destroy();
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
