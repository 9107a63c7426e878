/** `itool run`: the whole loop; the same command again continues. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderScoreTable, scoreTable } from "../../report/index.js";
import {
  type ComparisonRecord,
  DataError,
  type EvaluationRecord,
  type ProgressEvent,
} from "../../spec/index.js";
import type { BaseModel } from "../../stages/base-model.js";
import { type DataRecord, dataRecordSchema } from "../../stages/data-tally.js";
import { runPipeline } from "../../stages/pipeline.js";
import { planRun } from "../../stages/plan.js";
import type { Recipe } from "../../stages/recipe.js";
import type { StageOutcome } from "../../stages/stage-run.js";
import { openRunDirectory, type RunDirectory, runPaths } from "../../store/index.js";
import { loadBaseModel, type ModelLoader } from "../base-model.js";
import { requireData } from "../input-files.js";
import { openJudge } from "../outside-judge.js";
import { formatSeconds } from "../progress-meter.js";
import { readRecipe } from "../read-recipe.js";
import { requireTrainable } from "../remote-model.js";
import type { PlannedStage } from "../run-estimate.js";
import { RunProgress } from "../run-progress.js";
import { readComparisons, readEvaluations, readStageSeconds } from "../run-records.js";
import { ServerWatch } from "../server-watch.js";
import type { Terminal } from "../terminal.js";
import { announce } from "./announce.js";
import { writeReport } from "./report.js";

/** Options of the command. */
export interface RunOptions {
  readonly recipe: string;
  /** The run directory. @default runs/<name of the recipe> */
  readonly out?: string;
  readonly overrides: readonly string[];
  readonly signal: AbortSignal;
}

/** What the command prints with `--json`. */
export interface RunSummary {
  readonly directory: string;
  /** Absolute path; absent where the recipe asks for none. */
  readonly report?: string;
  readonly evaluations: readonly EvaluationRecord[];
  readonly comparisons: readonly ComparisonRecord[];
  /** Seconds of this call. */
  readonly seconds: number;
}

/**
 * Runs, or goes on with, the loop of a recipe; writes the report and prints the table of scores.
 *
 * @throws ConfigError for a recipe, model or data file that cannot be used; DataError where nothing is left to train on
 */
export async function runRecipe(
  options: RunOptions,
  terminal: Terminal,
  load: ModelLoader = loadBaseModel,
): Promise<RunSummary> {
  const started = performance.now();
  const recipe = await readRecipe(options.recipe, options.overrides);
  requireData(recipe);
  requireTrainable(recipe);
  const directory = options.out ?? join("runs", recipe.name);
  const watch = new ServerWatch(terminal, options.signal, recipe.engine);
  const model = await load(recipe, watch);
  const store = await openRunDirectory(directory);
  try {
    await watch.keepIn(store);
    terminal.note(`Run ${recipe.name} in ${directory}; stop it at any time, the same command goes on.`);
    await runLoop(recipe, model, store, watch, terminal);
    const summary = await summarize(recipe, store, directory);
    const report = recipe.report.html ? await writeReport(store, recipe, model.context, terminal) : undefined;
    const seconds = (performance.now() - started) / 1000;
    return { ...summary, ...(report === undefined ? {} : { report }), seconds };
  } finally {
    terminal.endProgress();
    await watch.end();
    await store.close();
  }
}

async function runLoop(
  recipe: Recipe,
  model: BaseModel,
  store: RunDirectory,
  { signal, listener }: ServerWatch,
  terminal: Terminal,
): Promise<void> {
  const progress = new RunProgress({
    plan: () => planOf(recipe, countsOf(store)),
    earlier: await readStageSeconds(store),
    now: () => performance.now(),
  });
  const onStage = (outcome: StageOutcome) => {
    if (outcome.stage !== "prepare") requireExamples(countsOf(store));
    progress.onStage(outcome);
    announce(outcome, terminal);
    const beginning = progress.beginning();
    if (beginning !== undefined) terminal.progress(beginning, progress.place());
  };
  const onProgress = (event: ProgressEvent) => {
    if (!progress.onEvent(event)) terminal.progress(event, progress.place());
  };
  await runPipeline(
    { recipe, model, onStage, ...openJudge(recipe, listener.meter) },
    { store, signal, onProgress },
  );
}

/** Speeds of which only the ratios matter: those of the small model on two cores. */
const RELATIVE_SPEEDS = { score: 2.4, train: 1, sample: 0.5 };
/** What usually comes of an upper bound: not every expansion is taken, or gives a pair. */
const BOUND_SHARE = 0.6;

function planOf(recipe: Recipe, counts: DataRecord | undefined): readonly PlannedStage[] | undefined {
  if (counts === undefined) return undefined;
  const { stages } = planRun(recipe, counts, RELATIVE_SPEEDS);
  return stages.map(({ stage, seconds = 0, atMost }) => ({
    stage,
    seconds: atMost ? BOUND_SHARE * seconds : seconds,
  }));
}

/** What `prepare` counted; `undefined` before it is done. Read at once, because listeners cannot wait. */
function countsOf(store: RunDirectory): DataRecord | undefined {
  const path = store.path(runPaths.dataSummary);
  if (!existsSync(path)) return undefined;
  const parsed = dataRecordSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  return parsed.success ? parsed.data : undefined;
}

/** @throws DataError where the data left nothing to train on. */
function requireExamples(counts: DataRecord | undefined): void {
  if (counts === undefined || counts.train.examples > 0) return;
  const reasons = Object.entries(counts.rejections).map(([rule, count]) => `${count} by ${rule}`);
  const read = counts.sources.map(({ file, read: rows }) => `${file} (rows: ${rows})`).join(", ");
  const setAside = reasons.length === 0 ? "" : ` Set aside: ${reasons.join(", ")}.`;
  const message = `There is no training example in ${read}.${setAside} \`itool data check FILE\` shows more.`;
  throw new DataError(message, { rejections: counts.rejections });
}

/** The table and the path of the report, for stdout. */
export function renderRun(summary: RunSummary): string {
  const table = renderScoreTable(scoreTable(summary.evaluations, summary.comparisons));
  const report = summary.report === undefined ? [] : [`Report: ${summary.report}`];
  return [table, ...report, `Time: ${formatSeconds(summary.seconds)}`].join("\n");
}

async function summarize(
  recipe: Recipe,
  store: RunDirectory,
  directory: string,
): Promise<Pick<RunSummary, "directory" | "evaluations" | "comparisons">> {
  const evaluations = await readEvaluations(store, recipe);
  const comparisons = (await store.exists(runPaths.comparisons)) ? await readComparisons(store) : [];
  return { directory, evaluations, comparisons };
}
