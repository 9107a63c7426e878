/** Reading the official data of API-Bank from a folder. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, DataError } from "../../spec/index.js";
import {
  type ApiBank,
  type ApiBankLevel,
  createApiBank,
  type Dialogue,
  databaseNames,
  type PythonValue,
  parsePythonJson,
  readDescriptions,
  readDialogue,
} from "../../tasks/api-bank/index.js";

const levelFolders: readonly (readonly [ApiBankLevel, string])[] = [
  ["L1", "lv1-lv2-samples/level-1-given-desc"],
  ["L2", "lv1-lv2-samples/level-2-toolsearcher"],
];

const descriptionFile = "api_descriptions.jsonl";

/**
 * The benchmark in a folder laid out like the official one (`lv1-lv2-samples`, `init_database`) with
 * `api_descriptions.jsonl` beside, or in the folder `data` inside it.
 *
 * @throws ConfigError where the folder holds something else, DataError for a damaged file
 */
export async function readApiBank(folder: string): Promise<ApiBank> {
  const root = existsSync(join(folder, "data", descriptionFile)) ? join(folder, "data") : folder;
  for (const part of [descriptionFile, "init_database", "lv1-lv2-samples"]) requirePart(root, part);
  const text = await readFile(join(root, descriptionFile), "utf8");
  const databases = await Promise.all(databaseNames.map((name) => readDatabase(root, name)));
  const dialogues = await Promise.all(
    levelFolders.map(([level, path]) => readLevel(join(root, path), level)),
  );
  return createApiBank({
    databases: new Map(databases),
    descriptions: readDescriptions(text, descriptionFile),
    dialogues: dialogues.flat(),
  });
}

function requirePart(root: string, part: string): void {
  if (existsSync(join(root, part))) return;
  const message = `--data is ${root}, which has no ${part}. Give the folder of API-Bank's data; docs/api-bank.md says what it holds.`;
  throw new ConfigError(message, { data: root, part });
}

async function readDatabase(root: string, name: string): Promise<[string, PythonValue]> {
  const file = join("init_database", `${name}.json`);
  requirePart(root, file);
  const parsed = parsePythonJson(await readFile(join(root, file), "utf8"));
  if (parsed.ok) return [name, parsed.value];
  throw new DataError(`${join(root, file)} is not JSON (${parsed.message}). Fetch it again.`, { file });
}

/** The dialogues of a level in order of name; none where its folder is not there. */
async function readLevel(folder: string, level: ApiBankLevel): Promise<readonly Dialogue[]> {
  if (!existsSync(folder)) return [];
  const files = (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort();
  return Promise.all(
    files.map(async (name) => {
      const text = await readFile(join(folder, name), "utf8");
      return readDialogue(text, { level, stem: name.slice(0, -".jsonl".length) });
    }),
  );
}
