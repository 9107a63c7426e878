/** `itool plan`: what a run will take, before anything runs. */
import { existsSync } from "node:fs";
import Table from "cli-table3";
import { ConfigError, type Tokenizer } from "../../spec/index.js";
import { planRun, type RunPlan, type StagePlan } from "../../stages/plan.js";
import { countData } from "../../stages/prepare.js";
import type { Recipe } from "../../stages/recipe.js";
import { createChatTemplate, type RenderContext } from "../../text/index.js";
import { loadPromptContext } from "../base-model.js";
import { resolveInPackage } from "../package-root.js";
import { formatSeconds } from "../progress-meter.js";
import { readRecipe } from "../read-recipe.js";

/** Options of the command. */
export interface PlanOptions {
  readonly recipe: string;
  readonly overrides: readonly string[];
  /** Tokens a second of training; scoring is taken as 3 times and sampling as 1 times that. Absent: no times. */
  readonly tokensPerSecond?: number;
}

/** A plan, and whether its tokens were counted with the model's own tokenizer. */
export interface PlannedRun {
  readonly recipe: Recipe;
  readonly plan: RunPlan;
  /** False: the model is not at hand, and a token was taken as four characters. */
  readonly exactTokens: boolean;
}

/** Forward and backward cost three times a forward pass (two matrix products a weight backward, one forward). */
const SCORE_SPEED = 3;
/** Characters of a token where the model's tokenizer is not at hand; English in Llama 3's vocabulary has about four. */
const CHARACTERS_PER_TOKEN = 4;

/** Reads and checks the recipe, counts its data, and plans every stage. Nothing is written. */
export async function planRecipe(options: PlanOptions): Promise<PlannedRun> {
  const recipe = await readRecipe(options.recipe, options.overrides);
  requireData(recipe);
  const folder = resolveInPackage(recipe.model);
  const exactTokens = existsSync(folder);
  const context = exactTokens ? await loadPromptContext(recipe, folder) : estimatingContext(recipe);
  const data = await countData(recipe.prepare, { data: recipe.data, seed: recipe.seed, context });
  const train = options.tokensPerSecond;
  const speeds = train === undefined ? undefined : { train, score: SCORE_SPEED * train, sample: train };
  return { recipe, plan: planRun(recipe, data, speeds), exactTokens };
}

/** The plan as a table with what it rests on. */
export function renderPlan({ recipe, plan, exactTokens }: PlannedRun): string {
  const { train, evaluation } = plan.data;
  const setAside = Object.values(plan.data.rejections).reduce((sum, count) => sum + count, 0);
  return [
    `${recipe.name}: ${recipe.model} on engine ${recipe.engine.kind}, seed ${recipe.seed}, ${recipe.rounds} rounds`,
    `data: ${number(train.examples)} training examples (${number(train.tokens)} tokens, longest ${number(train.longest)}), ${number(evaluation.examples)} evaluation examples; ${number(setAside)} rows set aside`,
    stageTable(plan),
    ...(exactTokens
      ? []
      : [`The model is not at hand: a token is taken as ${CHARACTERS_PER_TOKEN} characters.`]),
    ...(plan.stages.some((stage) => stage.atMost)
      ? ["≤ upper bound: it depends on what the policy will do."]
      : []),
  ].join("\n");
}

function stageTable({ stages, total }: RunPlan): string {
  const timed = total.seconds !== undefined;
  const table = new Table({
    head: [
      "stage",
      "rows",
      "scored tokens",
      "trained tokens",
      "sampled tokens",
      "steps",
      ...(timed ? ["time"] : []),
    ],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "right", "right", "right", "right", "right"],
  });
  for (const stage of stages)
    table.push([stage.stage, `${number(stage.rows)} ${stage.unit}`, ...cells(stage, timed)]);
  table.push(["total", "", ...cells(total, timed)]);
  return table.toString();
}

function cells(stage: Omit<StagePlan, "stage" | "rows" | "unit">, timed: boolean): string[] {
  const mark = stage.atMost ? "≤ " : "";
  return [
    ...[stage.scoredTokens, stage.trainedTokens, stage.sampledTokens, stage.steps].map((count) =>
      count === 0 ? "" : `${mark}${number(count)}`,
    ),
    ...(timed ? [`${mark}${formatSeconds(stage.seconds ?? 0)}`] : []),
  ];
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** @throws ConfigError where the recipe's data file is not there. */
function requireData({ data }: Recipe): void {
  if (data.source === "toolworld" || existsSync(data.path)) return;
  throw new ConfigError(
    `data.path is ${data.path}, and there is no such file. Name yours with --set data.path=FILE.`,
    { path: data.path },
  );
}

/** Counts tokens by characters, with a template that writes every message and the tools' JSON. */
function estimatingContext(recipe: Recipe): RenderContext {
  const template = createChatTemplate(
    "{{ tools | tojson if tools }}{% for message in messages %}\n{{ message.role }}: {{ message.content }}{% endfor %}",
  );
  const limit = recipe.prompt.contextLength;
  return {
    tokenizer: characterTokenizer(),
    template,
    contextLength: limit === 0 ? Number.MAX_SAFE_INTEGER : limit,
    stopToken: 0,
  };
}

function characterTokenizer(): Tokenizer {
  return {
    vocabularySize: 1,
    specialTokens: [],
    encode: (text) => new Array<number>(Math.ceil(text.length / CHARACTERS_PER_TOKEN)).fill(0),
    decode: () => "",
    bytes: () => new Uint8Array(0),
    tokenId: () => undefined,
  };
}
