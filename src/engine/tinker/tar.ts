/**
 * Unpacks a tar archive (POSIX ustar, with the long names of GNU and pax) that comes from outside: only regular files, only
 * into one folder, never a path. Names are checked before anything is written.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { ModelError } from "../../spec/index.js";

const BLOCK = 512;
/** Most entries of an archive, and most bytes that are written of it: a model of four trillion weights in 2 bytes. */
const MOST_ENTRIES = 100_000;
const MOST_BYTES = 8 * 2 ** 40;
/** Longest name record that is read. */
const LONGEST_NAME = 64 * 1024;

/** What to unpack. */
export interface UnpackOptions {
  /** Names to write; others are skipped. Absent: all. */
  readonly keep?: readonly string[];
  /** Most bytes to write. @default 8 TiB */
  readonly maximumBytes?: number;
  /** For messages. */
  readonly source: string;
}

/**
 * Writes the archive's files into `folder` and returns their names. Folders inside the archive may only be a common first
 * part such as `./` or `name/`: files keep their last name.
 * @throws ModelError for an archive that is cut short or damaged, holds links, or a name that leads out of the folder
 */
export async function unpackTar(
  bytes: AsyncIterable<Uint8Array>,
  folder: string,
  options: UnpackOptions,
): Promise<string[]> {
  const reader = new BlockReader(bytes, options.source);
  const written: string[] = [];
  let longName: string | undefined;
  let left = options.maximumBytes ?? MOST_BYTES;
  for (let entries = 0; ; entries += 1) {
    const header = await reader.header();
    if (header === undefined) return written;
    if (entries === MOST_ENTRIES) throw damaged(options.source, `it has more than ${MOST_ENTRIES} entries`);
    const { size, type } = header;
    if (type === "L" || type === "x" || type === "g") {
      const record = await reader.text(size);
      if (type === "L") longName = record.replace(/\0.*$/s, "");
      else if (type === "x") longName = paxName(record) ?? longName;
      continue;
    }
    const path = longName ?? header.name;
    longName = undefined;
    const name = safeName(path, type, options.source);
    if (name === undefined || options.keep?.includes(name) === false) await reader.skip(size);
    else if (written.includes(name)) throw damaged(options.source, `it holds ${name} twice`);
    else {
      left -= size;
      if (left < 0) throw damaged(options.source, "its files are larger than any that was asked for");
      await writeEntry(reader, join(folder, name), size);
      written.push(name);
    }
  }
}

async function writeEntry(reader: BlockReader, file: string, size: number): Promise<void> {
  const handle = await open(file, "wx");
  try {
    for await (const part of reader.content(size)) await handle.writeFile(part);
  } finally {
    await handle.close();
  }
}

/**
 * The last part of a file's path; `undefined` for a folder, which is never made, whatever its name (SkyRL's archives begin
 * with one named `/`). @throws ModelError for links, devices, and files whose path leads elsewhere
 */
function safeName(path: string, type: string, source: string): string | undefined {
  if (type === "5") return undefined;
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  const outside = /^([/\\]|[A-Za-z]:)/.test(path) || parts.includes("..") || path.includes("\0");
  if (outside) throw damaged(source, `its entry ${JSON.stringify(path)} leads out of the folder`);
  if (type !== "0" && type !== "\0" && type !== "7") {
    throw damaged(source, `its entry ${JSON.stringify(path)} is a link or a device`);
  }
  const name = parts.at(-1);
  if (name === undefined) throw damaged(source, "it holds a file without a name");
  return name;
}

/** `path` of a pax record: lines of `LENGTH KEY=VALUE`. */
function paxName(record: string): string | undefined {
  return /^\d+ path=(.*)$/m.exec(record)?.[1];
}

interface TarHeader {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

/** Reads a stream of bytes in blocks. */
class BlockReader {
  readonly #parts: AsyncIterator<Uint8Array>;
  readonly #source: string;
  #rest: Uint8Array = new Uint8Array();

  constructor(bytes: AsyncIterable<Uint8Array>, source: string) {
    this.#parts = bytes[Symbol.asyncIterator]();
    this.#source = source;
  }

  /** The next header; `undefined` at the two empty blocks that end an archive. */
  async header(): Promise<TarHeader | undefined> {
    const block = await this.#exactly(BLOCK);
    if (block.every((byte) => byte === 0)) return undefined;
    return parseHeader(block, this.#source);
  }

  /** The content of an entry in parts, and the padding after it read away. */
  async *content(size: number): AsyncGenerator<Uint8Array> {
    let left = size;
    while (left > 0) {
      const part = await this.#upTo(left);
      left -= part.length;
      yield part;
    }
    await this.#exactly((BLOCK - (size % BLOCK)) % BLOCK);
  }

  async skip(size: number): Promise<void> {
    for await (const _ of this.content(size));
  }

  async text(size: number): Promise<string> {
    if (size > LONGEST_NAME) throw damaged(this.#source, `a name in it has ${size} bytes`);
    const parts: Uint8Array[] = [];
    for await (const part of this.content(size)) parts.push(part);
    return Buffer.concat(parts).toString("utf8");
  }

  async #exactly(size: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let left = size;
    while (left > 0) {
      const part = await this.#upTo(left);
      left -= part.length;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  /** At least one byte, at most `size`. @throws ModelError at the end of the stream */
  async #upTo(size: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const next = await this.#parts.next();
      if (next.done === true) throw damaged(this.#source, "it is cut short");
      this.#rest = next.value;
    }
    const part = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return part;
  }
}

function parseHeader(block: Uint8Array, source: string): TarHeader {
  const text = (start: number, length: number): string =>
    Buffer.from(block.subarray(start, start + length))
      .toString("utf8")
      .replace(/\0.*$/s, "");
  const checksum = Number.parseInt(text(148, 8), 8);
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (checksum !== sum) throw damaged(source, "a header's checksum is wrong");
  const size = sizeOf(block.subarray(124, 136));
  if (!Number.isSafeInteger(size) || size < 0) throw damaged(source, "an entry has no size");
  const prefix = text(257, 5) === "ustar" ? text(345, 155) : "";
  const name = text(0, 100);
  return { name: prefix === "" ? name : `${prefix}/${name}`, size, type: String.fromCharCode(block[156]!) };
}

/** Octal digits, or base 256 where the highest bit is set (files above 8 GiB). */
function sizeOf(field: Uint8Array): number {
  if ((field[0]! & 0x80) === 0)
    return Number.parseInt(Buffer.from(field).toString("latin1").replace(/\0.*$/s, ""), 8);
  return field.subarray(1).reduce((total, byte) => total * 256 + byte, 0);
}

function damaged(source: string, why: string): ModelError {
  return new ModelError(`The archive from ${source} cannot be used: ${why}.`, { source, why });
}
