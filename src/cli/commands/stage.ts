/**
 * `itool warmup|rank|explore|pair|prefer`: one stage alone, files in, files out. The output folder is a run directory of
 * one round, laid out as `itool run` does; the given files are copied to where the stage reads them.
 */
import { cp, stat } from "node:fs/promises";
import { ConfigError, type Policy, type Store } from "../../spec/index.js";
import type { BaseModel } from "../../stages/base-model.js";
import { explore } from "../../stages/explore.js";
import { pair } from "../../stages/pair.js";
import { printSettings } from "../../stages/parse-settings.js";
import { createPolicySource } from "../../stages/policies.js";
import type { StagePorts } from "../../stages/ports.js";
import { prefer } from "../../stages/prefer.js";
import { rank, scoreExamples } from "../../stages/rank.js";
import type { Recipe } from "../../stages/recipe.js";
import { warmup } from "../../stages/warmup.js";
import {
  exampleSchema,
  openRunDirectory,
  type RunDirectory,
  rowParser,
  runPaths,
} from "../../store/index.js";
import { loadBaseModel } from "../base-model.js";
import { readRecipe } from "../read-recipe.js";
import type { Terminal } from "../terminal.js";

/** The stages that have a command. */
export const STAGE_NAMES = ["warmup", "rank", "explore", "pair", "prefer"] as const;

/** A stage that has a command. */
export type StageName = (typeof STAGE_NAMES)[number];

/** Options of the commands; each uses those that its stage needs. */
export interface StageOptions {
  readonly recipe: string;
  readonly overrides: readonly string[];
  /** Folder of the outputs. */
  readonly out: string;
  /** Examples to train on or to rank (`data/train.jsonl` of a run). */
  readonly examples?: string;
  /** Hard examples (`round-…/hard/examples.jsonl`). */
  readonly hard?: string;
  readonly trees?: string;
  readonly pairs?: string;
  /** Folder of the adapter that the stage starts from; absent: the base model. */
  readonly adapter?: string;
  readonly signal: AbortSignal;
}

/** What a stage reads and writes. */
export interface StagePlaces {
  /** Option → place in the output folder. */
  readonly inputs: Readonly<Partial<Record<"examples" | "hard" | "trees" | "pairs", string>>>;
  /** What the user looks for afterwards. */
  readonly outputs: readonly string[];
}

const ROUND = runPaths.round(1);

/** Where each stage's files lie in the output folder. */
export const STAGE_PLACES: Readonly<Record<StageName, StagePlaces>> = {
  warmup: { inputs: { examples: runPaths.train }, outputs: [runPaths.warmup.adapter] },
  rank: { inputs: { examples: runPaths.train }, outputs: [ROUND.hard, ROUND.perplexity, ROUND.ranking] },
  explore: { inputs: { hard: ROUND.hard }, outputs: [ROUND.trees, ROUND.exploration] },
  pair: { inputs: { trees: ROUND.trees }, outputs: [ROUND.pairs, ROUND.pairing] },
  prefer: { inputs: { pairs: ROUND.pairs, hard: ROUND.hard }, outputs: [ROUND.adapter, ROUND.hardAfter] },
};

/** Runs one stage. @returns absolute paths of what it wrote. @throws ConfigError where an input is not given. */
export async function runStage(
  name: StageName,
  options: StageOptions,
  terminal: Terminal,
): Promise<string[]> {
  const recipe = await readRecipe(options.recipe, options.overrides);
  const places = STAGE_PLACES[name];
  requireInputs(name, places, options);
  const store = await openRunDirectory(options.out);
  try {
    await copyInputs(places, options, store);
    await store.writeText(runPaths.config, printSettings(recipe));
    const ports = {
      store,
      signal: options.signal,
      onProgress: (event: Parameters<Terminal["progress"]>[0]) => terminal.progress(event),
    };
    if (name === "pair") await pair(recipe.pair, { seed: recipe.seed, round: 1 }, ports);
    else await runWithPolicy(name, recipe, options, ports);
    return places.outputs.map((place) => store.path(place));
  } finally {
    terminal.endProgress();
    await store.close();
  }
}

