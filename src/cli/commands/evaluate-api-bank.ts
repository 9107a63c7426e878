/** `itool eval --benchmark api-bank`: scores one model on API-Bank; the same command again continues. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { renderApiBank } from "../../report/index.js";
import { ConfigError, type Engine, type Policy } from "../../spec/index.js";
import { type ApiBankEvaluation, evaluateApiBank } from "../../stages/api-bank-evaluate.js";
import type { BaseModel } from "../../stages/base-model.js";
import { parseRecipe, type Recipe } from "../../stages/recipe.js";
import { fingerprintPath, hashValue, openRunDirectory } from "../../store/index.js";
import {
  type ApiBank,
  type ApiBankSample,
  messagesOf,
  officialInstructionHash,
  ownInstruction,
} from "../../tasks/api-bank/index.js";
import { type FinderFlags, openFinder } from "../api-bank/open-finder.js";
import { readApiBank } from "../api-bank/read-data.js";
import { loadBaseModel, type ModelLoader, modelOverrides, nameOfModel } from "../base-model.js";
import { requireFile, requireFolder } from "../input-files.js";
import { packageRoot } from "../package-root.js";
import { ServerWatch } from "../server-watch.js";
import type { Terminal } from "../terminal.js";
import { requireSameRequest } from "./same-request.js";

/** Options of the command. */
export interface ApiBankOptions extends FinderFlags {
  /** A model folder, `tinker:URL#model` or `openai:URL#model`. */
  readonly model: string;
  /** Folder of the tokenizer of a model on a server. */
  readonly tokenizer?: string;
  /** A folder of an adapter in PEFT layout. */
  readonly adapter?: string;
  /** Levels, `L1` and `L2`. @default both */
  readonly categories?: readonly string[];
  /** Folder of the official data. */
  readonly data?: string;
  /** How a sample is shown. @default official */
  readonly prompt?: string;
  /** A file with the instruction of the official prompt. @default our own words */
  readonly instruction?: string;
  readonly strict?: boolean;
  /** Longest answer, in tokens. @default 512 */
  readonly maximumTokens?: number;
  /** Folder of the results. */
  readonly out: string;
  readonly signal: AbortSignal;
}

/** How a sample can be shown. */
export const API_BANK_PROMPTS = ["benchmark", "template"] as const;

/** Longest answer, in tokens. */
const defaultMaximumTokens = 512;

/** Samples that are answered together. */
const chunkRows = 32;

/** An evaluation, and with which prompt it was made. */
export interface ApiBankOutcome {
  readonly prompt: string;
  readonly evaluation: ApiBankEvaluation;
}

/**
 * Runs the evaluation in `out`: `api-bank/items.jsonl`, `results.jsonl`, `predictions-L1.jsonl`, `verdicts.jsonl`, `scores.json`.
 *
 * @throws ConfigError for data, levels, a model or an adapter that are not there, or an `out` with other results
 */
export async function runApiBank(
  options: ApiBankOptions,
  terminal: Terminal,
  load: ModelLoader = loadBaseModel,
): Promise<ApiBankOutcome> {
  const bank = await readBank(options);
  const samples = chosenSamples(bank, options.categories);
  const shown = await readPrompt(options);
  const recipe = await modelRecipe(options);
  const watch = new ServerWatch(terminal, options.signal, recipe.engine);
  const model = await load(recipe, { listener: watch.listener, logprobsOptional: true });
  const store = await openRunDirectory(options.out);
  const onProgress = (event: Parameters<Terminal["progress"]>[0]) => terminal.progress(event);
  try {
    await requireSameRequest(
      store,
      await requestOf(options, model, { samples, descriptions: bank.descriptions, shown }),
    );
    await watch.keepIn(store);
    const judging = { bank, finder: openFinder(options, bank), strict: options.strict === true };
    const evaluation = await withPolicy(model, options, (policy) =>
      evaluateApiBank(
        { policy, context: model.context, samples, judging, ...shown, ...limitsOf(options) },
        { store, signal: watch.signal, onProgress },
      ),
    );
    return { prompt: promptName(shown), evaluation };
  } finally {
    terminal.endProgress();
    await watch.end();
    await store.close();
  }
}

