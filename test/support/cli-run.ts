/** A model, a recipe and a finished run for tests of commands: the tiny pipeline, driven by the command line's own code. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModelLoader } from "../../src/cli/base-model.js";
import { printSettings } from "../../src/stages/index.js";
import { openTinyModel, tinyRecipe, writeTinyFolder } from "../pipeline/tiny-run.js";

/** Files of one test file. */
export interface TinyWorkspace {
  /** Of everything; removed by `remove`. */
  readonly folder: string;
  /** The text side of the tiny model. */
  readonly model: string;
  /** A recipe file of one round without a report. */
  readonly recipe: string;
  /** Opens the scripted engine in place of the embedded one. */
  readonly load: ModelLoader;
  remove(): Promise<void>;
}

/** A new folder with the tiny model and its recipe. */
export async function createTinyWorkspace(): Promise<TinyWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), "itool-cli-"));
  const model = join(folder, "model");
  const recipe = join(folder, "tiny.yaml");
  await writeTinyFolder(model);
  const settings = tinyRecipe([`model=${model}`, "rounds=1", "report.html=false"]);
  await writeFile(recipe, printSettings(settings));
  return {
    folder,
    model,
    recipe,
    load: (settings) => openTinyModel(model, settings),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
