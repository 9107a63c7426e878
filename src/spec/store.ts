import type { JsonValue } from "./json.js";

/**
 * The disk as the stages see it: one run directory. Paths are relative to it, with forward slashes, and never leave it.
 * A write is whole or absent: to a temporary name, flushed, renamed.
 */
export interface Store {
  /** Absolute path of a file or folder of the run, for engines that write by themselves. */
  path(relative: string): string;
  exists(relative: string): Promise<boolean>;
  readText(relative: string): Promise<string>;
  writeText(relative: string, text: string): Promise<void>;
  /** Rows of a JSONL file in order. */
  readRows<T>(relative: string, parse: (value: JsonValue, row: number) => T): AsyncIterable<T>;
  /** The same rows by number, for work that visits them out of order. Close it after use. */
  openRows<T>(relative: string, parse: (value: JsonValue, row: number) => T): Promise<RowReader<T>>;
  writeRows(relative: string, rows: Iterable<unknown> | AsyncIterable<unknown>): Promise<void>;
  /** Adds one row to a JSONL log. A cut last line (a kill while writing) is dropped at the next opening. */
  appendRow(relative: string, row: unknown): Promise<void>;
  /** Names in a folder, in order; empty where there is no such folder. */
  list(relative: string): Promise<string[]>;
  /** Removes a file or folder; absent is fine. */
  remove(relative: string): Promise<void>;
  /** SHA-256 of a file, or of a folder's files in order of name; hex. */
  hash(relative: string): Promise<string>;
}

/** Rows of a JSONL file by number; only their offsets are kept in memory. */
export interface RowReader<T> {
  readonly count: number;
  /** The row of this number, in [0, count). */
  read(row: number): Promise<T>;
  close(): Promise<void>;
}

/** Written last by a stage: it is complete, and this is what it was made of. */
export interface StageManifest {
  readonly stage: string;
  /** Version of the manifest's own layout. */
  readonly version: 1;
  /** Hash of the stage's settings. */
  readonly settings: string;
  /** Relative path → SHA-256 of what the stage read. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Relative path → SHA-256 of what the stage wrote. */
  readonly outputs: Readonly<Record<string, string>>;
}
