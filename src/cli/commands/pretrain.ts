/** `itool pretrain`: makes a base model from a recipe; the same command again goes on. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openEngine } from "../../engine/index.js";
import { parseSettings } from "../../stages/parse-settings.js";
import { type PretrainResult, pretrain } from "../../stages/pretrain.js";
import { pretrainSettingsSchema } from "../../stages/pretrain-settings.js";
import { openRunDirectory } from "../../store/index.js";
import { packageRoot } from "../package-root.js";
import { readRecipeText } from "../read-recipe.js";
import type { Terminal } from "../terminal.js";

/** Options of the command. */
export interface PretrainOptions {
  readonly recipe: string;
  /** The run directory. */
  readonly out: string;
  readonly overrides: readonly string[];
  /** Threads of the engine. @default as many as there are cores */
  readonly threads?: number;
  readonly signal: AbortSignal;
}

/** Runs, or goes on with, a pre-training run. */
export async function runPretrain(options: PretrainOptions, terminal: Terminal): Promise<PretrainResult> {
  const text = await readRecipeText(options.recipe);
  const source = { file: options.recipe, text, overrides: options.overrides };
  const settings = parseSettings(pretrainSettingsSchema, source);
  const chatTemplate = await readFile(join(packageRoot(), "models/nano/chat_template.jinja"), "utf8");
  const store = await openRunDirectory(options.out);
  try {
    return await pretrain(settings, {
      store,
      chatTemplate,
      openEngine: (model) =>
        openEngine({
          kind: "embedded",
          model,
          ...(options.threads === undefined ? {} : { threads: options.threads }),
        }),
      onProgress: (event) => terminal.progress(event),
      signal: options.signal,
    });
  } finally {
    await store.close();
  }
}
