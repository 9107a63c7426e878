/** `itool pretrain`: makes a base model from a recipe; the same command again goes on. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openEngine } from "../../engine/index.js";
import { type PretrainResult, pretrain } from "../../stages/pretrain.js";
import { openRunDirectory, runPaths } from "../../store/index.js";
import { packageRoot } from "../package-root.js";
import { readPretrainRecipe } from "../read-recipe.js";
import type { Terminal } from "../terminal.js";

/** Options of the command. */
export interface PretrainOptions {
  readonly recipe: string;
  /** The run directory. @default runs/<name of the recipe> */
  readonly out?: string;
  readonly overrides: readonly string[];
  /** Threads of the engine. @default as many as there are cores */
  readonly threads?: number;
  readonly signal: AbortSignal;
}

/** What the command prints with `--json`. */
export interface PretrainSummary extends PretrainResult {
  /** Absolute path of the model folder; absent where a gate stopped the run. */
  readonly model?: string;
}

/** Runs, or goes on with, a pre-training run. */
export async function runPretrain(options: PretrainOptions, terminal: Terminal): Promise<PretrainSummary> {
  const settings = await readPretrainRecipe(options.recipe, options.overrides);
  const directory = options.out ?? join("runs", settings.name);
  const chatTemplate = await readFile(join(packageRoot(), "models/nano/chat_template.jinja"), "utf8");
  const store = await openRunDirectory(directory);
  try {
    terminal.note(
      `Pre-training ${settings.name} in ${directory}; stop it at any time, the same command goes on.`,
    );
    if (!(await store.exists(runPaths.metrics)))
      terminal.note("First the tokenizer is learned, which is silent for up to a minute …");
    const threads = options.threads === undefined ? {} : { threads: options.threads };
    const result = await pretrain(settings, {
      store,
      chatTemplate,
      openEngine: (model) => openEngine({ kind: "embedded", model, ...threads }),
      onProgress: (event) => terminal.progress(event),
      signal: options.signal,
    });
    return result.stopped === undefined ? { ...result, model: store.path("model") } : result;
  } finally {
    terminal.endProgress();
    await store.close();
  }
}

/** How the run ended, for people. */
export function renderPretrain({ tokens, steps, measure, stopped, model }: PretrainSummary): string {
  const exact = Object.entries(measure.exact).map(([category, rate]) => `${category} ${percent(rate)}`);
  return [
    `${tokens.toLocaleString("en-US")} tokens in ${steps.toLocaleString("en-US")} steps`,
    `Tokens that are copied right: ${percent(measure.copyAccuracy)}`,
    `Whole responses that are right, tools never seen: ${exact.join(", ")}`,
    stopped === undefined
      ? `Model: ${model}`
      : `Stopped at a gate: ${stopped}. Change the recipe, and start in another folder.`,
  ].join("\n");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
