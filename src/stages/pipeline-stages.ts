/** The stages of a run in order, each bound to its settings, its files and the policy that it works on. */
import { type EvaluationPaths, fingerprintPath, roundName, runPaths } from "../store/index.js";
import type { BaseModel } from "./base-model.js";
import { compare, type EvaluatedPolicy } from "./compare.js";
import { evaluate } from "./evaluate.js";
import { explore } from "./explore.js";
import type { OutsideJudge } from "./judge.js";
import { pair } from "./pair.js";
import { type PolicyName, type PolicySource, policyFolder, type TrainedPolicy } from "./policies.js";
import { prefer } from "./prefer.js";
import { prepare } from "./prepare.js";
import { rank } from "./rank.js";
import type { Recipe } from "./recipe.js";
import type { StageRun } from "./stage-run.js";
import { warmup } from "./warmup.js";

/** The whole loop. Reads of the disk what the data file is, and nothing else. @throws StoreError for a missing data file */
export async function stagesOf(
  recipe: Recipe,
  model: BaseModel,
  policies: PolicySource,
  judge?: OutsideJudge,
): Promise<readonly StageRun[]> {
  const run = { recipe, model, policies, ...(judge !== undefined && { judge }) };
  const rounds = Array.from({ length: recipe.rounds }, (_, index) => index + 1);
  return [
    await prepareStage(run),
    ...evaluateStage(run, "base"),
    warmupStage(run),
    ...evaluateStage(run, "warmup"),
    ...rounds.flatMap((round) => [
      rankStage(run, round),
      exploreStage(run, round),
      pairStage(run, round),
      preferStage(run, round),
      ...evaluateStage(run, round),
    ]),
    compareStage(run),
  ];
}

interface Run {
  readonly recipe: Recipe;
  readonly model: BaseModel;
  readonly policies: PolicySource;
  readonly judge?: OutsideJudge;
}

async function prepareStage({ recipe, model }: Run): Promise<StageRun> {
  const { data, prompt, seed } = recipe;
  const file = data.source === "toolworld" ? {} : { [data.path]: await fingerprintPath(data.path) };
  return {
    name: "prepare",
    settings: { ...recipe.prepare, data, prompt, seed },
    inputs: [],
    external: { model: model.fingerprint, ...file },
    outputs: [runPaths.train, runPaths.evaluationRows, runPaths.rejections, runPaths.dataSummary],
    temporary: [],
    run: async (ports) => {
      await prepare(recipe.prepare, { data, seed, context: model.context }, ports);
    },
  };
}

function warmupStage({ recipe, model, policies }: Run): StageRun {
  const { adapter, prompt, seed } = recipe;
  const { context } = model;
  return {
    name: "warmup",
    settings: { ...recipe.warmup, adapter, prompt, seed },
    inputs: [runPaths.train],
    external: { model: model.fingerprint },
    outputs: [folderOf("warmup", recipe)],
    temporary: [runPaths.warmup.checkpoints],
    run: async (ports) => {
      const policy = await policies.toTrain("base");
      await warmup(recipe.warmup, { policy, context, seed, train: adapter.train }, ports);
    },
  };
}

/** Hard sampling with the policy that the round begins with. */
function rankStage({ recipe, model, policies }: Run, round: number): StageRun {
  const paths = runPaths.round(round);
  const { context } = model;
  return {
    name: `${paths.name}/rank`,
    settings: { ...recipe.rank, prompt: recipe.prompt },
    inputs: [runPaths.train, folderOf(before(round), recipe)],
    external: { model: model.fingerprint },
    outputs: [paths.perplexity, paths.hard, paths.ranking],
    temporary: [],
    run: async (ports) => {
      await rank(recipe.rank, { policy: await policies.toRead(before(round)), context, round }, ports);
    },
  };
}

function exploreStage({ recipe, model, policies, judge }: Run, round: number): StageRun {
  const paths = runPaths.round(round);
  const { seed, prompt } = recipe;
  const { context } = model;
  return {
    name: `${paths.name}/explore`,
    settings: { ...recipe.explore, prompt, seed },
    inputs: [paths.hard, folderOf(before(round), recipe)],
    external: { model: model.fingerprint },
    outputs: [paths.trees, paths.exploration],
    temporary: [],
    run: async (ports) => {
      const policy = await policies.toRead(before(round));
      const inputs = { policy, context, seed, round, ...(judge !== undefined && { judge }) };
      await explore(recipe.explore, inputs, ports);
    },
  };
}

