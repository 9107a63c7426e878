/**
 * A run directory on the local disk: the `Store` of `spec/`, held by one process at a time. It writes inside its folder
 * only; it knows files and rows, not what they mean.
 */
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { InputError, type JsonValue, type Store, StoreError } from "../spec/index.js";
import { type AppendLog, dropCutLine, openAppendLog } from "./append-log.js";
import { flushFolder, removeTemporaries, writeAtomically } from "./atomic.js";
import { systemCode, withFailure } from "./failure.js";
import { hashPath, listFiles } from "./hash.js";
import { encodeRow, parseLine, readLines } from "./jsonl.js";
import { acquireLock, type Lock } from "./lock.js";
import { isLog, runPaths } from "./paths.js";
import { openRowReader } from "./row-reader.js";

/** A `Store` that is open, and locked against other processes until it is closed. */
export interface RunDirectory extends Store {
  /** Absolute path of the folder. */
  readonly root: string;
  /** Closes its files and gives the lock back. */
  close(): Promise<void>;
}

/**
 * Opens a run directory, or makes a new one. What a kill left behind is put right: temporary files are deleted, cut last
 * lines of logs dropped, the lock of a dead process taken over.
 *
 * @throws StoreError when another process holds it, when the disk refuses, or when the folder holds other things than a run
 */
export async function openRunDirectory(path: string): Promise<RunDirectory> {
  const root = resolve(path);
  await withFailure("make", root, () => mkdir(root, { recursive: true }));
  await requireRunOrEmpty(root);
  const lock = await acquireLock(join(root, runPaths.lock));
  try {
    await withFailure("repair", root, () => removeTemporaries(root));
    await withFailure("make", root, () => mkdir(join(root, runPaths.manifests), { recursive: true }));
    for (const file of await listFiles(root)) if (isLog(file)) await dropCutLine(join(root, file));
  } catch (cause) {
    await lock.release();
    throw cause;
  }
  return new LocalRunDirectory(root, lock);
}

class LocalRunDirectory implements RunDirectory {
  readonly root: string;
  readonly #lock: Lock;
  readonly #logs = new Map<string, Promise<AppendLog>>();

  constructor(root: string, lock: Lock) {
    this.root = root;
    this.#lock = lock;
  }

  path(relative: string): string {
    requireInside(relative);
    return join(this.root, relative);
  }

  async exists(relative: string): Promise<boolean> {
    const path = this.path(relative);
    return withFailure("look for", path, async () => {
      try {
        await stat(path);
        return true;
      } catch (cause) {
        if (["ENOENT", "ENOTDIR"].includes(systemCode(cause) ?? "")) return false;
        throw cause;
      }
    });
  }

  async readText(relative: string): Promise<string> {
    const path = this.path(relative);
    const bytes = await withFailure("read", path, () => readFile(path));
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (cause) {
      throw new StoreError(
        `${path} is damaged: it is not UTF-8 text. Restore it, or delete it and run again.`,
        { path },
        { cause },
      );
    }
  }

  async writeText(relative: string, text: string): Promise<void> {
    const path = this.path(relative);
    await this.#closeLogs(relative);
    await writeAtomically(path, [text]);
  }

  async *readRows<T>(relative: string, parse: (value: JsonValue, row: number) => T): AsyncGenerator<T> {
    for await (const line of readLines(this.path(relative))) {
      yield parse(parseLine(line.bytes, relative, line.row), line.row);
    }
  }

  openRows<T>(relative: string, parse: (value: JsonValue, row: number) => T) {
    return openRowReader(this.path(relative), relative, parse);
  }

  async writeRows(relative: string, rows: Iterable<unknown> | AsyncIterable<unknown>): Promise<void> {
    const path = this.path(relative);
    await this.#closeLogs(relative);
    await writeAtomically(path, encodeRows(rows));
  }

  async appendRow(relative: string, row: unknown): Promise<void> {
    const path = this.path(relative);
    const opening = this.#logs.get(relative) ?? openAppendLog(path);
    this.#logs.set(relative, opening);
    const log = await opening.catch((cause: unknown) => {
      this.#logs.delete(relative);
      throw cause;
    });
    await log.append(encodeRow(row));
  }

  async list(relative: string): Promise<string[]> {
    const path = this.path(relative);
    return withFailure("list", path, async () => {
      try {
        return (await readdir(path)).sort();
      } catch (cause) {
        if (systemCode(cause) === "ENOENT") return [];
        throw cause;
      }
    });
  }

  async remove(relative: string): Promise<void> {
    const path = this.path(relative);
    await this.#closeLogs(relative);
    await withFailure("remove", path, () => rm(path, { recursive: true, force: true }));
  }

  hash(relative: string): Promise<string> {
    return hashPath(this.path(relative));
  }

  async close(): Promise<void> {
    await this.#closeLogs("");
    await withFailure("flush", this.root, () => flushFolder(this.root));
    await this.#lock.release();
  }

  /** Closes the logs at or below a path, before they are replaced or removed. */
  async #closeLogs(relative: string): Promise<void> {
    for (const [name, opening] of [...this.#logs]) {
      if (relative !== "" && name !== relative && !name.startsWith(`${relative}/`)) continue;
      this.#logs.delete(name);
      await (await opening).close();
    }
  }
}

async function* encodeRows(rows: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const row of rows) yield encodeRow(row);
}

/** @throws InputError for a path that is absolute, climbs out of the run directory, or is not in plain form */
function requireInside(relative: string): void {
  const parts = relative.split("/");
  const plain = parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (plain && !isAbsolute(relative) && !/[\\\0]|^[A-Za-z]:/.test(relative)) return;
  const rule = "it must be relative, with forward slashes, without '.', '..' or empty parts";
  throw new InputError(`refusing the path ${JSON.stringify(relative)}: ${rule}.`, { path: relative });
}

/** A folder with someone else's files is not written into, and never cleaned up. */
async function requireRunOrEmpty(root: string): Promise<void> {
  const names = await withFailure("list", root, () => readdir(root));
  const own = [runPaths.manifest, runPaths.lock, runPaths.manifests, runPaths.config];
  const others = names.filter((name) => !name.startsWith(".") && name !== "lost+found");
  if (others.length === 0 || others.some((name) => own.some((ours) => ours === name))) return;
  throw new StoreError(
    `${root} is not a run directory, and it is not empty (it holds ${others[0]}). Choose a new or empty folder.`,
    { path: root },
  );
}
