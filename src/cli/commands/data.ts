/** `itool data check`, `preview` and `stats` on files. */
import { renderPreviewPage, renderStatsPage } from "../../report/index.js";
import { ConfigError, DataError, type Example } from "../../spec/index.js";
import { openLineWriter, withLineWriters } from "../../store/index.js";
import {
  checkData,
  type DataCheck,
  type DataStats,
  importRow,
  isRejection,
  measureData,
} from "../../tasks/index.js";
import { renderExample } from "../../text/index.js";
import {
  contextOf,
  type DataFile,
  openDetected,
  openRows,
  previewRow,
  previewTitle,
  type RowPreview,
  requireDistinct,
  statsView,
} from "./data/index.js";

/** Options of `itool data check`. */
export interface DataCheckOptions extends DataFile {
  /** A model folder: adds lengths in tokens, and sets aside what does not fit its context. */
  readonly model?: string;
  /** Places shown of each reason. */
  readonly places: number;
  /** Writes every finding, one a line. */
  readonly findings?: string;
}

/** The report on a data file. */
export async function checkDataFile(options: DataCheckOptions): Promise<DataCheck> {
  const { findings } = options;
  if (findings !== undefined) requireDistinct(options.file, findings);
  const settings = await checkSettings(options);
  return withLineWriters(findings === undefined ? [] : [findings], ([writer]) =>
    checkData(openRows(options, "checking"), {
      ...settings,
      ...(writer === undefined ? {} : { onFinding: (finding) => writer.write(JSON.stringify(finding)) }),
    }),
  );
}

async function checkSettings({ file, format, model, places }: DataCheckOptions) {
  return {
    file,
    places,
    ...(format === undefined ? {} : { format }),
    ...(model === undefined ? {} : { context: await contextOf(model) }),
  };
}

/** Options of `itool data stats`. */
export interface DataStatsOptions extends Omit<DataCheckOptions, "findings"> {
  /** Writes a page with plots. */
  readonly html?: string;
}

/** The distributions of a data file. */
export async function measureDataFile(options: DataStatsOptions): Promise<DataStats> {
  const { html, file } = options;
  if (html !== undefined) requireDistinct(file, html);
  const stats = await measureData(openRows(options, "measuring"), await checkSettings(options));
  if (html !== undefined) await writePage(html, renderStatsPage(statsView(stats)));
  return stats;
}

/** Options of `itool data preview`. */
export interface DataPreviewOptions extends DataFile {
  /** Row, counted from 0. */
  readonly row: number;
  /** Assistant turn of the row, counted from 0; absent: all of them. */
  readonly turn?: number;
  readonly model: string;
  /** Writes a page of the tokens. */
  readonly html?: string;
}

/**
 * The decisions of one row as the tokens that a model is trained on.
 *
 * @throws ConfigError where the file has no such row or turn; DataError where the row was set aside (naming the rule).
 */
export async function previewDataRow(options: DataPreviewOptions): Promise<RowPreview[]> {
  const { file, row, turn, html, model } = options;
  if (html !== undefined) requireDistinct(file, html);
  const examples = await examplesOf(options);
  const chosen = turn === undefined ? examples : examples.slice(turn, turn + 1);
  if (chosen.length === 0) {
    const message = `Row ${row} of ${file} has ${examples.length} answers; --turn ${turn} is not one of 0 … ${examples.length - 1}.`;
    throw new ConfigError(message, { row, turn });
  }
  const context = await contextOf(model);
  const previews = chosen.map((example) =>
    previewRow(example, renderExample(context, example), context.tokenizer),
  );
  if (html !== undefined) {
    const views = previews.map((preview) => ({ ...previewTitle(preview), tokens: preview.tokens }));
    await writePage(html, renderPreviewPage(`${file}, row ${row}`, views));
  }
  return previews;
}

async function examplesOf(options: DataPreviewOptions): Promise<readonly Example[]> {
  const { file, row } = options;
  const detected = await openDetected(options);
  let read = 0;
  for await (const item of detected.rows) {
    read = item.row + 1;
    if (item.row !== row) continue;
    if (isRejection(item)) throw setAside(file, row, item.rule, item.message);
    const imported = importRow(item, { file, format: detected.format });
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

async function writePage(path: string, page: string): Promise<void> {
  const writer = openLineWriter(path);
  await writer.write(page);
  await writer.finish();
}
