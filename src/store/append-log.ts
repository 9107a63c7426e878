/**
 * A JSONL file that grows row by row. A row is on the disk when `append` resolves; a row cut by a kill or by a full disk
 * is taken back, so the file always ends with a whole line.
 */
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "./atomic.js";
import { withFailure } from "./failure.js";

/** An open log. Appends run one after the other in the order made. */
export interface AppendLog {
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens or creates a log; a cut last line is dropped. @throws StoreError */
export async function openAppendLog(path: string): Promise<AppendLog> {
  await dropCutLine(path);
  const handle = await withFailure("write", path, async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(path, "a");
  });
  let queue: Promise<void> = Promise.resolve();
  return {
    append(line) {
      const result = queue.then(() => withFailure("write", path, () => appendLine(handle, line)));
      queue = result.catch(() => undefined);
      return result;
    },
    async close() {
      await queue;
      await handle.close();
    },
  };
}

async function appendLine(handle: FileHandle, line: string): Promise<void> {
  const { size } = await handle.stat();
  try {
    await writeWhole(handle, Buffer.from(line, "utf8"));
    await handle.datasync();
  } catch (cause) {
    await handle.truncate(size).catch(() => undefined);
    throw cause;
  }
}

/** Removes what follows the last newline of a file. An absent file stays absent. @throws StoreError */
export async function dropCutLine(path: string): Promise<void> {
  await withFailure("repair", path, async () => {
    const handle = await open(path, "r+").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return undefined;
      throw cause;
    });
    if (handle === undefined) return;
    try {
      const { size } = await handle.stat();
      const end = await endOfLastLine(handle, size);
      if (end < size) await handle.truncate(end);
    } finally {
      await handle.close();
    }
  });
}

/** Offset just behind the last newline; 0 where there is none. */
async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  const block = Buffer.alloc(1 << 16);
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - block.length);
    const { bytesRead } = await handle.read(block, 0, end - start, start);
    const found = block.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (found >= 0) return start + found + 1;
    end = start;
  }
  return 0;
}
