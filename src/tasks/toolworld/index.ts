/** The built-in world of tools: rows, copy rows, and rows as examples. */
export { type CopyOptions, type CopyText, copyRow, copyText, generateCopyRows } from "./copy-rows.js";
export { toolworldExamples } from "./examples.js";
export { generateToolworld, toolworldRow } from "./generate.js";
export { CATEGORIES, type ToolworldCategory, type ToolworldOptions, type ToolworldSplit } from "./options.js";
export type { RowAnswer, RowArgument, RowCall, ToolworldRow, ToolworldTurn, WrittenCall } from "./row.js";
export { evaluationOnlyWords, findSplitOverlap, type SplitOverlap } from "./splits.js";
export { ARGUMENT_WORKS, type ArgumentWork } from "./work.js";
