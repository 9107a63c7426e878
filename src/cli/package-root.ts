/** Where the installed package lies: the recipes and the small model are in it. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the nearest `package.json` above this file; the same from `dist/` and from the sources. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}

/**
 * A path as the user gave it where something is there, else the same path inside the package: `recipes/nano.yaml` and
 * `models/nano` work from any folder. Paths that begin with `/`, `.` or `~` are the user's own and never looked for there.
 */
export function resolveInPackage(path: string): string {
  if (existsSync(path) || !/^\w/.test(path) || path.split("/").includes("..")) return path;
  const inside = join(packageRoot(), path);
  return existsSync(inside) ? inside : path;
}
