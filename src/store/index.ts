/**
 * The disk: run directories, rows, manifests and checkpoints, and the reading of data files and model folders. Nothing
 * here knows what a stage does; nothing else in the library touches the disk, except engines in the folders given to them.
 */

export { writeAtomically } from "./atomic.js";
export { type BfclFiles, bfclFileName, FUNCTION_DOC_FILES, readBfclFiles } from "./bfcl-files.js";
export { listCheckpoints, saveCheckpoint } from "./checkpoints.js";
export { readDataRows } from "./data-rows.js";
export { readDocument, writeDocument } from "./documents.js";
export { exampleSchema, rejectionSchema } from "./example-records.js";
export { fingerprintPath, hashPath, hashValue } from "./hash.js";
export { encodeRow, parseLine, readLines } from "./jsonl.js";
export { type LineWriter, openLineWriter, withLineWriters } from "./line-writer.js";
export {
  hashAll,
  markComplete,
  markStarted,
  readStageState,
  type StageKey,
  type StageState,
} from "./manifests.js";
export { loadRenderContext, type RenderContextOptions } from "./model-folder.js";
export {
  checkpointPath,
  type EvaluationPaths,
  manifestPath,
  type RoundPaths,
  roundName,
  runPaths,
  startedPath,
  type TrainingPaths,
} from "./paths.js";
export {
  comparisonsSchema,
  evaluationSchema,
  itemSchema,
  numberSchema,
  pairSchema,
  rowParser,
  stepSchema,
  treeSchema,
} from "./records.js";
export { openRunDirectory, type RunDirectory } from "./run-directory.js";
export { type ByteListener, readTextChunks } from "./text-chunks.js";
