/** `itool eval --benchmark toolworld`: scores one model on held-out rows; the same command again continues. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { renderScoreTable, scoreTable } from "../../report/index.js";
import { ConfigError, type EvaluationRecord } from "../../spec/index.js";
import { evaluate } from "../../stages/evaluate.js";
import { prepare } from "../../stages/prepare.js";
import { parseRecipe, type Recipe } from "../../stages/recipe.js";
import { openRunDirectory, type RunDirectory, runPaths } from "../../store/index.js";
import { CATEGORIES } from "../../tasks/toolworld/index.js";
import { loadBaseModel } from "../base-model.js";
import { packageRoot } from "../package-root.js";
import type { Terminal } from "../terminal.js";

/** Options of the command. */
export interface EvaluateOptions {
  readonly benchmark: string;
  /** A model folder. */
  readonly model: string;
  /** A folder of an adapter in PEFT layout. */
  readonly adapter?: string;
  /** Absent: all of them. */
  readonly categories?: readonly string[];
  readonly rows: number;
  readonly seed: number;
  /** Folder of the results. */
  readonly out: string;
  readonly signal: AbortSignal;
}

/** Benchmarks that this version runs. */
export const BENCHMARKS = ["toolworld"] as const;

/** Runs the evaluation in `out`: `data/`, `base/eval/items.jsonl`, `base/eval/scores.json`. */
export async function runEvaluation(options: EvaluateOptions, terminal: Terminal): Promise<EvaluationRecord> {
  const recipe = await evaluationRecipe(options);
  const model = await loadBaseModel(recipe);
  const store = await openRunDirectory(options.out);
  const ports = {
    store,
    signal: options.signal,
    onProgress: (event: Parameters<Terminal["progress"]>[0]) => terminal.progress(event),
  };
  try {
    await requireSameRun(store, options);
    if (!(await store.exists(runPaths.dataSummary))) {
      await prepare(recipe.prepare, { data: recipe.data, seed: recipe.seed, context: model.context }, ports);
    }
    const engine = await model.openEngine();
    try {
      const adapter = options.adapter === undefined ? {} : { adapter: options.adapter };
      const policy = await engine.createPolicy({ ...adapter, train: "none" });
      const paths = runPaths.base.evaluation;
      return await evaluate(
        recipe.evaluate,
        { policy, context: model.context, name: nameOf(options), paths },
        ports,
      );
    } finally {
      await engine.close();
    }
  } finally {
    terminal.endProgress();
    await store.close();
  }
}

/** The scores as a table. */
export function renderEvaluation(record: EvaluationRecord): string {
  return renderScoreTable(scoreTable([record], []));
}

/** `base` alone, `adapter` with an adapter: what the record calls the policy. */
function nameOf({ adapter }: EvaluateOptions): string {
  return adapter === undefined ? "base" : "adapter";
}

/** The settings of `recipes/nano.yaml` with the model and rows asked for. */
async function evaluationRecipe(options: EvaluateOptions): Promise<Recipe> {
  if (options.benchmark !== "toolworld") {
    throw new ConfigError(
      `--benchmark is ${options.benchmark}; this version runs ${BENCHMARKS.join(", ")}.`,
      { benchmark: options.benchmark },
    );
  }
  const file = join(packageRoot(), "recipes/nano.yaml");
  const overrides = [
    `model=${options.model}`,
    "data.trainRows=0",
    `data.evaluationRows=${options.rows}`,
    `data.evaluationSeed=${options.seed}`,
    ...(options.categories === undefined ? [] : [`data.categories=${weights(options.categories)}`]),
  ];
  return parseRecipe({ file, text: await readFile(file, "utf8"), overrides });
}

function weights(categories: readonly string[]): string {
  const unknown = categories.find((category) => !CATEGORIES.some((known) => known === category));
  if (unknown !== undefined) {
    throw new ConfigError(`--categories has ${unknown}; toolworld has ${CATEGORIES.join(", ")}.`, {
      unknown,
    });
  }
  return JSON.stringify(Object.fromEntries(categories.map((category) => [category, 1])));
}

const REQUEST = "request.json";

/** Results of other settings are not mixed. @throws ConfigError where `out` holds another evaluation. */
async function requireSameRun(store: RunDirectory, options: EvaluateOptions): Promise<void> {
  const { signal: _, ...request } = options;
  const text = `${JSON.stringify(request, undefined, 2)}\n`;
  if (!(await store.exists(REQUEST))) return store.writeText(REQUEST, text);
  if ((await store.readText(REQUEST)) === text) return;
  throw new ConfigError(
    `${store.root} holds the results of another evaluation (see ${REQUEST}). Give another --out, or remove it.`,
    { out: store.root },
  );
}
