/** SHA-256 of files, folders and settings: what manifests compare. */
import { createHash } from "node:crypto";
import { lstat, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { withFailure } from "./failure.js";
import { readChunks } from "./jsonl.js";

const largeFile = 64 * 1024 * 1024;
const sampleSize = 1024 * 1024;

/**
 * SHA-256, hex, of a file's bytes; of a folder, of its files' names, sizes and hashes in order of name. Links inside a
 * folder are followed for files; other things than files and folders are left out.
 *
 * @throws StoreError when something cannot be read
 */
export async function hashPath(path: string): Promise<string> {
  return hashEntry(path, hashFile);
}

/**
 * As `hashPath`, but a file above 64 MiB counts by its size and its first and last MiB only, so that the weights of a
 * large model are recognised in milliseconds. For inputs that the run does not write itself.
 */
export async function fingerprintPath(path: string): Promise<string> {
  return hashEntry(path, fingerprintFile);
}

/** SHA-256, hex, of a value's JSON with the keys of every object in order. */
export function hashValue(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sortKeys(value)))
    .digest("hex");
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

async function hashEntry(path: string, hashOne: (file: string) => Promise<string>): Promise<string> {
  const information = await withFailure("read", path, () => stat(path));
  return information.isDirectory() ? hashFolder(path, hashOne) : hashOne(path);
}

async function hashFolder(path: string, hashOne: (file: string) => Promise<string>): Promise<string> {
  const hash = createHash("sha256");
  for (const name of await listFiles(path)) {
    hash.update(`${JSON.stringify(name)} ${await hashOne(join(path, name))}\n`);
  }
  return hash.digest("hex");
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of readChunks(path)) hash.update(chunk);
  return hash.digest("hex");
}

async function fingerprintFile(path: string): Promise<string> {
  const { size } = await withFailure("read", path, () => stat(path));
  if (size <= largeFile) return hashFile(path);
  const hash = createHash("sha256").update(`large ${size}\n`);
  await withFailure("read", path, async () => {
    const handle = await open(path, "r");
    try {
      for (const position of [0, size - sampleSize]) {
        const bytes = new Uint8Array(sampleSize);
        await handle.read(bytes, 0, sampleSize, position);
        hash.update(bytes);
      }
    } finally {
      await handle.close();
    }
  });
  return hash.digest("hex");
}

/** Names of all files under a folder, relative to it, with forward slashes, in order of name. */
export async function listFiles(path: string): Promise<string[]> {
  const names: string[] = [];
  const visit = async (folder: string, prefix: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const child = join(folder, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(child) : await lstat(child);
      if (kind.isFile()) names.push(`${prefix}${entry.name}`);
      else if (entry.isDirectory()) await visit(child, `${prefix}${entry.name}/`);
    }
  };
  await withFailure("list", path, () => visit(path, ""));
  return names.sort((left, right) => (left < right ? -1 : 1));
}
