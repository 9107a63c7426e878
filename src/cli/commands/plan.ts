/** `itool plan`: what a run will take, before anything runs. */
import { existsSync } from "node:fs";
import Table from "cli-table3";
import { baseModelBytes, readModelConfig } from "../../engine/index.js";
import type { Tokenizer } from "../../spec/index.js";
import { planRun, type RunPlan, type Speeds, type StagePlan } from "../../stages/plan.js";
import { countData } from "../../stages/prepare.js";
import type { Recipe } from "../../stages/recipe.js";
import { createChatTemplate, type RenderContext } from "../../text/index.js";
import { loadBaseModel, loadPromptContext, type ModelLoader } from "../base-model.js";
import { requireData } from "../input-files.js";
import { measureSpeeds } from "../measure-speeds.js";
import { resolveInPackage } from "../package-root.js";
import { formatSeconds } from "../progress-meter.js";
import { readRecipe } from "../read-recipe.js";
import { isRemote } from "../server-watch.js";
import type { Terminal } from "../terminal.js";
import { budgetNotes } from "./plan-budget.js";

/** Options of the command. */
export interface PlanOptions {
  readonly recipe: string;
  readonly overrides: readonly string[];
  /** Tokens a second of training; scoring is taken as 3 times and sampling as 1 times that. Absent: measured. */
  readonly tokensPerSecond?: number;
}

/** A plan, and what it rests on. */
export interface PlannedRun {
  readonly recipe: Recipe;
  readonly plan: RunPlan;
  /** False: the model is not at hand, and a token was taken as four characters. */
  readonly exactTokens: boolean;
  /** Tokens a second; absent where there is no model to measure. */
  readonly speeds?: Speeds;
  /** Where the speeds come from. */
  readonly speedSource: "flag" | "measured" | "none";
  /** Memory that the measurement needed, in bytes; absent where nothing was measured. */
  readonly peakBytes?: number;
  /** Memory of the base model at rest, as it is kept and in float32, in bytes; absent where it is not opened here. */
  readonly baseBytes?: { readonly kept: number; readonly float32: number };
}

/** Forward and backward cost three times a forward pass (two matrix products a weight backward, one forward). */
const SCORE_SPEED = 3;
/** Characters of a token where the model's tokenizer is not at hand; English in Llama 3's vocabulary has about four. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Reads and checks the recipe, counts its data, and plans every stage. Where the engine is the embedded one and the model
 * is at hand, its speed is measured for some seconds. Nothing is written.
 */
export async function planRecipe(
  options: PlanOptions,
  terminal: Terminal,
  load: ModelLoader = loadBaseModel,
): Promise<PlannedRun> {
  const recipe = await readRecipe(options.recipe, options.overrides);
  requireData(recipe);
  const folder = resolveInPackage(textFolder(recipe));
  const exactTokens = existsSync(folder);
  const context = exactTokens ? await loadPromptContext(recipe, folder) : estimatingContext(recipe);
  terminal.note("Counting the data …");
  const data = await countData(recipe.prepare, { data: recipe.data, seed: recipe.seed, context });
  const { peakBytes, ...found } = await findSpeeds(options, recipe, exactTokens, terminal, load);
  const memory = peakBytes === undefined ? {} : { peakBytes };
  const base = exactTokens ? await baseMemory(recipe, folder) : {};
  return { recipe, plan: planRun(recipe, data, found.speeds), exactTokens, ...found, ...memory, ...base };
}

/** Of models that the embedded engine opens. */
async function baseMemory({ engine }: Recipe, folder: string): Promise<Pick<PlannedRun, "baseBytes">> {
  if (engine.kind !== "embedded") return {};
  const config = await readModelConfig(folder);
  return { baseBytes: { kept: baseModelBytes(config, engine), float32: baseModelBytes(config) } };
}

async function findSpeeds(
  { tokensPerSecond }: PlanOptions,
  recipe: Recipe,
  isAtHand: boolean,
  terminal: Terminal,
  load: ModelLoader,
): Promise<Pick<PlannedRun, "speeds" | "speedSource" | "peakBytes">> {
  if (tokensPerSecond !== undefined) {
    const train = tokensPerSecond;
    return { speeds: { train, score: SCORE_SPEED * train, sample: train }, speedSource: "flag" };
  }
  if (recipe.engine.kind !== "embedded" || !isAtHand) return { speedSource: "none" };
  terminal.note("Measuring the speed of the model here …");
  const measured = await measureSpeeds(recipe, await load(recipe));
  if (measured === undefined) return { speedSource: "none" };
  const { peakBytes, ...speeds } = measured;
  return { speeds, speedSource: "measured", peakBytes };
}

