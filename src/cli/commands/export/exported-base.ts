import { findModelFolder } from "../../base-model.js";
import type { ExportSource } from "./export-format.js";

/** Folder of the run's base model: `--model`, or what the recipe says. @throws ConfigError where there is none. */
export function exportedBase({ recipe, model }: Pick<ExportSource, "recipe" | "model">): string {
  return model === undefined
    ? findModelFolder(recipe.model, "The run's model")
    : findModelFolder(model, "--model");
}
