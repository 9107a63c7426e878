/** Recipes from disk. */
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseDocument } from "yaml";
import { ConfigError } from "../spec/index.js";
import { nearestKey } from "../stages/nearest-key.js";
import { parseSettings } from "../stages/parse-settings.js";
import { type PretrainSettings, pretrainSettingsSchema } from "../stages/pretrain-settings.js";
import { parseRecipe, type Recipe } from "../stages/recipe.js";
import { packageRoot, resolveInPackage } from "./package-root.js";

/**
 * The recipe of a file with the `--set` overrides applied.
 *
 * @throws ConfigError naming the file, the line and the fix.
 */
export async function readRecipe(path: string, overrides: readonly string[]): Promise<Recipe> {
  const text = await readRecipeText(path);
  if (isForPretraining(text)) {
    throw new ConfigError(`${path} makes a base model: it is a recipe of \`itool pretrain\`.`, { path });
  }
  return parseRecipe({ file: path, text, overrides });
}

/** The same for a recipe of `itool pretrain`. */
export async function readPretrainRecipe(
  path: string,
  overrides: readonly string[],
): Promise<PretrainSettings> {
  const text = await readRecipeText(path);
  if (!isForPretraining(text)) {
    throw new ConfigError(
      `${path} is not a recipe of \`itool pretrain\`: it has no phases. Run it with \`itool run\`, or take recipes/nano-base.yaml.`,
      { path },
    );
  }
  return parseSettings(pretrainSettingsSchema, { file: path, text, overrides });
}

/** The recipes that come with the package, e.g. `recipes/nano.yaml`. */
export function packageRecipes(): string[] {
  const names = readdirSync(join(packageRoot(), "recipes")).filter((name) => name.endsWith(".yaml"));
  return names.sort().map((name) => `recipes/${name}`);
}

/** Looked for here and then in the package. */
async function readRecipeText(path: string): Promise<string> {
  try {
    return await readFile(resolveInPackage(path), "utf8");
  } catch (cause) {
    const known = packageRecipes();
    const nearest = nearestKey(nameOf(path), known.map(nameOf));
    const fix =
      nearest === undefined
        ? `The recipes that come with itool are ${known.join(", ")}.`
        : `Did you mean recipes/${nearest}.yaml?`;
    throw new ConfigError(`Cannot read the recipe ${path}. ${fix}`, { path }, { cause });
  }
}

function nameOf(path: string): string {
  return basename(path).replace(/\.ya?ml$/, "");
}

/** Only these have phases. */
function isForPretraining(text: string): boolean {
  return parseDocument(text).has("phases");
}
