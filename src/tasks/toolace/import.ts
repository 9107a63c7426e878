/**
 * ToolACE (arXiv 2409.00920) → examples. Rows come from `parseJsonRows` or anywhere else; nothing here touches the disk.
 */
import type { Example, Rejection } from "../../spec/index.js";
import { isRejection, type Row } from "../rows.js";
import { importToolaceRow, type ToolaceOptions } from "./import-row.js";

/** `importToolace` with a listener. */
export interface ToolaceImportOptions extends ToolaceOptions {
  /** Receives remarks on rows that were imported all the same. */
  readonly onFinding?: (finding: Rejection) => void;
}

/**
 * The examples of the rows in order, one per assistant turn, and a rejection in the place of each row that was set
 * aside; rejections of single answers (`empty-answer`, `mixed-answer`) come after the examples of their row. Rejections among the input (damaged lines) are passed on. Every row gives at least one item; never throws.
 */
export function* importToolace(
  rows: Iterable<Row | Rejection>,
  options: ToolaceImportOptions,
): Generator<Example | Rejection> {
  for (const row of rows) yield* importItem(row, options);
}

/** `importToolace` for rows that arrive over time. */
export async function* importToolaceAsync(
  rows: AsyncIterable<Row | Rejection>,
  options: ToolaceImportOptions,
): AsyncGenerator<Example | Rejection> {
  for await (const row of rows) yield* importItem(row, options);
}

function importItem(item: Row | Rejection, options: ToolaceImportOptions): readonly (Example | Rejection)[] {
  if (isRejection(item)) return [item];
  const result = importToolaceRow(item, options);
  if (!result.ok) return [result.rejection];
  for (const finding of result.findings) options.onFinding?.(finding);
  return [...result.examples, ...result.omitted];
}
