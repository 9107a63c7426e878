/**
 * Writes that are whole or absent: into a hidden sibling `.NAME.partial`, flushed to the disk, then renamed. What a killed
 * process left behind under that name is removed by the next write. One writer per target at a time.
 */
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { StoreError } from "../../../spec/index.js";

/**
 * Creates or replaces `file` with what `write` puts into the handle.
 * @throws StoreError when the disk refuses; the old file is then untouched.
 */
export async function writeFileAtomically(
  file: string,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const target = resolve(file);
  const partial = siblingOf(target, "partial");
  await guardDisk(
    target,
    async () => {
      await mkdir(dirname(target), { recursive: true });
      await writeAndFlush(partial, write);
      await rename(partial, target);
      await flushFolder(dirname(target));
    },
    partial,
  );
}

/**
 * Creates or replaces the folder `directory` with what `fill` writes into the folder it is given. Replacing a folder takes
 * two renames: after a kill between them the folder is absent, never mixed.
 * @throws StoreError when the disk refuses or `directory` is a file.
 */
export async function writeFolderAtomically(
  directory: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(directory);
  const partial = siblingOf(target, "partial");
  await guardDisk(
    target,
    async () => {
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial, { recursive: true });
      await fill(partial);
      await flushTree(partial);
      await replaceFolder(partial, target);
      await flushFolder(dirname(target));
    },
    partial,
  );
}

/** Writes one file, not atomically but flushed: for use inside `writeFolderAtomically`. */
export async function writeAndFlush(
  file: string,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(file, "w");
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function siblingOf(target: string, suffix: string): string {
  return join(dirname(target), `.${basename(target)}.${suffix}`);
}

async function replaceFolder(partial: string, target: string): Promise<void> {
  const replaced = siblingOf(target, "replaced");
  await rm(replaced, { recursive: true, force: true });
  const old = await stat(target).catch(() => undefined);
  if (old?.isFile())
    throw new StoreError(`${target} is a file. Name a folder or remove it.`, { path: target });
  if (old !== undefined) await rename(target, replaced);
  await rename(partial, target);
  await rm(replaced, { recursive: true, force: true });
}

async function flushTree(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await flushPath(join(folder, name));
  await flushFolder(folder);
}

async function flushFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; there the rename alone must do.
  if (process.platform !== "win32") await flushPath(folder);
}

async function flushPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function guardDisk(target: string, work: () => Promise<void>, partial: string): Promise<void> {
  try {
    await work();
  } catch (cause) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    if (!isSystemError(cause)) throw cause;
    const message = `Cannot write ${target}: ${cause.message}. Check free space and permissions, then run again.`;
    throw new StoreError(message, { path: target, code: cause.code }, { cause });
  }
}

function isSystemError(value: unknown): value is NodeJS.ErrnoException {
  return value instanceof Error && "code" in value && "syscall" in value;
}
