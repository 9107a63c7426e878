/** What `itool data check` and `itool data preview` do; the commands themselves read files and print. */
export {
  type CheckOptions,
  checkData,
  type DataCheck,
  type LengthSummary,
  type NamedCount,
  type ReasonCount,
} from "./check.js";
export { renderCheck } from "./check-table.js";
export { type PreviewToken, previewRow, type RowPreview } from "./preview.js";
export { type PreviewStyle, renderPreview } from "./preview-text.js";
export type { Quantiles } from "./tally.js";
export { visible } from "./visible.js";
