/** Reads the records of a run directory back, for tables and reports. */
import type {
  ComparisonRecord,
  EvaluationRecord,
  PreferencePair,
  Rejection,
  SearchTree,
  StepRecord,
  Store,
} from "../spec/index.js";
import { evaluatedPolicies } from "../stages/pipeline-stages.js";
import type { Recipe } from "../stages/recipe.js";
import { stageTimeSchema } from "../stages/stage-run.js";
import {
  comparisonsSchema,
  evaluationSchema,
  pairSchema,
  readDocument,
  rejectionSchema,
  rowParser,
  runPaths,
  stepSchema,
  treeSchema,
} from "../store/index.js";

/** The evaluations that are there, in the order of the run. */
export async function readEvaluations(
  store: Store,
  recipe: Pick<Recipe, "evaluate" | "rounds">,
): Promise<EvaluationRecord[]> {
  const records: EvaluationRecord[] = [];
  for (const { paths } of evaluatedPolicies(recipe)) {
    if (await store.exists(paths.scores)) {
      records.push(await readDocument(store, paths.scores, evaluationSchema));
    }
  }
  return records;
}

/** The paired differences of a run. */
export function readComparisons(store: Store): Promise<readonly ComparisonRecord[]> {
  return readDocument(store, runPaths.comparisons, comparisonsSchema);
}

/** The steps of all training stages; nothing where nothing was trained. */
export function readSteps(store: Store): AsyncGenerator<StepRecord> {
  return readWhereThere(store, [runPaths.metrics], (file) =>
    store.readRows(file, rowParser(stepSchema, file)),
  );
}

/** The trees of all rounds. */
export function readTrees(store: Store, rounds: number): AsyncGenerator<SearchTree> {
  const files = roundFiles(rounds, (round) => runPaths.round(round).trees);
  return readWhereThere(store, files, (file) => store.readRows(file, rowParser(treeSchema, file)));
}

/** The pairs of all rounds. */
export function readPairs(store: Store, rounds: number): AsyncGenerator<PreferencePair> {
  const files = roundFiles(rounds, (round) => runPaths.round(round).pairs);
  return readWhereThere(store, files, (file) => store.readRows(file, rowParser(pairSchema, file)));
}

/** What was set aside while importing. */
export function readRejections(store: Store): AsyncGenerator<Rejection> {
  const parse = rowParser(rejectionSchema, runPaths.rejections);
  return readWhereThere(store, [runPaths.rejections], (file) => store.readRows(file, parse));
}

/** Seconds of each stage, summed over the sittings that it took. */
export async function readStageSeconds(store: Store): Promise<Map<string, number>> {
  const seconds = new Map<string, number>();
  const parse = rowParser(stageTimeSchema, runPaths.timings);
  const rows = readWhereThere(store, [runPaths.timings], (file) => store.readRows(file, parse));
  for await (const row of rows) seconds.set(row.stage, (seconds.get(row.stage) ?? 0) + row.seconds);
  return seconds;
}

function roundFiles(rounds: number, pathOf: (round: number) => string): string[] {
  return Array.from({ length: rounds }, (_, index) => pathOf(index + 1));
}

async function* readWhereThere<T>(
  store: Store,
  files: readonly string[],
  read: (file: string) => AsyncIterable<T>,
): AsyncGenerator<T> {
  for (const file of files) if (await store.exists(file)) yield* read(file);
}
