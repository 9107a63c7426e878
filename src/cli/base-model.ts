/** From a recipe's `engine:` and `model:` to something that stages can open. */
import { resolve } from "node:path";
import { openEngine } from "../engine/index.js";
import { ConfigError, type Engine } from "../spec/index.js";
import type { BaseModel } from "../stages/base-model.js";
import type { Recipe } from "../stages/recipe.js";
import { fingerprintPath, hashValue, loadRenderContext } from "../store/index.js";
import type { RenderContext } from "../text/index.js";
import { requireFolder } from "./input-files.js";
import { resolveInPackage } from "./package-root.js";
import { loadRemoteModel, parseRemoteSpec } from "./remote-model.js";
import { isRemote, type RemoteListener } from "./server-watch.js";

/** What of a recipe decides how its model is opened. */
export type ModelSettings = Pick<Recipe, "engine" | "model" | "prompt">;

/** What besides the recipe decides how its model is opened. */
export interface LoadOptions {
  /** Told what a server says. */
  readonly listener?: RemoteListener;
  /** Nothing will read log-probabilities of samples: a served model need not give them. */
  readonly logprobsOptional?: boolean;
}

/** Opens the base model of a recipe; tests give their own. */
export type ModelLoader = (recipe: Recipe, options?: LoadOptions) => Promise<BaseModel>;

/**
 * The base model of a recipe. A model folder is looked for from here first, then in the package, so `models/nano` works
 * from anywhere.
 *
 * @throws ConfigError for an engine that this version cannot drive, or a folder that is not there.
 */
export async function loadBaseModel(settings: ModelSettings, options: LoadOptions = {}): Promise<BaseModel> {
  const { engine, model } = settings;
  if (isRemote(engine)) {
    const loadContext = (place: string) => loadPromptContext(settings, place);
    return loadRemoteModel({ engine, model, loadContext, ...options });
  }
  const folder = modelFolder(settings);
  const context = await loadPromptContext(settings, folder);
  return {
    context,
    fingerprint: fingerprintIn(settings, await fingerprintPath(folder)),
    openEngine: (trained) => openModel(settings, trained ?? folder),
  };
}

/** The same folder in 4 bits is another model. */
function fingerprintIn({ engine }: ModelSettings, folder: string): string {
  if (engine.kind !== "embedded" || engine.baseBits === 32) return folder;
  return hashValue({ folder, baseBits: engine.baseBits, blockSize: engine.blockSize });
}

/** The model's folder, without opening it. @throws ConfigError as `loadBaseModel`. */
export function modelFolder({ engine, model }: Pick<ModelSettings, "engine" | "model">): string {
  if (engine.kind !== "embedded") {
    throw new ConfigError(
      `engine.kind is ${engine.kind}, which has no model folder. Write engine: { kind: embedded } and a model folder.`,
      { engine: engine.kind },
    );
  }
  return findModelFolder(model, "model");
}

/**
 * Overrides of a recipe for a model SPEC: a folder, `tinker:URL#model`, or `openai:URL#model`.
 * @param tokenizer Folder of the tokenizer of a model on a server.
 * @throws ConfigError for a SPEC that cannot be opened
 */
export function modelOverrides(spec: string, option: string, tokenizer = ""): string[] {
  const remote = parseRemoteSpec(spec, option);
  if (remote === undefined) return [`model=${findModelFolder(spec, option)}`];
  const { kind, url, model } = remote;
  return [`model=${model}`, `engine=${JSON.stringify({ kind, url, tokenizer })}`];
}

/** What a request for results calls a model: its absolute folder, or the SPEC of one on a server. */
export function nameOfModel(spec: string): string {
  return parseRemoteSpec(spec, "--model") === undefined ? resolve(resolveInPackage(spec)) : spec;
}

/** @param option How the user named it, e.g. `--model`. @throws ConfigError where there is no such folder. */
export function findModelFolder(model: string, option: string): string {
  const [, scheme] = /^(hf|tinker|openai):/.exec(model) ?? [];
  if (scheme !== undefined) {
    const message = `${option} is ${model}; this version opens model folders only, not ${scheme}: addresses. Download the model, and give its folder.`;
    throw new ConfigError(message, { model });
  }
  const folder = resolveInPackage(model);
  const fix =
    "Give the path of a Hugging Face model folder, or models/nano for the small model that comes with itool.";
  requireFolder(folder, option, fix);
  return folder;
}

/** Tokenizer, chat template and limits of the model in a folder, with the recipe's `prompt:` applied. */
export async function loadPromptContext(
  { prompt }: Pick<ModelSettings, "prompt">,
  folder: string,
): Promise<RenderContext> {
  return loadRenderContext(folder, {
    dateString: prompt.date,
    ...(prompt.tools === "auto" ? {} : { toolPlacement: prompt.tools }),
    ...(prompt.contextLength === 0 ? {} : { contextLength: prompt.contextLength }),
  });
}

async function openModel({ engine }: ModelSettings, folder: string): Promise<Engine> {
  if (engine.kind !== "embedded") return openEngine({ kind: "embedded", model: folder });
  const { threads, ...settings } = engine;
  return openEngine({ ...settings, model: folder, ...(threads > 0 && { threads }) });
}
