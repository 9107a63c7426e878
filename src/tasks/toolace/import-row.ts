/** One ToolACE row → one `Example` for every assistant turn, or one rejection. */
import type { RowFacts } from "../dialogue/examples.js";
import { type ImportPlace, importReading, type RowImport } from "../dialogue/import-reading.js";
import { createNotes } from "../dialogue/read-notes.js";
import type { Row } from "../rows.js";
import { readToolaceRow } from "./read-row.js";

export type { RowFacts, RowImport };

/** How rows are imported. */
export interface ToolaceOptions extends ImportPlace {}

/**
 * Imports one row. Never throws, whatever the value. Examples have the ids `file#row.turn`, `turn` being the position of
 * the assistant turn in `conversations`. The rules of the rejections are those of `readToolaceRow`; of `omitted` those
 * of `textProblem`.
 */
export function importToolaceRow({ row, value }: Row, options: ToolaceOptions): RowImport {
  const notes = createNotes();
  return importReading(readToolaceRow(value, notes), notes, { ...options, row });
}
