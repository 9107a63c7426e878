/** Data files as the commands see them. */
import { resolve } from "node:path";
import { ConfigError, type ProgressListener, type Rejection } from "../../../spec/index.js";
import { readDataRows } from "../../../store/index.js";
import { type DetectedRows, detectRows, type FormatName, type Row } from "../../../tasks/index.js";
import type { RenderContext } from "../../../text/index.js";
import { findModelFolder, loadPromptContext } from "../../base-model.js";
import { requireFile } from "../../input-files.js";

/** Where the progress of long work goes. */
export interface Following {
  readonly onProgress?: ProgressListener;
}

/** A file, and the format where the user names it. */
export interface DataFile extends Following {
  readonly file: string;
  readonly format?: FormatName;
}

/** The rows of a file. @throws ConfigError where there is no such file */
export function openRows(
  { file, onProgress }: Pick<DataFile, "file" | "onProgress">,
  stage = "reading",
): AsyncGenerator<Row | Rejection> {
  requireFile(file, "the data file", "Give a file of rows: JSON, JSONL or parquet, also .gz.");
  const listener = onProgress === undefined ? undefined : listenTo(stage, onProgress);
  return readDataRows(file, listener);
}

/** The rows of a file with their format. @throws ConfigError where there is no such file */
export async function openDetected(source: DataFile, stage?: string): Promise<DetectedRows> {
  return detectRows(openRows(source, stage), source.format);
}

/** Work that is shorter is not talked about. */
const quietMilliseconds = 2000;

function listenTo(stage: string, onProgress: ProgressListener): (done: number, total: number) => void {
  const start = performance.now();
  return (done, total) => {
    if (done >= total || performance.now() - start < quietMilliseconds) return;
    onProgress({ stage, unit: "kB", done: Math.ceil(done / 1000), total: Math.ceil(total / 1000) });
  };
}

/** @throws ConfigError where an output would overwrite what is read, or two outputs are one file */
export function requireDistinct(file: string, ...outputs: readonly string[]): void {
  const paths = [file, ...outputs].map((path) => resolve(path));
  const repeated = paths.find((path, index) => paths.indexOf(path) !== index);
  if (repeated === undefined) return;
  throw new ConfigError(
    `${repeated} is named twice: the output would replace what is read. Name another file.`,
    {
      path: repeated,
    },
  );
}

/** The text side of a model for lengths and previews. */
export function contextOf(model: string): Promise<RenderContext> {
  const prompt = { tools: "auto" as const, date: "2024-07-26", contextLength: 0 };
  return loadPromptContext({ prompt }, findModelFolder(model, "--model"));
}

/** The text of a row in one line, exact where it was read from text. */
export function lineOf({ text, value }: Row): string {
  if (text === undefined) return JSON.stringify(value);
  return /[\n\r]/u.test(text) ? oneLine(text) : text.trim();
}

/** Line breaks stand only between the parts of JSON, never inside its strings. */
function oneLine(text: string): string {
  return text.replace(/[\n\r]+\s*/gu, " ").trim();
}
