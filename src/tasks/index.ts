/** Data formats and benchmarks: rows → examples, responses → grades. */

export { type CheckOptions, checkData } from "./checking/check.js";
export { type Bin, histogram } from "./checking/histogram.js";
export type { LengthSummary, Measure } from "./checking/measures.js";
export type { DataCheck, Finding, NamedCount, ReasonCount } from "./checking/report.js";
export { type DataStats, type Distribution, measureData } from "./checking/stats.js";
export { createTally, type Quantiles, type Tally } from "./checking/tally.js";
export { exceeded, type Threshold } from "./checking/thresholds.js";
export type { ToolaceCategory } from "./dialogue/category.js";
export type { Dialogue, DialogueTurn } from "./dialogue/dialogue.js";
export { dialogueOfExample } from "./dialogue/from-example.js";
export type { Repair } from "./dialogue/read-notes.js";
export { createDuplicateFinder, type DuplicateFinder, hashText, type Repetition } from "./duplicates.js";
export { type ContextFit, fitsContext } from "./fits-context.js";
export { type WrittenRow, writeRow } from "./formats/convert.js";
export { FORMAT_NAMES, type FormatName } from "./formats/format.js";
export { detectFormat, formatOf, recognizeRow, unusedFields } from "./formats/formats.js";
export {
  type DetectedRows,
  detectRows,
  type ImportOptions,
  importRow,
  importRows,
} from "./formats/import-rows.js";
export { appendMembers, mendRow } from "./formats/mend-row.js";
export { withPlainNames } from "./formats/plain-names.js";
export { trlPreference, trlRows } from "./formats/trl.js";
export { createHashTable, type HashTable } from "./hash-table.js";
export { fieldText, isJsonObject, parseJson } from "./json-text.js";
export { createOverlapIndex, type OverlapIndex, type RowOverlap, type ToolOverlap } from "./overlap.js";
export {
  createRowParser,
  isRejection,
  parseJsonRows,
  parseJsonRowsAsync,
  type Row,
  type RowOptions,
  type RowParser,
} from "./rows.js";
export { fixOf, RULES } from "./rule-fixes.js";
export { contentKey, normalized, type SplitParts, splitKey } from "./split-key.js";
export {
  importToolace,
  importToolaceAsync,
  type ToolaceImportOptions,
} from "./toolace/import.js";
export {
  importToolaceRow,
  type RowFacts,
  type RowImport,
  type ToolaceOptions,
} from "./toolace/import-row.js";
export {
  ARGUMENT_WORKS,
  type ArgumentWork,
  CATEGORIES,
  type CopyOptions,
  type CopyText,
  copyRow,
  copyText,
  evaluationOnlyWords,
  findSplitOverlap,
  generateCopyRows,
  generateToolworld,
  type RowAnswer,
  type RowArgument,
  type RowCall,
  type SplitOverlap,
  type ToolworldCategory,
  type ToolworldOptions,
  type ToolworldRow,
  type ToolworldSplit,
  type ToolworldTurn,
  toolworldExamples,
  toolworldRow,
  type WrittenCall,
} from "./toolworld/index.js";
