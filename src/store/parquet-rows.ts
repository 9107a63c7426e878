/**
 * Rows of a parquet file, one row group in memory at a time. The file is untrusted: what its footer claims is held against
 * limits before anything is allocated, and whatever the decoder throws becomes a `DataError`.
 */
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  type SchemaElement,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError, type JsonValue, type Rejection } from "../spec/index.js";
import type { Row } from "../tasks/index.js";
import { withFailure } from "./failure.js";
import type { ByteListener } from "./text-chunks.js";

/** Largest row group that is read, in bytes when unpacked. */
const largestGroup = 1024 * 1024 * 1024;
/** Deepest nesting of lists and structures that is read. */
const deepest = 64;

/**
 * The rows in order; those with a value that JSON lacks as rejections of the rule `json`. Integers beyond ±(2^53 − 1) become the text of their digits, times
 * ISO 8601, bytes base64. Columns and members without a value are left out: the rows of a parquet file have all the members
 * of one another, so tools and messages would be full of parameters and fields that they never had.
 *
 * @throws StoreError when the file cannot be read; DataError when it is damaged or a row group is too large
 */
export async function* readParquetRows(
  path: string,
  onBytes?: ByteListener,
): AsyncGenerator<Row | Rejection> {
  const file = await withFailure("read", path, () => asyncBufferFromFile(path));
  const metadata = await decode(path, () => parquetMetadataAsync(file));
  const jsonColumns = new Set(metadata.schema.filter(isJson).map(({ name }) => name));
  let start = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    requireSize(path, group.columns, count, file);
    const end = start + count;
    const read = { file, metadata, compressors, rowStart: start, rowEnd: end };
    const rows = await decode(path, () => parquetReadObjects(read));
    for (const [index, row] of rows.entries()) yield rowOf(row, start + index, path, jsonColumns);
    start = end;
    onBytes?.(Math.round((file.byteLength * end) / Math.max(1, Number(metadata.num_rows))), file.byteLength);
  }
}

/** A column of JSON text, which says itself what is null. */
function isJson({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === "JSON" || logical?.type === "JSON";
}

interface Column {
  readonly meta_data?: { readonly total_uncompressed_size: bigint; readonly total_compressed_size: bigint };
}

/** @throws DataError where a group claims more than it may or can hold */
function requireSize(path: string, columns: readonly Column[], rows: number, file: AsyncBuffer): void {
  const sum = (key: "total_uncompressed_size" | "total_compressed_size") =>
    columns.reduce((total, { meta_data: column }) => total + Number(column?.[key] ?? 0), 0);
  const packed = sum("total_compressed_size");
  if (packed > file.byteLength || !Number.isSafeInteger(rows) || rows < 0)
    throw damaged(path, "its footer claims more than the file holds");
  const unpacked = sum("total_uncompressed_size");
  if (unpacked <= largestGroup && rows <= largestGroup / 8) return;
  const message = `${path} has a row group of ${unpacked} bytes; at most ${largestGroup} are read. Write the file with smaller row groups.`;
  throw new DataError(message, { path, bytes: unpacked });
}

async function decode<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw damaged(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function damaged(path: string, why: string, cause?: unknown): DataError {
  const message = `${path} is a damaged parquet file: ${why}. Fetch it again.`;
  return new DataError(message, { path }, cause === undefined ? undefined : { cause });
}

function rowOf(
  value: Record<string, unknown>,
  row: number,
  path: string,
  jsonColumns: ReadonlySet<string>,
): Row | Rejection {
  const losses: string[] = [];
  const columns = Object.entries(value).filter(isGiven);
  const json = Object.fromEntries(
    columns.map(([name, item]) => [name, toJson(item, 0, losses, jsonColumns.has(name))]),
  );
  if (losses.length === 0) return { row, value: json };
  const message = `The row holds ${losses[0]}, which JSON lacks; repair or remove it.`;
  return { file: path, row, field: "", rule: "json", message };
}

function isGiven([, item]: readonly [string, unknown]): boolean {
  return item !== null && item !== undefined;
}

/** @param keepsNulls Whether members without a value are null, or are not there. */
function toJson(value: unknown, depth: number, losses: string[], keepsNulls: boolean): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (depth <= deepest && Array.isArray(value))
    return value.map((item) => toJson(item, depth + 1, losses, keepsNulls));
  if (depth <= deepest && isPlainObject(value))
    return Object.fromEntries(
      Object.entries(value)
        .filter((entry) => keepsNulls || isGiven(entry))
        .map(([key, item]) => [key, toJson(item, depth + 1, losses, keepsNulls)]),
    );
  losses.push(typeof value === "object" ? "a value nested too deep or of another kind" : String(value));
  return null;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
