/**
 * `itool warmup|rank|explore|pair|prefer`: one stage alone, files in, files out. The output folder is laid out as a run
 * directory of one round; the given files are copied to where the stage reads them. The same command again goes on, or
 * says that it is done; with other settings or files the stage is done again.
 */
import { cp, rm, stat } from "node:fs/promises";
import { ConfigError, type Policy, type Store } from "../../spec/index.js";
import type { BaseModel } from "../../stages/base-model.js";
import { explore } from "../../stages/explore.js";
import type { OutsideJudge } from "../../stages/judge.js";
import { pair } from "../../stages/pair.js";
import { printSettings } from "../../stages/parse-settings.js";
import { createPolicySource, policyFolder } from "../../stages/policies.js";
import type { StagePorts } from "../../stages/ports.js";
import { prefer } from "../../stages/prefer.js";
import { rank, scoreExamples } from "../../stages/rank.js";
import type { Recipe } from "../../stages/recipe.js";
import { runStages, type StageRun } from "../../stages/stage-run.js";
import { warmup } from "../../stages/warmup.js";
import {
  exampleSchema,
  manifestPath,
  openRunDirectory,
  type RunDirectory,
  rowParser,
  runPaths,
} from "../../store/index.js";
import { loadBaseModel, type ModelLoader } from "../base-model.js";
import { requireFile, requireFolder } from "../input-files.js";
import { openJudge } from "../outside-judge.js";
import { readRecipe } from "../read-recipe.js";
import { requireTrainable } from "../remote-model.js";
import { ServerWatch } from "../server-watch.js";
import type { Terminal } from "../terminal.js";
import { announce } from "./announce.js";

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

/** An option that names a file. */
type InputName = "examples" | "hard" | "trees" | "pairs";

const ROUND = runPaths.round(1);

/** Where each input lies in a run directory, and in the folder of a stage alone. */
export const INPUT_PLACES: Readonly<Record<InputName, string>> = {
  examples: runPaths.train,
  hard: ROUND.hard,
  trees: ROUND.trees,
  pairs: ROUND.pairs,
};

/** What each stage reads. */
export const STAGE_INPUTS: Readonly<Record<StageName, readonly InputName[]>> = {
  warmup: ["examples"],
  rank: ["examples"],
  explore: ["hard"],
  pair: ["trees"],
  prefer: ["pairs", "hard"],
};

/** What each stage leaves in the output folder. @param train As `adapter.train` of the recipe. */
export function stageOutputs(name: StageName, train: "adapter" | "full" = "adapter"): readonly string[] {
  switch (name) {
    case "warmup":
      return [policyFolder("warmup", train)];
    case "rank":
      return [ROUND.hard, ROUND.perplexity, ROUND.ranking];
    case "explore":
      return [ROUND.trees, ROUND.exploration];
    case "pair":
      return [ROUND.pairs, ROUND.pairing];
    case "prefer":
      return [policyFolder(1, train), ROUND.hardAfter];
  }
}

/**
 * Runs one stage.
 *
 * @returns absolute paths of what it wrote
 * @throws ConfigError where an input is not given or not there, or where `out` is a whole run
 */
export async function runStage(
  name: StageName,
  options: StageOptions,
  terminal: Terminal,
  load: ModelLoader = loadBaseModel,
): Promise<string[]> {
  const recipe = await readRecipe(options.recipe, options.overrides);
  requireInputs(name, options);
  if (name === "warmup" || name === "prefer") requireTrainable(recipe);
  const watch = new ServerWatch(terminal, options.signal, recipe.engine);
  const model = name === "pair" ? undefined : await load(recipe, watch);
  const store = await openRunDirectory(options.out);
  try {
    await refuseWholeRun(store);
    await watch.keepIn(store);
    await copyInputs(name, recipe, options, store);
    await store.writeText(runPaths.config, printSettings(recipe));
    const judge = name === "explore" ? openJudge(recipe, watch.listener.meter) : {};
    const stage = await bindStage(name, { recipe, model, options, store, ...judge });
    const ports = {
      store,
      signal: watch.signal,
      onProgress: (event: Parameters<Terminal["progress"]>[0]) => {
        if (event.stage !== "run") terminal.progress(event);
      },
    };
    await runStages([stage], ports, (outcome) => announce(outcome, terminal));
    return stageOutputs(name, recipe.adapter.train).map((place) => store.path(place));
  } finally {
    terminal.endProgress();
    await watch.end();
    await store.close();
  }
}

interface StageInputs {
  readonly recipe: Recipe;
  /** Absent for `pair`, which needs none. */
  readonly model: BaseModel | undefined;
  readonly options: StageOptions;
  readonly store: Store;
  readonly judge?: OutsideJudge;
}

