/** Files of lines outside the run directory, written as they come: whole or absent, gzip where the name ends in `.gz`. */
import { once } from "node:events";
import { PassThrough, type Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { writeAtomically } from "./atomic.js";

/** A file under way. It has its name only after `finish`. */
export interface LineWriter {
  /** Adds a line; waits while the disk is behind. @throws StoreError */
  write(line: string): Promise<void>;
  /** Completes the file. @throws StoreError */
  finish(): Promise<void>;
  /** Leaves no file. */
  abandon(): Promise<void>;
}

/** Begins a file; what was there under this name stays until `finish`. */
export function openLineWriter(path: string): LineWriter {
  const input = new PassThrough({ highWaterMark: 1 << 18 });
  const output: Readable = path.endsWith(".gz") ? input.pipe(createGzip()) : input;
  const writing = writeAtomically(path, output);
  // Failures reach the caller through `writing`; a stream without a listener would end the process.
  for (const stream of [input, output]) stream.on("error", () => undefined);
  const settled = writing.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return {
    async write(line) {
      if (input.write(`${line}\n`)) return;
      const failure = await Promise.race([once(input, "drain").then(() => undefined), settled]);
      if (failure !== undefined) throw failure;
    },
    async finish() {
      input.end();
      await writing;
    },
    async abandon() {
      const cause = new Error("abandoned");
      input.destroy(cause);
      output.destroy(cause);
      await settled;
    },
  };
}

/**
 * Runs `work` with a writer for each path, and finishes them when it is done; when it throws, none of the files is made.
 */
export async function withLineWriters<T>(
  paths: readonly string[],
  work: (writers: readonly LineWriter[]) => Promise<T>,
): Promise<T> {
  const writers = paths.map(openLineWriter);
  try {
    const result = await work(writers);
    for (const writer of writers) await writer.finish();
    return result;
  } catch (cause) {
    for (const writer of writers) await writer.abandon();
    throw cause;
  }
}
