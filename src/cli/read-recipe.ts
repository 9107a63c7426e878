/** Recipes from disk. */
import { readFile } from "node:fs/promises";
import { ConfigError } from "../spec/index.js";
import { parseRecipe, type Recipe } from "../stages/recipe.js";
import { resolveInPackage } from "./package-root.js";

/** The recipe of a file with the `--set` overrides applied. @throws ConfigError naming the file, the line and the fix. */
export async function readRecipe(path: string, overrides: readonly string[]): Promise<Recipe> {
  return parseRecipe({ file: path, text: await readRecipeText(path), overrides });
}

/** The text of a recipe, looked for here and then in the package. @throws ConfigError where there is none. */
export async function readRecipeText(path: string): Promise<string> {
  try {
    return await readFile(resolveInPackage(path), "utf8");
  } catch (cause) {
    const message = `Cannot read the recipe ${path}. The recipes that come with itool are recipes/nano.yaml, smoke.yaml, toolace.yaml, nano-base.yaml and llama-3.1-8b-paper.yaml.`;
    throw new ConfigError(message, { path }, { cause });
  }
}