/** The stage with its settings and files, as `runStages` takes it. */
async function bindStage(name: StageName, inputs: StageInputs): Promise<StageRun> {
  const { recipe, model, options, store, judge } = inputs;
  const { adapter, prompt, seed } = recipe;
  const start = options.adapter === undefined ? [] : [policyFolder("warmup", adapter.train)];
  const rescores = name === "prefer" && !(await isRanked(store));
  return {
    name: name === "warmup" ? name : `${ROUND.name}/${name}`,
    settings: { ...recipe[name], adapter, prompt, seed },
    inputs: [...STAGE_INPUTS[name].map((input) => INPUT_PLACES[input]), ...start],
    external: model === undefined ? {} : { model: model.fingerprint },
    outputs: [...stageOutputs(name, adapter.train), ...(rescores ? [ROUND.perplexity] : [])],
    temporary: temporaryOf(name),
    run: async (ports) => {
      if (name === "pair") await pair(recipe.pair, { seed, round: 1 }, ports);
      else if (model !== undefined) {
        const work = { recipe, model, options, ports, rescores, ...(judge !== undefined && { judge }) };
        await runWithPolicy(name, work);
      }
    },
  };
}

function temporaryOf(name: StageName): readonly string[] {
  if (name === "warmup") return [runPaths.warmup.checkpoints];
  return name === "prefer" ? [ROUND.checkpoints, ROUND.reference] : [];
}

/** Whether the folder has the ranking whose hard rows the stage takes; else their perplexity has to be found. */
function isRanked(store: Store): Promise<boolean> {
  return store.exists(manifestPath(`${ROUND.name}/rank`));
}

interface PolicyWork {
  readonly recipe: Recipe;
  readonly model: BaseModel;
  readonly options: StageOptions;
  readonly ports: StagePorts;
  readonly rescores: boolean;
  readonly judge?: OutsideJudge;
}

async function runWithPolicy(name: Exclude<StageName, "pair">, work: PolicyWork): Promise<void> {
  const { recipe, model, options, ports } = work;
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
    await STAGES[name](policy, work);
  } finally {
    await source.close();
  }
}

type StageWork = (policy: Policy, work: PolicyWork) => Promise<unknown>;

const STAGES: Readonly<Record<Exclude<StageName, "pair">, StageWork>> = {
  warmup: (policy, { recipe: { warmup: settings, adapter, seed }, model: { context }, ports }) =>
    warmup(settings, { policy, context, seed, train: adapter.train }, ports),
  rank: (policy, { recipe, model: { context }, ports }) =>
    rank(recipe.rank, { policy, context, round: 1 }, ports),
  explore: (policy, { recipe, model: { context }, ports, judge }) => {
    const inputs = { policy, context, seed: recipe.seed, round: 1, ...(judge !== undefined && { judge }) };
    return explore(recipe.explore, inputs, ports);
  },
  prefer: async (policy, { recipe, model: { context }, ports, rescores }) => {
    if (rescores) await scoreHardBefore({ policy, context }, ports);
    const { seed, adapter } = recipe;
    await prefer(recipe.prefer, { policy, context, seed, round: 1, train: adapter.train }, ports);
  },
};

/** In a whole run the ranking has left the perplexities that the stage compares with; alone, they are scored here. */
async function scoreHardBefore(
  inputs: Parameters<typeof scoreExamples>[1],
  { store, signal }: StagePorts,
): Promise<void> {
  if (await store.exists(ROUND.perplexity)) return;
  const examples = [];
  for await (const example of store.readRows(ROUND.hard, rowParser(exampleSchema, ROUND.hard)))
    examples.push(example);
  await store.writeRows(
    ROUND.perplexity,
    await scoreExamples(examples, inputs, signal === undefined ? {} : { signal }),
  );
}

function requireInputs(name: StageName, options: StageOptions): void {
  const missing = STAGE_INPUTS[name].filter((key) => options[key] === undefined);
  if (missing.length > 0) {
    const message = `itool ${name} needs ${missing.map((key) => `--${key} FILE`).join(" and ")}.`;
    throw new ConfigError(message, { missing });
  }
  for (const key of STAGE_INPUTS[name]) {
    const fix = `In a run directory it is ${INPUT_PLACES[key]}.`;
    requireFile(options[key]!, `--${key}`, fix);
  }
  if (options.adapter !== undefined) {
    requireFolder(options.adapter, "--adapter", `In a run directory it is ${runPaths.warmup.adapter}.`);
  }
}

/** The results of `itool run` are not overwritten by those of a stage alone. @throws ConfigError */
async function refuseWholeRun(store: RunDirectory): Promise<void> {
  if (!(await store.exists(runPaths.manifest))) return;
  const message = `--out is ${store.root}, which is the directory of a whole run. Give another folder.`;
  throw new ConfigError(message, { out: store.root });
}

async function copyInputs(
  name: StageName,
  recipe: Recipe,
  options: StageOptions,
  store: RunDirectory,
): Promise<void> {
  for (const key of STAGE_INPUTS[name]) await copyIn(options[key]!, store.path(INPUT_PLACES[key]));
  if (options.adapter === undefined) return;
  await copyIn(options.adapter, store.path(policyFolder("warmup", recipe.adapter.train)));
}

/** What is in place already (the output folder of the stage before) is left alone. */
async function copyIn(from: string, to: string): Promise<void> {
  if (await isSame(from, to)) return;
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
}

async function isSame(from: string, to: string): Promise<boolean> {
  const there = await stat(to).catch(() => undefined);
  if (there === undefined) return false;
  const { dev, ino } = await stat(from);
  return dev === there.dev && ino === there.ino;
}
