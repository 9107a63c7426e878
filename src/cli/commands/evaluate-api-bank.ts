/** `itool eval --benchmark api-bank`: scores one model on API-Bank; the same command again continues. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { renderApiBank } from "../../report/index.js";
import { ConfigError } from "../../spec/index.js";
import { type ApiBankEvaluation, evaluateApiBank } from "../../stages/api-bank-evaluate.js";
import { hashValue, openRunDirectory } from "../../store/index.js";
import {
  type ApiBank,
  type ApiBankSample,
  messagesOf,
  officialInstructionHash,
  ownInstruction,
} from "../../tasks/api-bank/index.js";
import { type FinderFlags, openFinder } from "../api-bank/open-finder.js";
import { readApiBank } from "../api-bank/read-data.js";
import { loadBaseModel, type ModelLoader } from "../base-model.js";
import { requireFile, requireFolder } from "../input-files.js";
import { type OpenResponder, openResponder, type ResponderFlags } from "../open-responder.js";
import type { Terminal } from "../terminal.js";
import { requireSameRequest } from "./same-request.js";

/** Options of the command. */
export interface ApiBankOptions extends FinderFlags, ResponderFlags {
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
  const { maximumTokens = defaultMaximumTokens } = options;
  const open = await openResponder(options, { ...shown, maximumTokens }, terminal, load);
  const { responder, signal } = open;
  try {
    const store = await openRunDirectory(options.out);
    const onProgress = (event: Parameters<Terminal["progress"]>[0]) => terminal.progress(event);
    try {
      const asked = { samples, descriptions: bank.descriptions, shown };
      await requireSameRequest(store, requestOf(options, open, asked));
      await open.keepIn(store);
      const judging = { bank, finder: openFinder(options, bank), strict: options.strict === true };
      const inputs = { responder, samples, judging, chunkRows, ...shown };
      const evaluation = await evaluateApiBank(inputs, { store, signal, onProgress });
      return { prompt: promptName(shown), evaluation };
    } finally {
      await open.close();
      await store.close();
    }
  } finally {
    terminal.endProgress();
    await open.close();
  }
}

/** The scores for people. */
export function renderApiBankOutcome({ prompt, evaluation }: ApiBankOutcome): string {
  const { tooLong, cut, refused } = evaluation;
  const notes = [
    `Prompt: ${prompt}.`,
    `${tooLong} prompts do not fit the model's context (not asked, wrong); ${cut} answers were cut at their longest length.`,
    ...(refused === 0
      ? []
      : [`${refused} prompts were refused by the model's template or its server (wrong).`]),
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

/** The samples and how they are shown. */
interface AskedSamples extends Pick<ApiBank, "samples" | "descriptions"> {
  readonly shown: ShownPrompt;
}

/** What the answers depend on, as text; how they are judged may change. */
function requestOf(
  { categories, maximumTokens = defaultMaximumTokens }: ApiBankOptions,
  { identity }: OpenResponder,
  { samples, descriptions, shown }: AskedSamples,
): string {
  const request = {
    benchmark: "api-bank",
    ...identity,
    categories: categories ?? null,
    samples: hashValue(samples.map((sample) => messagesOf(sample, { descriptions, ...shown }))),
    ...shown,
    maximumTokens,
    chunkRows,
  };
  return `${JSON.stringify(request, undefined, 2)}\n`;
}
