/** Data formats and benchmarks: rows → examples, responses → grades. */

export type { ToolaceCategory } from "./dialogue/category.js";
export { type ContextFit, fitsContext } from "./fits-context.js";
export {
  createRowParser,
  isRejection,
  parseJsonRows,
  parseJsonRowsAsync,
  type Row,
  type RowOptions,
  type RowParser,
} from "./rows.js";
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
