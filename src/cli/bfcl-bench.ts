/** Opens BFCL from a folder of its official data. */
import { ConfigError } from "../spec/index.js";
import { type BfclFiles, readBfclFiles } from "../store/index.js";
import {
  BFCL_CATEGORIES,
  type BfclBench,
  type BfclCategory,
  CategoryItems,
  readLongContext,
} from "../tasks/bfcl/index.js";
import { loadSyntaxParsers } from "./syntax-parsers.js";

/** A bench, and the files that it was made of. */
export interface OpenBfcl {
  readonly bench: BfclBench;
  readonly files: BfclFiles;
}

/**
 * Reads the categories that the folder holds, or those asked for.
 *
 * @throws ConfigError where it holds none of them, or lacks the padding of long contexts that they need
 */
export async function openBfcl(
  folder: string,
  categories: readonly BfclCategory[] = BFCL_CATEGORIES,
): Promise<OpenBfcl> {
  const files = await readBfclFiles(folder, categories);
  requirePadding(files, folder);
  const items = new Map<BfclCategory, CategoryItems>();
  for (const category of categories) {
    const found = files.categories.get(category);
    if (found !== undefined) items.set(category, new CategoryItems({ category, ...found }));
  }
  const now = new Date();
  const today = { year: now.getUTCFullYear(), month: now.getUTCMonth() + 1, day: now.getUTCDate() };
  const padding = files.longContext === undefined ? undefined : readLongContext(files.longContext);
  const bench = { categories: items, parsers: await loadSyntaxParsers(), setting: { today, padding } };
  return { bench, files };
}

function requirePadding({ categories, longContext }: BfclFiles, folder: string): void {
  if (longContext !== undefined || !categories.has("multi_turn_long_context")) return;
  const message = `${folder} has items with a long context, but neither long_context_constants.json nor the official long_context.py. Copy one of them there.`;
  throw new ConfigError(message, { data: folder });
}
