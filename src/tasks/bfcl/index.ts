/** The Berkeley Function Calling Leaderboard: items, verdicts, simulated classes, scores. */
export { type BfclBench, itemOf } from "./bench.js";
export { BFCL_CATEGORIES, type BfclCategory, CATEGORY_SIZES, categoryOf, judgingOf } from "./category.js";
export type { Fault, FaultType } from "./check/fault.js";
export type { SyntaxNode, SyntaxParser, SyntaxParsers } from "./decode/syntax-node.js";
export { deficiencyOf } from "./deficiency.js";
export { classDocuments } from "./function-docs.js";
export type { BfclSummary } from "./grade-summary.js";
export { BfclGrader, type BfclGraderOptions, type BfclVerdict, judgeItem } from "./grader.js";
export { type BfclItem, CategoryItems, type MultiTurnItem, type QuestionMessage } from "./item.js";
export { MOST_STEPS } from "./judge-transcript.js";
export { readLongContext } from "./long-context.js";
export { failedResult, keptAnswer, type ModelAnswer } from "./model-answer.js";
export { nativeTools } from "./native-tools.js";
export { documentsFor, systemPrompt, toMessage, toolsOf, withSystemPrompt } from "./prompt.js";
export { type BfclFigure, type CategoryCounts, figureOf, type ScoreVersion, scoreFigures } from "./scores.js";
export { type CalendarDay, LongContextTables } from "./simulation/world.js";
export type { TranscriptMode } from "./transcript-form.js";
export { TranscriptRun } from "./transcript-run.js";
