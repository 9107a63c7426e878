/** What the `itool data` commands do. Reading files lies in `data-file.ts`, printing is the program's. */
export { renderCheck } from "./check-table.js";
export {
  type ConvertOptions,
  convertDataFile,
  OUTPUT_FORMATS,
  type OutputFormat,
} from "./convert.js";
export {
  contextOf,
  type DataFile,
  type Following,
  openDetected,
  openRows,
  requireDistinct,
} from "./data-file.js";
export { findLeaks, type LeakOptions, type LeakReport } from "./leaks.js";
export { type PreviewToken, previewRow, previewTitle, type RowPreview } from "./preview.js";
export { type PreviewStyle, renderPreview } from "./preview-text.js";
export { type RepairOptions, repairDataFile } from "./repair.js";
export { type SplitOptions, splitDataFile } from "./split.js";
export { renderStats, statsView } from "./stats-view.js";
export { renderConvert, renderLeaks, renderRepair, renderSplit } from "./summaries.js";
export { visible } from "./visible.js";
