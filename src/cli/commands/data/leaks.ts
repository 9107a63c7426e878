/** `itool data leaks`: what the rows of a file have in common with benchmarks, or with any other files. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { ConfigError } from "../../../spec/index.js";
import { withLineWriters } from "../../../store/index.js";
import {
  createOverlapIndex,
  type FormatName,
  importRow,
  isRejection,
  type OverlapIndex,
  parseJson,
  type Row,
  type RowOverlap,
} from "../../../tasks/index.js";
import { type DataFile, type Following, openDetected, openRows, requireDistinct } from "./data-file.js";

/** What is compared with what. */
export interface LeakOptions extends DataFile {
  /** Files and folders; of a folder every JSON, JSONL and parquet file, at any depth. */
  readonly against: readonly string[];
  /** Words of a run. */
  readonly words: number;
  /** Writes every row that shares something, one a line. */
  readonly out?: string;
  /** How many rows are shown. */
  readonly places: number;
}

/** A row that shares something. */
export interface LeakingRow extends RowOverlap {
  readonly row: number;
}

/** What was found. */
export interface LeakReport {
  readonly file: string;
  readonly words: number;
  /** The other files: how many were read and how many of their rows could not be. */
  readonly against: {
    readonly files: number;
    readonly unreadable: number;
    readonly runs: number;
    readonly tools: number;
  };
  readonly rows: number;
  readonly setAside: number;
  /** Rows that share a run of words; a tool with its parameters; the name of a tool only. */
  readonly sharingText: number;
  readonly sharingTool: number;
  readonly sharingName: number;
  /** Rows by the file of what they share, the most frequent first. */
  readonly sources: readonly { readonly source: string; readonly rows: number }[];
  /** The first rows that share text or a tool. */
  readonly first: readonly LeakingRow[];
}

/** Compares the rows. @throws ConfigError for a path that is not there, StoreError, DataError */
export async function findLeaks(options: LeakOptions): Promise<LeakReport> {
  const { file, out, words } = options;
  const files = options.against.flatMap(filesOf);
  requireDistinct(file, ...(out === undefined ? [] : [out]));
  if (files.some((path) => resolve(path) === resolve(file)))
    throw new ConfigError(`--against holds ${file} itself: all of it would leak. Name another path.`, {
      file,
    });
  const index = createOverlapIndex(words);
  const reading = { files: files.length, unreadable: 0 };
  for (const path of files) reading.unreadable += await addFile(path, index, options);
  const tally = createLeakTally(options.places);
  await withLineWriters(out === undefined ? [] : [out], async ([writer]) => {
    const detected = await openDetected(options, "comparing");
    for await (const item of detected.rows) {
      const leak = isRejection(item) ? undefined : compareRow(item, file, detected.format, index);
      tally.add(leak);
      if (leak !== undefined && sharesAnything(leak)) await writer?.write(JSON.stringify(leak));
    }
  });
  return { file, words, against: { ...reading, ...index.size() }, ...tally.report() };
}

function compareRow(
  item: Row,
  file: string,
  format: FormatName | undefined,
  index: OverlapIndex,
): LeakingRow | undefined {
  const result = importRow(item, { file, format });
  return result.ok ? { row: item.row, ...index.compare(result.dialogue) } : undefined;
}

function sharesAnything({ sharedRuns, tools }: RowOverlap): boolean {
  return sharedRuns > 0 || tools.length > 0;
}

function createLeakTally(places: number) {
  const counts = { rows: 0, setAside: 0, sharingText: 0, sharingTool: 0, sharingName: 0 };
  const sources = new Map<string, number>();
  const first: LeakingRow[] = [];
  return {
    add(leak: LeakingRow | undefined): void {
      counts.rows += 1;
      if (leak === undefined) {
        counts.setAside += 1;
        return;
      }
      const kinds = new Set(leak.tools.map(({ kind }) => kind));
      if (leak.sharedRuns > 0) counts.sharingText += 1;
      if (kinds.has("same-tool")) counts.sharingTool += 1;
      else if (kinds.has("same-name")) counts.sharingName += 1;
      for (const source of sourcesOf(leak)) sources.set(source, (sources.get(source) ?? 0) + 1);
      const serious = leak.sharedRuns > 0 || kinds.has("same-tool");
      if (serious && first.length < places) first.push(leak);
    },
    report: () => ({
      ...counts,
      sources: [...sources]
        .map(([source, rows]) => ({ source, rows }))
        .toSorted((one, other) => other.rows - one.rows),
      first,
    }),
  };
}

function sourcesOf({ example, tools }: RowOverlap): ReadonlySet<string> {
  const named = tools.filter(({ kind }) => kind === "same-tool").map(({ source }) => source);
  return new Set(example === undefined ? named : [example.source, ...named]);
}

const dataName = /\.(?:jsonl?(?:\.gz)?|parquet)$/u;

function filesOf(path: string): readonly string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    const message = `--against is ${path}, and there is no such file or folder. Give a benchmark's data.`;
    throw new ConfigError(message, { path });
  }
  if (!stats.isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && dataName.test(entry.name));
  return files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
}

/** Takes a file in; returns how many of its rows cannot be read. A file that is one JSON document is one row. */
async function addFile(path: string, index: OverlapIndex, { onProgress }: Following): Promise<number> {
  let unreadable = 0;
  const source = onProgress === undefined ? { file: path } : { file: path, onProgress };
  for await (const item of openRows(source, `reading ${basename(path)}`)) {
    if (isRejection(item)) unreadable += 1;
    else index.add(item.value, path);
  }
  if (unreadable === 0 || statSync(path).size > largestDocument) return unreadable;
  const text = readDocumentText(path);
  const whole = text === undefined ? undefined : parseJson(text);
  if (whole?.ok !== true) return unreadable;
  index.add(whole.value, path);
  return 0;
}

/** The text of a whole file; `undefined` where it unpacks to too much. */
function readDocumentText(path: string): string | undefined {
  const bytes = readFileSync(path);
  if (!path.endsWith(".gz")) return bytes.toString("utf8");
  try {
    return gunzipSync(bytes, { maxOutputLength: largestDocument }).toString("utf8");
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

/** A document that is not in rows is read whole up to this size. */
const largestDocument = 64 * 1024 * 1024;