/** The scores for people. */
export function renderApiBankOutcome({ prompt, evaluation }: ApiBankOutcome): string {
  const { tooLong, cut } = evaluation;
  const notes = [
    `Prompt: ${prompt}.`,
    `${tooLong} prompts do not fit the model's context (not asked, wrong); ${cut} answers were cut at their longest length.`,
  ];
  return `${renderApiBank(evaluation)}${notes.join("\n")}\n`;
}

async function readBank({ data }: ApiBankOptions): Promise<ApiBank> {
  if (data === undefined)
    throw new ConfigError("--benchmark api-bank needs --data: the folder of its official data.");
  requireFolder(data, "--data", "Give the folder of API-Bank's data; docs/api-bank.md says what it holds.");
  return readApiBank(data);
}

function chosenSamples(
  { samples }: ApiBank,
  levels: readonly string[] = ["L1", "L2"],
): readonly ApiBankSample[] {
  const unknown = levels.find((level) => level !== "L1" && level !== "L2");
  if (unknown !== undefined) {
    throw new ConfigError(`--categories: api-bank has no level ${unknown}. Known are L1, L2.`, { unknown });
  }
  return samples.filter(({ level }) => levels.includes(level));
}

function limitsOf({ maximumTokens = defaultMaximumTokens }: ApiBankOptions) {
  return { maximumTokens, chunkRows };
}

/** How samples are shown. */
interface ShownPrompt {
  readonly prompt: "benchmark" | "template";
  readonly instruction: string;
}

async function readPrompt({ prompt = "benchmark", instruction }: ApiBankOptions): Promise<ShownPrompt> {
  if (prompt !== "benchmark" && prompt !== "template") {
    throw new ConfigError(`--prompt is ${prompt}; known are ${API_BANK_PROMPTS.join(", ")}.`, { prompt });
  }
  if (instruction === undefined) return { prompt, instruction: ownInstruction };
  requireFile(instruction, "--instruction", "Give a text file; docs/api-bank.md says what it holds.");
  return { prompt, instruction: await readFile(instruction, "utf8") };
}

function promptName({ prompt, instruction }: ShownPrompt): string {
  if (prompt === "template") return "the model's own tool format";
  const hash = createHash("sha256").update(instruction).digest("hex");
  if (hash === officialInstructionHash) return "official";
  return instruction === ownInstruction
    ? "official layout, instruction in our own words"
    : "official layout, instruction from a file that is not the official one";
}

/** The settings of `recipes/nano.yaml` with the model asked for. */
async function modelRecipe({ model, tokenizer, adapter }: ApiBankOptions): Promise<Recipe> {
  if (adapter !== undefined) {
    requireFolder(adapter, "--adapter", "In a run directory it is e.g. round-01/adapter.");
  }
  const file = join(packageRoot(), "recipes/nano.yaml");
  const overrides = [
    ...modelOverrides(model, "--model", tokenizer),
    "data.trainRows=0",
    "data.evaluationRows=1",
  ];
  return parseRecipe({ file, text: await readFile(file, "utf8"), overrides });
}

async function withPolicy<T>(
  model: BaseModel,
  { adapter }: ApiBankOptions,
  work: (policy: Policy) => Promise<T>,
): Promise<T> {
  const engine: Engine = await model.openEngine();
  try {
    return await work(
      await engine.createPolicy({ ...(adapter !== undefined && { adapter }), train: "none" }),
    );
  } finally {
    await engine.close();
  }
}

/** The samples and how they are shown. */
interface AskedSamples extends Pick<ApiBank, "samples" | "descriptions"> {
  readonly shown: ShownPrompt;
}

/** What the answers depend on, as text; how they are judged may change. */
async function requestOf(
  options: ApiBankOptions,
  model: BaseModel,
  { samples, descriptions, shown }: AskedSamples,
): Promise<string> {
  const { adapter, categories } = options;
  const request = {
    benchmark: "api-bank",
    model: nameOfModel(options.model),
    modelFingerprint: model.fingerprint,
    adapter: adapter === undefined ? null : resolve(adapter),
    adapterFingerprint: adapter === undefined ? null : await fingerprintPath(adapter),
    categories: categories ?? null,
    samples: hashValue(samples.map((sample) => messagesOf(sample, { descriptions, ...shown }))),
    ...shown,
    ...limitsOf(options),
  };
  return `${JSON.stringify(request, undefined, 2)}\n`;
}
