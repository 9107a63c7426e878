/** The report: run records → data → one HTML file, and the table of scores for the terminal. */
export { renderApiBank } from "./api-bank-text.js";
export { bfclView } from "./benchmark-view.js";
export { buildReportData } from "./build-report-data.js";
export { readPageTemplate } from "./page-template.js";
export { renderReport } from "./render-report.js";
export type {
  BenchmarkView,
  ClippedText,
  Curve,
  Distribution,
  Fact,
  FaultCounts,
  ImportView,
  NodeView,
  PairView,
  PerplexityChange,
  ReportData,
  RoundView,
  RuleView,
  SourceCount,
  StageCurves,
  StageTiming,
  TreeView,
} from "./report-data.js";
export type { ExampleText, PerplexityRows, ReportInput, Rows } from "./report-input.js";
export {
  type DifferenceRow,
  type ScoreColumn,
  type ScoreRow,
  type ScoreTable,
  scoreTable,
} from "./score-table.js";
export { renderScoreTable } from "./score-text.js";
export { type ExampleTokens, renderPreviewPage, type TokenView } from "./static/preview-page.js";
export { type PlotView, renderStatsPage, type StatsView, type TableView } from "./static/stats-page.js";
