/** `itool data check` and `itool data preview` on files. */
import { ConfigError, DataError, type Example } from "../../spec/index.js";
import { readTextChunks } from "../../store/index.js";
import { importToolaceRow, isRejection, parseJsonRowsAsync } from "../../tasks/index.js";
import { type RenderContext, renderExample } from "../../text/index.js";
import { findModelFolder, loadPromptContext } from "../base-model.js";
import { requireFile } from "../input-files.js";
import { checkData, type DataCheck, previewRow, type RowPreview } from "./data/index.js";

/** Options of `itool data check`. */
export interface DataCheckOptions {
  readonly file: string;
  /** A model folder: adds lengths in tokens, and sets aside what does not fit its context. */
  readonly model?: string;
  /** Places shown of each reason. */
  readonly places: number;
}

/** The report on a data file. */
export async function checkDataFile({ file, model, places }: DataCheckOptions): Promise<DataCheck> {
  requireData(file);
  const context = model === undefined ? {} : { context: await contextOf(model) };
  const rows = parseJsonRowsAsync(readTextChunks(file), { file });
  return checkData(rows, { file, places, ...context });
}

/** Options of `itool data preview`. */
export interface DataPreviewOptions {
  readonly file: string;
  /** Row, counted from 0. */
  readonly row: number;
  /** Assistant turn of the row, counted from 0; absent: all of them. */
  readonly turn?: number;
  readonly model: string;
}

/**
 * The decisions of one row as the tokens that a model is trained on.
 *
 * @throws ConfigError where the file has no such row or turn; DataError where the row was set aside (naming the rule).
 */
export async function previewDataRow(options: DataPreviewOptions): Promise<RowPreview[]> {
  requireData(options.file);
  const context = await contextOf(options.model);
  const examples = await examplesOf(options);
  const chosen = options.turn === undefined ? examples : examples.slice(options.turn, options.turn + 1);
  if (chosen.length === 0) {
    const message = `Row ${options.row} of ${options.file} has ${examples.length} answers; --turn ${options.turn} is not one of 0 … ${examples.length - 1}.`;
    throw new ConfigError(message, { row: options.row, turn: options.turn });
  }
  return chosen.map((example) => previewRow(example, renderExample(context, example), context.tokenizer));
}

async function examplesOf({ file, row }: DataPreviewOptions): Promise<readonly Example[]> {
  let read = 0;
  for await (const item of parseJsonRowsAsync(readTextChunks(file), { file })) {
    read = item.row + 1;
    if (item.row !== row) continue;
    if (isRejection(item)) throw setAside(file, row, item.rule, item.message);
    const imported = importToolaceRow(item, { file });
    if (!imported.ok) throw setAside(file, row, imported.rejection.rule, imported.rejection.message);
    return imported.examples;
  }
  const range = read === 0 ? "no rows" : `the rows 0 … ${read - 1}`;
  throw new ConfigError(`${file} has ${range}; there is no row ${row}. Give another --row.`, { file, row });
}

function setAside(file: string, row: number, rule: string, message: string): DataError {
  return new DataError(`Row ${row} of ${file} was set aside by the rule ${rule}: ${message}`, {
    file,
    row,
    rule,
  });
}

function requireData(file: string): void {
  requireFile(file, "the data file", "Give a file in ToolACE's format: JSON or JSONL, also .gz.");
}

function contextOf(model: string): Promise<RenderContext> {
  const prompt = { tools: "auto" as const, date: "2024-07-26", contextLength: 0 };
  return loadPromptContext({ prompt }, findModelFolder(model, "--model"));
}
