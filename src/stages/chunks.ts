/**
 * Work on many rows, a chunk at a time: each row gives one line of a log. The chunks are the same however often the
 * work was stopped, so whatever depends on the company of a row in a batch does not change either.
 */
import type { CallOptions, JsonValue, RowReader, Store } from "../spec/index.js";
import { type StagePorts, stopIfAsked } from "./ports.js";

/** Rows in, lines out. */
export interface ChunkedWork<T, R> {
  readonly stage: string;
  /** What is counted, e.g. `rows`. */
  readonly unit: string;
  readonly rows: RowReader<T>;
  /** The log: one line a row, in the order of the rows. */
  readonly log: string;
  readonly chunkRows: number;
  /** One result for each row, in order. The options are for the calls of the policy: a stop reaches them at once. */
  work(rows: readonly T[], call: CallOptions): Promise<readonly R[]>;
}

/** Does what is not in the log yet; a chunk of which a part was written is done again. Makes the log if it is empty. */
export async function processChunks<T, R>(chunked: ChunkedWork<T, R>, ports: StagePorts): Promise<void> {
  const { rows, log, chunkRows, stage, unit } = chunked;
  const { store } = ports;
  let done = await resumeLog(store, log, chunkRows, rows.count);
  const report = (inChunk: number) =>
    ports.onProgress?.({ stage, unit, done: done + inChunk, total: rows.count });
  report(0);
  while (done < rows.count) {
    const end = Math.min(done + chunkRows, rows.count);
    const chunk = await readRange(rows, done, end);
    const onProgress = (part: number, whole: number) => report(Math.floor((chunk.length * part) / whole));
    const call = { onProgress, ...(ports.signal && { signal: ports.signal }) };
    for (const result of await chunked.work(chunk, call)) await store.appendRow(log, result);
    done = end;
    report(0);
    if (done < rows.count) stopIfAsked(ports, stage);
  }
}

/** Rows `start` … `end` − 1. */
export async function readRange<T>(rows: RowReader<T>, start: number, end: number): Promise<T[]> {
  const range: T[] = [];
  for (let row = start; row < end; row += 1) range.push(await rows.read(row));
  return range;
}

/** Cuts the log to whole chunks and returns how many rows it has. */
async function resumeLog(store: Store, log: string, chunkRows: number, total: number): Promise<number> {
  if (!(await store.exists(log))) await store.writeRows(log, []);
  let count = 0;
  for await (const _ of store.readRows(log, asWritten)) count += 1;
  const whole = count === total ? total : Math.floor(Math.min(count, total) / chunkRows) * chunkRows;
  if (count !== whole) await store.writeRows(log, take(store.readRows(log, asWritten), whole));
  return whole;
}

function asWritten(value: JsonValue): JsonValue {
  return value;
}

async function* take<T>(rows: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  let taken = 0;
  for await (const row of rows) {
    if (taken === count) return;
    taken += 1;
    yield row;
  }
}
