/** Rows of a data file, whatever it is stored as: JSON, JSONL, gzip of these (told by the first bytes), parquet. */
import { open } from "node:fs/promises";
import type { Rejection } from "../spec/index.js";
import { parseJsonRowsAsync, type Row } from "../tasks/index.js";
import { withFailure } from "./failure.js";
import { readParquetRows } from "./parquet-rows.js";
import { type ByteListener, readTextChunks } from "./text-chunks.js";

/**
 * The rows in order, damaged ones as rejections. Memory holds one row at a time, of parquet one row group.
 *
 * @param onBytes Told how much of the file was read
 * @throws StoreError when the file cannot be read; DataError when it is damaged as a whole
 */
export async function* readDataRows(path: string, onBytes?: ByteListener): AsyncGenerator<Row | Rejection> {
  if ((await firstBytes(path)) === "PAR1") yield* readParquetRows(path, onBytes);
  else yield* parseJsonRowsAsync(readTextChunks(path, onBytes), { file: path });
}

async function firstBytes(path: string): Promise<string> {
  return withFailure("read", path, async () => {
    const handle = await open(path, "r");
    try {
      const bytes = Buffer.alloc(4);
      const { bytesRead } = await handle.read(bytes, 0, 4, 0);
      return bytes.toString("latin1", 0, bytesRead);
    } finally {
      await handle.close();
    }
  });
}
