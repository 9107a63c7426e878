/** `itool eval --benchmark bfcl`: a model answers the items of the leaderboard; the same command again continues. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError } from "../../spec/index.js";
import { type BfclEvaluation, evaluateBfcl } from "../../stages/bfcl.js";
import { chunksToFill } from "../../stages/chunks.js";
import { nearestKey } from "../../stages/nearest-key.js";
import { policyResponder } from "../../stages/policy-responder.js";
import { parseRecipe, type Recipe } from "../../stages/recipe.js";
import { fingerprintPath, openRunDirectory } from "../../store/index.js";
import { BFCL_CATEGORIES, type BfclCategory } from "../../tasks/bfcl/index.js";
import { loadBaseModel, type ModelLoader, modelOverrides, nameOfModel } from "../base-model.js";
import { openBfcl } from "../bfcl-bench.js";
import { downloadBfcl } from "../bfcl-download.js";
import { requireFolder } from "../input-files.js";
import { packageRoot } from "../package-root.js";
import { ServerWatch } from "../server-watch.js";
import type { Terminal } from "../terminal.js";
import { requireSameRequest } from "./same-request.js";

/** Options of the command. */
export interface EvaluateBfclOptions {
  /** A model folder, `tinker:URL#model` or `openai:URL#model`. */
  readonly model: string;
  readonly adapter?: string;
  /** Folder of the tokenizer of a model on a server. */
  readonly tokenizer?: string;
  /** Absent: all of them. */
  readonly categories?: readonly string[];
  /** Folder of the official data. */
  readonly data?: string;
  /** Fetches the official data into that folder where it is not there. */
  readonly download?: boolean;
  /** Items of each category; absent: all. */
  readonly limit?: number;
  /** `benchmark`: the official prompting mode. `template`: the model's own way of showing functions. */
  readonly prompt: "benchmark" | "template";
  readonly maximumTokens: number;
  readonly out: string;
  readonly signal: AbortSignal;
}

/** Items that are answered together; what a kill loses at most. */
const CHUNK_ROWS = 16;

/**
 * Runs the evaluation in `out`: `results.jsonl`, `result/` with the official files, `verdicts.jsonl`, `scores.json`.
 *
 * @throws ConfigError for a category, model, adapter or data folder that is not there, or an `out` with other results
 */
export async function runBfclEvaluation(
  options: EvaluateBfclOptions,
  terminal: Terminal,
  load: ModelLoader = loadBaseModel,
): Promise<BfclEvaluation> {
  const categories = knownCategories(options.categories);
  const data = await dataFolder(options, terminal);
  const recipe = await modelRecipe(options);
  const watch = new ServerWatch(terminal, options.signal, recipe.engine);
  const model = await load(recipe, { listener: watch.listener, logprobsOptional: true });
  const { bench, files } = await openBfcl(data, categories);
  const store = await openRunDirectory(options.out);
  const onProgress = (event: Parameters<Terminal["progress"]>[0]) => terminal.progress(event);
  try {
    await requireSameRequest(store, await requestOf(options, categories, model.fingerprint));
    await watch.keepIn(store);
    const engine = await model.openEngine();
    try {
      const adapter = options.adapter === undefined ? {} : { adapter: options.adapter };
      const policy = await engine.createPolicy({ ...adapter, train: "none" });
      const { maximumTokens, prompt, limit } = options;
      const respond = policyResponder({ policy, context: model.context, maximumTokens });
      const some = limit === undefined ? {} : { limit };
      const chunks = { chunkRows: CHUNK_ROWS, chunksAtOnce: chunksToFill(policy, CHUNK_ROWS) };
      const inputs = { bench, files, categories, prompt, ...chunks, respond, ...some };
      return await evaluateBfcl(inputs, { store, signal: watch.signal, onProgress });
    } finally {
      await engine.close();
    }
  } finally {
    terminal.endProgress();
    await watch.end();
    await store.close();
  }
}

/** The evaluation as text. */
export function renderBfclEvaluation({ text, notes }: BfclEvaluation): string {
  const lines = Object.entries(notes).map(
    ([note, count]) => `${count} items were judged on an empty answer: ${note}.`,
  );
  return [text, ...lines].join("\n");
}

async function dataFolder({ data, download }: EvaluateBfclOptions, terminal: Terminal): Promise<string> {
  if (data === undefined) {
    throw new ConfigError(
      "--benchmark bfcl needs --data: the folder of its official data. --download fetches it there.",
    );
  }
  if (download === true) await downloadBfcl(data, (line) => terminal.note(line));
  requireFolder(
    data,
    "--data",
    "Give the folder of BFCL's official data, or add --download to fetch it there.",
  );
  return data;
}

function knownCategories(names: readonly string[] | undefined): readonly BfclCategory[] {
  if (names === undefined) return BFCL_CATEGORIES;
  const unknown = names.find((name) => !BFCL_CATEGORIES.some((category) => category === name));
  if (unknown !== undefined) {
    const nearest = nearestKey(unknown, BFCL_CATEGORIES);
    const fix =
      nearest === undefined ? `Known are ${BFCL_CATEGORIES.join(", ")}.` : `Did you mean ${nearest}?`;
    throw new ConfigError(`--categories: bfcl has no category ${unknown}. ${fix}`, { unknown });
  }
  return BFCL_CATEGORIES.filter((category) => names.includes(category));
}

/** Only the model of the recipe counts here. */
async function modelRecipe({ model, tokenizer }: EvaluateBfclOptions): Promise<Recipe> {
  const file = join(packageRoot(), "recipes/nano.yaml");
  const overrides = modelOverrides(model, "--model", tokenizer);
  return parseRecipe({ file, text: await readFile(file, "utf8"), overrides });
}

async function requestOf(
  options: EvaluateBfclOptions,
  categories: readonly BfclCategory[],
  modelFingerprint: string,
): Promise<string> {
  const { adapter, limit, prompt, maximumTokens } = options;
  if (adapter !== undefined)
    requireFolder(adapter, "--adapter", "In a run directory it is e.g. round-01/adapter.");
  const request = {
    benchmark: "bfcl",
    model: nameOfModel(options.model),
    modelFingerprint,
    adapter: adapter === undefined ? null : resolve(adapter),
    adapterFingerprint: adapter === undefined ? null : await fingerprintPath(adapter),
    categories,
    limit: limit ?? null,
    prompt,
    maximumTokens,
  };
  return `${JSON.stringify(request, undefined, 2)}\n`;
}
