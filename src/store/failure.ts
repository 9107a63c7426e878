/**
 * What the operating system says about a file, as a `StoreError` that names the file and the fix.
 * Anything that is not an error of the file system passes through unchanged: a bug must not look like a full disk.
 */
import { IToolError, StoreError } from "../spec/index.js";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. Free some space, then give the same command again: what is finished is kept",
  EDQUOT:
    "your disk quota is used up. Free some space, then give the same command again: what is finished is kept",
  EFBIG: "the file system does not allow a file of this size. Use another disk",
  EACCES: "permission denied. Change the owner or the mode, or choose another folder",
  EPERM: "permission denied. Change the owner or the mode, or choose another folder",
  EROFS: "the disk is read-only. Choose another folder",
  ENOENT: "it does not exist. Restore it, or delete the manifest of the stage that made it and run again",
  EISDIR: "it is a folder where a file was expected. Move it away",
  ENOTDIR: "a part of the path is a file where a folder was expected. Move it away",
  ENOTEMPTY: "the folder is not empty. Move it away",
  EMFILE: "too many files are open. Raise the limit (ulimit -n) and run again",
  EIO: "the disk reports a hardware error. Copy the run to another disk and run again",
  ENAMETOOLONG: "the path is too long. Choose a folder nearer to the root",
  ELOOP: "too many symbolic links. Give the real path",
};

/**
 * The error to throw when `action` on `path` failed with `cause`.
 *
 * @param action a verb phrase that fits after "cannot", e.g. `write`
 * @returns a `StoreError` with the facts `path`, `action`, `code`; an error of this library or one without a system
 * code is returned as it is
 */
export function storeFailure(action: string, path: string, cause: unknown): Error {
  if (cause instanceof IToolError) return cause;
  const code = systemCode(cause);
  if (code === undefined) return cause instanceof Error ? cause : new StoreError(`cannot ${action} ${path}`);
  const reason = reasons[code] ?? `the system reports ${code}. Look at the file, then run again`;
  return new StoreError(`cannot ${action} ${path}: ${reason}.`, { path, action, code }, { cause });
}

/** The `code` of an error of the operating system, e.g. `ENOENT`; `undefined` for any other value. */
export function systemCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !("code" in cause)) return undefined;
  return typeof cause.code === "string" && /^E[A-Z0-9]+$/.test(cause.code) ? cause.code : undefined;
}

/** The result of `work`, or its failure as `storeFailure` tells it. */
export async function withFailure<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storeFailure(action, path, cause);
  }
}