/** Where the model's tokenizer would be: beside its weights, or in a folder of its own for a model on a server. */
function textFolder({ engine, model }: Recipe): string {
  return isRemote(engine) && engine.tokenizer !== "" ? engine.tokenizer : model;
}

/** The plan as a table with what it rests on. */
export function renderPlan(planned: PlannedRun): string {
  const { recipe, plan } = planned;
  const { train, evaluation } = plan.data;
  const setAside = Object.values(plan.data.rejections).reduce((sum, count) => sum + count, 0);
  return [
    `${recipe.name}: ${recipe.model} on engine ${recipe.engine.kind}, seed ${recipe.seed}, ${recipe.rounds} round${recipe.rounds === 1 ? "" : "s"}`,
    `data: ${number(train.examples)} training examples (${number(train.tokens)} tokens, longest ${number(train.longest)}), ${number(evaluation.examples)} evaluation examples; ${number(setAside)} rows set aside`,
    stageTable(plan, isRemote(recipe.engine)),
    ...notesOf(planned),
  ].join("\n");
}

function notesOf({
  recipe,
  plan,
  exactTokens,
  speeds,
  speedSource,
  peakBytes,
  baseBytes,
}: PlannedRun): string[] {
  const notes: string[] = [];
  if (plan.stages.some((stage) => stage.atMost))
    notes.push("≤ upper bound: it depends on what the policy will do.");
  if (!exactTokens)
    notes.push(`${recipe.model} is not at hand: a token is taken as ${CHARACTERS_PER_TOKEN} characters.`);
  if (!exactTokens && recipe.engine.kind === "embedded")
    notes.push("To run it, name a model folder with --set model=FOLDER.");
  if (plan.data.train.examples === 0) notes.push("There is nothing to train on: every row was set aside.");
  if (speeds === undefined) notes.push("No times: name a speed with --speed TOKENS (trained in a second).");
  else notes.push(describeSpeeds(speeds, speedSource));
  notes.push(...budgetNotes(recipe, plan));
  if (peakBytes !== undefined) notes.push(`Memory: about ${gibibytes(peakBytes, 1)}.`);
  if (baseBytes !== undefined) notes.push(describeBase(recipe, baseBytes));
  return notes;
}

function describeBase({ engine }: Recipe, { kept, float32 }: NonNullable<PlannedRun["baseBytes"]>): string {
  if (engine.kind !== "embedded" || engine.baseBits === 32) {
    const layered = engine.kind === "embedded" && engine.recompute ? "; trained layer by layer" : "";
    return `Base model at rest: ${gibibytes(kept, 2)}${layered}.`;
  }
  const format = `${engine.baseBits} bits in blocks of ${engine.blockSize}`;
  return `Base model at rest: ${gibibytes(kept, 2)} (${format}; ${gibibytes(float32, 2)} in float32); trained layer by layer.`;
}

function gibibytes(bytes: number, digits: number): string {
  return `${(bytes / 2 ** 30).toFixed(digits)} GiB`;
}

function describeSpeeds({ score, train, sample }: Speeds, source: PlannedRun["speedSource"]): string {
  const origin = source === "measured" ? "measured here just now" : "from --speed";
  return `Times by speeds ${origin}: ${number(score)} scored, ${number(train)} trained, ${number(sample)} sampled tokens a second.`;
}

function stageTable({ stages, total }: RunPlan, remote: boolean): string {
  const timed = total.seconds !== undefined;
  const table = new Table({
    head: [
      "stage",
      "rows",
      "scored tokens",
      "trained tokens",
      "sampled tokens",
      "steps",
      ...(remote ? ["requests"] : []),
      ...(timed ? ["time"] : []),
    ],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    colAligns: ["left", "right", "right", "right", "right", "right", "right", "right"],
  });
  for (const stage of stages)
    table.push([stage.stage, `${number(stage.rows)} ${stage.unit}`, ...cells(stage, timed, remote)]);
  table.push(["total", "", ...cells(total, timed, remote)]);
  return table.toString();
}

function cells(stage: Omit<StagePlan, "stage" | "rows" | "unit">, timed: boolean, remote: boolean): string[] {
  const mark = stage.atMost ? "≤ " : "";
  return [
    ...[
      stage.scoredTokens,
      stage.trainedTokens,
      stage.sampledTokens,
      stage.steps,
      ...(remote ? [stage.requests] : []),
    ].map((count) => (count === 0 ? "" : `${mark}${number(count)}`)),
    ...(timed ? [`${mark}${formatSeconds(stage.seconds ?? 0)}`] : []),
  ];
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
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
