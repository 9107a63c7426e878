/**
 * The text of a data file outside the run directory, as a stream: plain or gzip (told by its first bytes, not by its
 * name), UTF-8. What the text means is decided by the importers of `tasks/`.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
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
  try {
    for await (const chunk of stream) yield chunk;
  } catch (cause) {
    throw isDamagedGzip(cause)
      ? new DataError(`${path} is a damaged gzip file. Fetch it again.`, { path }, { cause })
      : storeFailure("read", path, cause);
  } finally {
    file.destroy();
  }
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
