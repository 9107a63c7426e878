/**
 * Work on many rows, a chunk at a time: each row gives one line of a log. The chunks are the same however often the
 * work was stopped, so whatever depends on the company of a row in a batch does not change either. On a server several
 * chunks are under way at once, so that it never waits for us; their lines are written in order all the same.
 */
import type { CallOptions, JsonValue, Policy, RowReader, Store } from "../spec/index.js";
import { inOrder } from "./in-order.js";
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
  /** Chunks under way at once. @default 1 */
  readonly chunksAtOnce?: number;
  /** One result for each row, in order. The options are for the calls of the policy: a stop reaches them at once. */
  work(rows: readonly T[], call: CallOptions): Promise<readonly R[]>;
}

/** Chunks of so many requests each that fill the server of a policy or a responder; 1 where calls do not overlap. */
export function chunksToFill(
  { requestsInFlight }: Pick<Policy, "requestsInFlight">,
  requestsOfChunk: number,
): number {
  if (requestsInFlight === undefined) return 1;
  // One more, so that there is something to send when a chunk is nearly done.
  return 1 + Math.ceil(requestsInFlight / requestsOfChunk);
}

/** Does what is not in the log yet; a chunk of which a part was written is done again. Makes the log if it is empty. */
export async function processChunks<T, R>(chunked: ChunkedWork<T, R>, ports: StagePorts): Promise<void> {
  const { rows, log, chunkRows, chunksAtOnce = 1, stage, unit } = chunked;
  let logged = await resumeLog(ports.store, log, chunkRows, rows.count);
  const first = logged;
  const progress = new ChunkProgress({ stage, unit, total: rows.count }, ports, first);
  const count = Math.ceil((rows.count - first) / chunkRows);
  const work = async (index: number, unwanted: AbortSignal): Promise<readonly R[]> => {
    const start = first + index * chunkRows;
    const chunk = await readRange(rows, start, Math.min(start + chunkRows, rows.count));
    const signal = ports.signal === undefined ? unwanted : AbortSignal.any([ports.signal, unwanted]);
    return progress.follow(chunk.length, (onProgress) => chunked.work(chunk, { onProgress, signal }));
  };
  for await (const results of inOrder({ count, atOnce: chunksAtOnce, work })) {
    for (const result of results) await ports.store.appendRow(log, result);
    logged += results.length;
    if (logged < rows.count) stopIfAsked(ports, stage);
  }
}

/** Counts rows over all chunks under way. */
class ChunkProgress {
  readonly #report: (done: number) => void;
  #done: number;

  constructor(
    { stage, unit, total }: { readonly stage: string; readonly unit: string; readonly total: number },
    { onProgress }: StagePorts,
    done: number,
  ) {
    this.#report = (count) => onProgress?.({ stage, unit, done: count, total });
    this.#done = done;
    this.#report(done);
  }

  /** What the work gives; it tells how much of the chunk's rows is done. */
  async follow<R>(
    size: number,
    work: (onProgress: (done: number, total: number) => void) => Promise<R>,
  ): Promise<R> {
    let seen = 0;
    const see = (rows: number): void => {
      this.#done += rows - seen;
      seen = rows;
      this.#report(this.#done);
    };
    const result = await work((done, total) => see(Math.floor((size * done) / total)));
    see(size);
    return result;
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