async function runWithPolicy(
  name: Exclude<StageName, "pair">,
  recipe: Recipe,
  options: StageOptions,
  ports: StagePorts,
): Promise<void> {
  const model = await loadBaseModel(recipe);
  const source = createPolicySource({
    store: ports.store,
    adapter: recipe.adapter,
    seed: recipe.seed,
    openEngine: (folder) => model.openEngine(folder),
  });
  try {
    const before = options.adapter === undefined ? "base" : "warmup";
    const trains = name === "warmup" || name === "prefer";
    const policy = await (trains ? source.toTrain(before) : source.toRead(before));
    await STAGES[name]({ recipe, model, policy, ports });
  } finally {
    await source.close();
  }
}

interface StageWork {
  readonly recipe: Recipe;
  readonly model: BaseModel;
  readonly policy: Policy;
  readonly ports: StagePorts;
}

const STAGES: Readonly<Record<Exclude<StageName, "pair">, (work: StageWork) => Promise<unknown>>> = {
  warmup: ({ recipe, model: { context }, policy, ports }) =>
    warmup(recipe.warmup, { policy, context, seed: recipe.seed, train: recipe.adapter.train }, ports),
  rank: ({ recipe, model: { context }, policy, ports }) =>
    rank(recipe.rank, { policy, context, round: 1 }, ports),
  explore: ({ recipe, model: { context }, policy, ports }) =>
    explore(recipe.explore, { policy, context, seed: recipe.seed, round: 1 }, ports),
  prefer: async ({ recipe, model: { context }, policy, ports }) => {
    await scoreHardBefore({ policy, context }, ports.store);
    const { seed, adapter } = recipe;
    await prefer(recipe.prefer, { policy, context, seed, round: 1, train: adapter.train }, ports);
  },
};

/** In a whole run the ranking has left the perplexities that the stage compares with; alone, they are scored here. */
async function scoreHardBefore(inputs: Parameters<typeof scoreExamples>[1], store: Store): Promise<void> {
  if (await store.exists(ROUND.perplexity)) return;
  const examples = [];
  for await (const example of store.readRows(ROUND.hard, rowParser(exampleSchema, ROUND.hard)))
    examples.push(example);
  await store.writeRows(ROUND.perplexity, await scoreExamples(examples, inputs));
}

function requireInputs(name: StageName, { inputs }: StagePlaces, options: StageOptions): void {
  const missing = inputNames(inputs).filter((key) => options[key] === undefined);
  if (missing.length === 0) return;
  throw new ConfigError(`itool ${name} needs ${missing.map((key) => `--${key} FILE`).join(" and ")}.`, {
    missing,
  });
}

async function copyInputs(
  { inputs }: StagePlaces,
  options: StageOptions,
  store: RunDirectory,
): Promise<void> {
  for (const key of inputNames(inputs)) await copyIn(options[key]!, inputs[key]!, store);
  if (options.adapter !== undefined) await copyIn(options.adapter, runPaths.warmup.adapter, store);
}

function inputNames(inputs: StagePlaces["inputs"]): ("examples" | "hard" | "trees" | "pairs")[] {
  return (["examples", "hard", "trees", "pairs"] as const).filter((key) => inputs[key] !== undefined);
}

/** A file that is in place already (the output folder is a run directory) is left alone. */
async function copyIn(from: string, place: string, store: RunDirectory): Promise<void> {
  const to = store.path(place);
  try {
    if ((await stat(from)).ino === (await stat(to).catch(() => undefined))?.ino) return;
    await cp(from, to, { recursive: true });
  } catch (cause) {
    throw new ConfigError(`Cannot read ${from}. Give a file that is there.`, { from }, { cause });
  }
}
