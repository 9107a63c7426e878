/** API-Bank (arXiv 2304.08244), levels 1 and 2: samples, the APIs, official and strict judging, scores. */
export {
  type ApiBank,
  type ApiBankFiles,
  createApiBank,
  judgeWithSearch,
  toolLibraryOf,
} from "./benchmark.js";
export { type ApiBankDeficiency, deficienciesOf } from "./deficiency.js";
export { type ApiDescription, readDescriptions } from "./descriptions.js";
export { type ApiBankLevel, type ApiTurn, type Dialogue, readDialogue, type Turn } from "./dialogue.js";
export {
  type ApiBankCategory,
  type ApiBankVerdict,
  executeTurns,
  type JudgeOptions,
  judgeOutput,
} from "./judge.js";
export {
  callText,
  contextMessages,
  describedApis,
  type MessageOptions,
  messagesOf,
  officialInstructionHash,
  ownInstruction,
} from "./messages.js";
export { nativePrompt } from "./native-prompt.js";
export { type ParsedCall, parseApiCall } from "./parse-call.js";
export { parsePythonJson } from "./python/json.js";
export type { PythonDictionary, PythonValue } from "./python/value.js";
export { createEmbeddingFinder } from "./retrieval/embedding-search.js";
export { createLexicalFinder } from "./retrieval/lexical-search.js";
export { type AnySample, type ApiBankSample, apiSamplesOf, samplesOf } from "./samples.js";
export {
  type ApiScore,
  type CeilingScore,
  type CeilingVerdicts,
  type LevelScore,
  scoreApiBank,
  type VerdictsById,
} from "./score.js";
export { type Databases, databaseNames, type ToolSearch } from "./world.js";