function pairStage({ recipe }: Run, round: number): StageRun {
  const paths = runPaths.round(round);
  const { seed } = recipe;
  return {
    name: `${paths.name}/pair`,
    settings: { ...recipe.pair, seed },
    inputs: [paths.trees],
    external: {},
    outputs: [paths.pairs, paths.pairing],
    temporary: [],
    run: async (ports) => {
      await pair(recipe.pair, { seed, round }, ports);
    },
  };
}

function preferStage({ recipe, model, policies }: Run, round: number): StageRun {
  const paths = runPaths.round(round);
  const { adapter, prompt, seed } = recipe;
  const { context } = model;
  return {
    name: `${paths.name}/prefer`,
    settings: { ...recipe.prefer, adapter, prompt, seed },
    inputs: [paths.pairs, paths.hard, paths.perplexity, folderOf(before(round), recipe)],
    external: { model: model.fingerprint },
    outputs: [folderOf(round, recipe), paths.hardAfter],
    temporary: [paths.checkpoints, paths.reference],
    run: async (ports) => {
      const policy = await policies.toTrain(before(round));
      await prefer(recipe.prefer, { policy, context, seed, round, train: adapter.train }, ports);
    },
  };
}

/** None where the recipe does not ask for it. */
function evaluateStage({ recipe, model, policies }: Run, policy: PolicyName): StageRun[] {
  const evaluated = evaluatedPolicies(recipe).find((candidate) => candidate.policy === policy);
  if (evaluated === undefined) return [];
  const { name, paths } = evaluated;
  const folder = policy === "base" ? [] : [folderOf(policy, recipe)];
  const { policies: _, ...settings } = recipe.evaluate;
  const stage: StageRun = {
    name: `${name}/evaluate`,
    settings: { ...settings, prompt: recipe.prompt },
    inputs: [runPaths.evaluationRows, ...folder],
    external: { model: model.fingerprint },
    outputs: [paths.items, paths.scores],
    temporary: [],
    run: async (ports) => {
      const inputs = { policy: await policies.toRead(policy), context: model.context, name, paths };
      await evaluate(recipe.evaluate, inputs, ports);
    },
  };
  return [stage];
}

function compareStage({ recipe }: Run): StageRun {
  const evaluated = evaluatedPolicies(recipe);
  return {
    name: "compare",
    settings: { policies: evaluated.map(({ name }) => name), seed: recipe.seed },
    inputs: evaluated.map(({ paths }) => paths.items),
    external: {},
    outputs: [runPaths.comparisons],
    temporary: [],
    run: async (ports) => {
      await compare(evaluated, recipe.seed, ports);
    },
  };
}

/** The policies that a recipe evaluates, in the order of the run. */
export function evaluatedPolicies(
  recipe: Pick<Recipe, "evaluate" | "rounds">,
): readonly (EvaluatedPolicy & { readonly policy: PolicyName; readonly paths: EvaluationPaths })[] {
  const { policies } = recipe.evaluate;
  const rounds = Array.from({ length: recipe.rounds }, (_, index) => index + 1);
  const base = { policy: "base" as const, name: "base", paths: runPaths.base.evaluation };
  const warmed = { policy: "warmup" as const, name: "warmup", paths: runPaths.warmup.evaluation };
  return [
    ...(policies.includes("base") ? [base] : []),
    ...(policies.includes("warmup") ? [warmed] : []),
    ...(policies.includes("rounds") ? rounds : []).map((round) => ({
      policy: round,
      name: roundName(round),
      paths: runPaths.round(round).evaluation,
    })),
  ];
}

/** The policy that a round begins with. */
function before(round: number): TrainedPolicy {
  return round === 1 ? "warmup" : round - 1;
}

function folderOf(policy: TrainedPolicy, recipe: Recipe): string {
  return policyFolder(policy, recipe.adapter.train);
}
