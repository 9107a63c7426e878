/** The official files of BFCL in a folder, as texts. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../spec/index.js";
import { systemCode, withFailure } from "./failure.js";

/** Texts of the files that a folder holds; what it lacks is absent. */
export interface BfclFiles {
  /** By category: questions, and possible answers where the category has them. */
  readonly categories: ReadonlyMap<string, { readonly questions: string; readonly answers?: string }>;
  /** Function documentation by file, e.g. `math_api`. */
  readonly functionDocs: ReadonlyMap<string, string>;
  /** `long_context_constants.json`, or the official `long_context.py`. */
  readonly longContext: string | undefined;
}

/** Files of function documentation. */
export const FUNCTION_DOC_FILES = [
  "gorilla_file_system",
  "math_api",
  "message_api",
  "posting_api",
  "ticket_api",
  "trading_bot",
  "travel_booking",
  "vehicle_control",
] as const;

/** The file of a category's questions; its answers have the same name in `possible_answer/`. */
export function bfclFileName(category: string): string {
  return `BFCL_v4_${category}.json`;
}

/**
 * Reads the files of these categories.
 *
 * @throws ConfigError where the folder holds none of them, StoreError where a file cannot be read
 */
export async function readBfclFiles(folder: string, names: readonly string[]): Promise<BfclFiles> {
  const categories = new Map<string, { questions: string; answers?: string }>();
  for (const name of names) {
    const questions = await readIfThere(join(folder, bfclFileName(name)));
    const answers = await readIfThere(join(folder, "possible_answer", bfclFileName(name)));
    if (questions !== undefined)
      categories.set(name, answers === undefined ? { questions } : { questions, answers });
  }
  if (categories.size === 0) {
    const message = `--data is ${folder}, which has no file ${bfclFileName(names[0] ?? "simple_python")}. Give the folder of BFCL's official data.`;
    throw new ConfigError(message, { data: folder });
  }
  const longContext =
    (await readIfThere(join(folder, "long_context_constants.json"))) ??
    (await readIfThere(join(folder, "long_context.py")));
  return { categories, functionDocs: await readDocs(folder), longContext };
}

async function readDocs(folder: string): Promise<Map<string, string>> {
  const docs = new Map<string, string>();
  for (const name of FUNCTION_DOC_FILES) {
    const text = await readIfThere(join(folder, "multi_turn_func_doc", `${name}.json`));
    if (text !== undefined) docs.set(name, text);
  }
  return docs;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return withFailure("read", path, async () => {
    try {
      return await readFile(path, "utf8");
    } catch (cause) {
      if (systemCode(cause) === "ENOENT") return undefined;
      throw cause;
    }
  });
}
