/** `itool run`: the whole loop; the same command again continues. */
import { join } from "node:path";
import { renderScoreTable, scoreTable } from "../../report/index.js";
import type { ComparisonRecord, EvaluationRecord } from "../../spec/index.js";
import { runPipeline } from "../../stages/pipeline.js";
import type { Recipe } from "../../stages/recipe.js";
import type { StageOutcome } from "../../stages/stage-run.js";
import { openRunDirectory, type RunDirectory, runPaths } from "../../store/index.js";
import { loadBaseModel } from "../base-model.js";
import { formatSeconds } from "../progress-meter.js";
import { readRecipe } from "../read-recipe.js";
import { readComparisons, readEvaluations } from "../run-records.js";
import type { Terminal } from "../terminal.js";
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

/** Runs, or goes on with, the loop of a recipe; writes the report and prints the table of scores. */
export async function runRecipe(options: RunOptions, terminal: Terminal): Promise<RunSummary> {
  const started = performance.now();
  const recipe = await readRecipe(options.recipe, options.overrides);
  const directory = options.out ?? join("runs", recipe.name);
  const model = await loadBaseModel(recipe);
  const store = await openRunDirectory(directory);
  try {
    terminal.note(`Run ${recipe.name} in ${directory}; stop it at any time, the same command goes on.`);
    await runPipeline(
      { recipe, model, onStage: (outcome) => announce(outcome, terminal) },
      { store, signal: options.signal, onProgress: (event) => terminal.progress(event) },
    );
    const summary = await summarize(recipe, store, directory);
    const report = recipe.report.html ? await writeReport(store, recipe, model.context, terminal) : undefined;
    const seconds = (performance.now() - started) / 1000;
    return { ...summary, ...(report === undefined ? {} : { report }), seconds };
  } finally {
    terminal.endProgress();
    await store.close();
  }
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

function announce({ stage, kind, reason }: StageOutcome, terminal: Terminal): void {
  if (kind === "skipped") terminal.note(`${stage}: done before`);
  if (kind === "continued") terminal.note(`${stage}: goes on where it stopped`);
  if (kind === "redone")
    terminal.note(`${stage}: done again${reason === undefined ? "" : `, because ${reason}`}`);
}
