/**
 * Whole-or-absent writes. A file is written under a temporary name in the same folder, flushed to the disk, renamed, and
 * the folder is flushed: after a kill or a power cut at any moment the name holds the old bytes or the new, never a part.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemCode, withFailure } from "./failure.js";

const temporarySuffix = ".itool-part";
const flushBytes = 1 << 16;

/**
 * Replaces the content of a file with the concatenated chunks; folders on the way are made.
 *
 * @throws StoreError when the disk refuses; the old content is still there
 */
export async function writeAtomically(
  path: string,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(4).toString("hex")}${temporarySuffix}`);
  await withFailure("write", path, async () => {
    await mkdir(folder, { recursive: true });
    try {
      await writeFlushed(temporary, chunks);
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw cause;
    }
    await flushFolder(folder);
  });
}

/** Writes the chunks in pieces of at least 64 KiB, then waits until the disk has them. */
async function writeFlushed(
  path: string,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const handle = await open(path, "wx");
  try {
    let pending: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of chunks) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
      pending.push(bytes);
      size += bytes.length;
      if (size < flushBytes) continue;
      await writeWhole(handle, Buffer.concat(pending));
      pending = [];
      size = 0;
    }
    await writeWhole(handle, Buffer.concat(pending));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes every byte: one `write` may store a part only. */
export async function writeWhole(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done);
    done += bytesWritten;
  }
}

/** Makes renames in a folder durable. Systems that cannot open a folder (Windows) need no such thing. */
export async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (!["EISDIR", "EPERM", "EINVAL", "EACCES"].includes(systemCode(cause) ?? "")) throw cause;
  }
}

/** Deletes, at any depth, what killed writers left behind: this one's part files, and the unfinished folders of engines. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (isLeftover(entry.name)) await rm(path, { recursive: true, force: true });
    else if (entry.isDirectory()) await removeTemporaries(path);
  }
}

function isLeftover(name: string): boolean {
  return name.startsWith(".") && [temporarySuffix, ".partial", ".replaced"].some((end) => name.endsWith(end));
}
