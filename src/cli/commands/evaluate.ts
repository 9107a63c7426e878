/** `itool eval --benchmark toolworld`: scores one model on held-out rows; the same command again continues. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { renderScoreTable, scoreTable } from "../../report/index.js";
import { ConfigError, type EvaluationRecord } from "../../spec/index.js";
import type { BaseModel } from "../../stages/base-model.js";
import { evaluate } from "../../stages/evaluate.js";
import { nearestKey } from "../../stages/nearest-key.js";
import type { StagePorts } from "../../stages/ports.js";
import { prepare } from "../../stages/prepare.js";
import { parseRecipe, type Recipe } from "../../stages/recipe.js";
import { fingerprintPath, openRunDirectory, runPaths } from "../../store/index.js";
import { CATEGORIES } from "../../tasks/toolworld/index.js";
import { loadBaseModel, type ModelLoader, modelOverrides, nameOfModel } from "../base-model.js";
import { requireFolder } from "../input-files.js";
import { packageRoot } from "../package-root.js";
import { ServerWatch } from "../server-watch.js";
import type { Terminal } from "../terminal.js";
import { requireSameRequest } from "./same-request.js";

/** Options of the command. */
export interface EvaluateOptions {
  readonly benchmark: string;
  /** A model folder, `tinker:URL#model` or `openai:URL#model`. */
  readonly model: string;
  /** Folder of the tokenizer of a model on a server. */
  readonly tokenizer?: string;
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

/**
 * Runs the evaluation in `out`: `data/`, `base/eval/items.jsonl`, `base/eval/scores.json`.
 *
 * @throws ConfigError for a benchmark, category, model or adapter that is not there, or an `out` with other results
 */
export async function runEvaluation(
  options: EvaluateOptions,
  terminal: Terminal,
  load: ModelLoader = loadBaseModel,
): Promise<EvaluationRecord> {
  const recipe = await evaluationRecipe(options);
  if (options.adapter !== undefined) {
    requireFolder(options.adapter, "--adapter", "In a run directory it is e.g. round-01/adapter.");
  }
  const watch = new ServerWatch(terminal, options.signal, recipe.engine);
  const model = await load(recipe, { listener: watch.listener, logprobsOptional: true });
  const store = await openRunDirectory(options.out);
  const ports = {
    store,
    signal: watch.signal,
    onProgress: (event: Parameters<Terminal["progress"]>[0]) => terminal.progress(event),
  };
  try {
    await requireSameRequest(store, await requestOf(options, model));
    await watch.keepIn(store);
    if (!(await store.exists(runPaths.dataSummary))) {
      await prepare(recipe.prepare, { data: recipe.data, seed: recipe.seed, context: model.context }, ports);
    }
    return await scoreModel(recipe, model, options, ports);
  } finally {
    terminal.endProgress();
    await watch.end();
    await store.close();
  }
}

async function scoreModel(
  recipe: Recipe,
  model: BaseModel,
  options: EvaluateOptions,
  ports: StagePorts,
): Promise<EvaluationRecord> {
  const engine = await model.openEngine();
  try {
    const adapter = options.adapter === undefined ? {} : { adapter: options.adapter };
    const policy = await engine.createPolicy({ ...adapter, train: "none" });
    const paths = runPaths.base.evaluation;
    const inputs = { policy, context: model.context, name: nameOf(options), paths };
    return await evaluate(recipe.evaluate, inputs, ports);
  } finally {
    await engine.close();
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
    ...modelOverrides(options.model, "--model", options.tokenizer),
    "data.trainRows=0",
    `data.evaluationRows=${options.rows}`,
    `data.evaluationSeed=${options.seed}`,
    ...(options.categories === undefined ? [] : [`data.categories=${weights(options.categories)}`]),
  ];
  return parseRecipe({ file, text: await readFile(file, "utf8"), overrides });
}

function weights(categories: readonly string[]): string {
  const known: readonly string[] = CATEGORIES;
  const unknown = categories.find((category) => !known.includes(category));
  if (unknown !== undefined) {
    const nearest = nearestKey(unknown, known);
    const fix = nearest === undefined ? `Known are ${known.join(", ")}.` : `Did you mean ${nearest}?`;
    throw new ConfigError(`--categories: toolworld has no category ${unknown}. ${fix}`, { unknown });
  }
  return JSON.stringify(Object.fromEntries(categories.map((category) => [category, 1])));
}

/** What the results depend on, as text. */
async function requestOf(options: EvaluateOptions, model: BaseModel): Promise<string> {
  const { benchmark, adapter, categories, rows, seed } = options;
  const request = {
    benchmark,
    model: nameOfModel(options.model),
    modelFingerprint: model.fingerprint,
    adapter: adapter === undefined ? null : resolve(adapter),
    adapterFingerprint: adapter === undefined ? null : await fingerprintPath(adapter),
    categories: categories ?? null,
    rows,
    seed,
  };
  return `${JSON.stringify(request, undefined, 2)}\n`;
}
