/** Complaints about files that the user named, before any work begins. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../spec/index.js";
import type { Recipe } from "../stages/recipe.js";
import { runPaths } from "../store/index.js";

/**
 * @param option How the user named the file, e.g. `data.path` or `--pairs`.
 * @param fix What to do, as a sentence.
 * @throws ConfigError where there is no file of that name.
 */
export function requireFile(path: string, option: string, fix: string): void {
  const kind = kindOf(path);
  if (kind === "file") return;
  const what = kind === "folder" ? "which is a folder" : "and there is no such file";
  throw new ConfigError(`${option} is ${path}, ${what}. ${fix}`, { option, path });
}

/** The same for a folder. */
export function requireFolder(path: string, option: string, fix: string): void {
  const kind = kindOf(path);
  if (kind === "folder") return;
  const what = kind === "file" ? "which is a file" : "and there is no such folder";
  throw new ConfigError(`${option} is ${path}, ${what}. ${fix}`, { option, path });
}

/** @throws ConfigError where the folder is not a run directory. */
export function requireRun(directory: string): void {
  if (kindOf(join(directory, runPaths.config)) === "file") return;
  throw new ConfigError(
    `${directory} is not a run directory: it has no ${runPaths.config}. Give the folder that \`itool run\` made, e.g. runs/nano.`,
    { directory },
  );
}

/** @throws ConfigError where the recipe's data file is not there. */
export function requireData({ data }: Pick<Recipe, "data">): void {
  if (data.source === "toolworld") return;
  requireFile(data.path, "data.path", "Name your file with --set data.path=FILE.");
}

function kindOf(path: string): "file" | "folder" | "absent" {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return "absent";
  return stats.isDirectory() ? "folder" : "file";
}
