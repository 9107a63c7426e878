/** Rows of a JSONL file by number: one pass finds where each begins, then each read is one seek. */
import { type FileHandle, open } from "node:fs/promises";
import { InputError, type JsonValue, type RowReader } from "../spec/index.js";
import { withFailure } from "./failure.js";
import { parseLine, readLines } from "./jsonl.js";

/**
 * Opens a file for reading rows in any order; 8 bytes of memory a row.
 *
 * @param name how to call the file in an error
 * @throws StoreError when the file cannot be read, and from `read` for a damaged row
 */
export async function openRowReader<T>(
  path: string,
  name: string,
  parse: (value: JsonValue, row: number) => T,
): Promise<RowReader<T>> {
  const starts = await findStarts(path);
  const count = starts.length - 1;
  const handle = await withFailure("read", path, () => open(path, "r"));
  return {
    count,
    async read(row) {
      if (!Number.isInteger(row) || row < 0 || row >= count) {
        throw new InputError(`${name} has no row ${row}: rows are 0 … ${count - 1}.`, { path, row, count });
      }
      const bytes = await withFailure("read", path, () => readRange(handle, starts[row]!, starts[row + 1]!));
      return parse(parseLine(bytes, name, row), row);
    },
    close: () => handle.close(),
  };
}

/** Offsets of the rows, and of the end. */
async function findStarts(path: string): Promise<number[]> {
  const starts: number[] = [];
  let end = 0;
  for await (const line of readLines(path)) {
    starts.push(line.start);
    end = line.start + line.bytes.length + (line.terminated ? 1 : 0);
  }
  starts.push(end);
  return starts;
}

async function readRange(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(end - start);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
