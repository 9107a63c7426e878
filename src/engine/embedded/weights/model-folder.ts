/**
 * Hugging Face model folders: `config.json` and the weights, in one file or in shards with an index. The names and shapes
 * inside are the model's own; whether they make a model that the engine knows is for the caller to say.
 */
import { copyFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ConfigError,
  type ExportOptions,
  type JsonObject,
  type JsonValue,
  ModelError,
} from "../../../spec/index.js";
import { writeFolderAtomically } from "./atomic.js";
import type { LoadedWeights, WeightTensor } from "./loaded-weights.js";
import { planShards } from "./model-shards.js";
import type { FloatFormat } from "./number-format.js";
import type { PackedMatrix } from "./packed-weights.js";
import {
  readSafetensorsHeader,
  streamSafetensors,
  type WritableTensor,
  writeSafetensors,
} from "./safetensors.js";

/** Files beside the weights that belong to a model and are copied with it. */
const COMPANION_FILES = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
  "tokenizer.model",
  "chat_template.jinja",
  "chat_template.json",
  "generation_config.json",
] as const;

/** The formats by what `config.json` calls them. */
const FORMATS: Readonly<Record<NonNullable<ExportOptions["dtype"]>, FloatFormat>> = {
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
};

const INDEX_FILE = "model.safetensors.index.json";
const DEFAULT_SHARD_BYTES = 5e9;

/** Settings of `writeModelFolder`. */
export interface WriteModelOptions extends ExportOptions {
  /** A model folder whose tokenizer, chat template and generation settings are copied; absent: none are. */
  readonly companionsFrom?: string;
}

/** What to do with a weight as soon as it is read: keep it packed, or as it is (`undefined`). */
export type Pack = (name: string, tensor: WeightTensor) => PackedMatrix | undefined;

/**
 * Config and all weights of the folder.
 * @param pack Weights are packed one by one as they are read: the whole model is never in memory in float32.
 * @throws ModelError naming the file that is missing or damaged.
 */
export async function loadModelFolder(directory: string, pack?: Pack): Promise<LoadedWeights> {
  const config = await readModelConfig(directory);
  const tensors = new Map<string, WeightTensor>();
  const packed = new Map<string, PackedMatrix>();
  for await (const [name, tensor] of readWeights(directory)) {
    const matrix = pack?.(name, tensor);
    if (matrix === undefined) tensors.set(name, tensor);
    else packed.set(name, matrix);
  }
  return { config, tensors, ...(pack !== undefined && { packed }) };
}

/**
 * `config.json` alone.
 * @throws ModelError where it is missing or not a JSON object.
 */
export async function readModelConfig(directory: string): Promise<JsonObject> {
  return readJsonObject(join(directory, "config.json"));
}

/**
 * Writes a whole model folder (`config.json`, the weights in one file or in shards), atomically. `dtype` in the config is
 * set to what is written.
 * @throws ConfigError for an unknown dtype. @throws ModelError when a value does not fit it.
 * @throws StoreError when the disk refuses.
 */
export async function writeModelFolder(
  directory: string,
  config: JsonObject,
  tensors: ReadonlyMap<string, WritableTensor>,
  options: WriteModelOptions = {},
): Promise<void> {
  const { dtype = "float32", shardBytes = DEFAULT_SHARD_BYTES } = options;
  if (!Object.hasOwn(FORMATS, dtype)) throw wrongDtype(dtype);
  const format = FORMATS[dtype];
  const complete = { ...config, dtype, ...("torch_dtype" in config && { torch_dtype: dtype }) };
  const { shards, index } = planShards(tensors, format, shardBytes);
  await writeFolderAtomically(directory, async (folder) => {
    await writeFile(join(folder, "config.json"), `${JSON.stringify(complete, undefined, 2)}\n`);
    for (const shard of shards) await writeSafetensors(join(folder, shard.file), shard.tensors, format);
    if (index !== undefined)
      await writeFile(join(folder, INDEX_FILE), `${JSON.stringify(index, undefined, 2)}\n`);
    if (options.companionsFrom !== undefined) await copyCompanions(options.companionsFrom, folder);
  });
}

/**
 * The JSON object in `file`.
 * @throws ModelError where there is none.
 */
export async function readJsonObject(file: string): Promise<JsonObject> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ModelError(
      `Cannot read ${file}. Check that the folder is a complete model folder.`,
      { file },
      { cause },
    );
  });
  try {
    const value: JsonValue = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw new ModelError(`${file} is not JSON. Fetch or write it again.`, { file }, { cause });
  }
  throw new ModelError(`${file} holds no JSON object. Fetch or write it again.`, { file });
}

/** The weights of one file or of all shards, each once. */
async function* readWeights(directory: string): AsyncGenerator<readonly [string, WeightTensor]> {
  const single = join(directory, "model.safetensors");
  if (await isFile(single)) return yield* streamSafetensors(single);
  const index = join(directory, INDEX_FILE);
  if (!(await isFile(index))) {
    const message = `${directory} has neither model.safetensors nor ${INDEX_FILE}. Fetch the weights.`;
    throw new ModelError(message, { directory });
  }
  const shardOf = parseWeightMap((await readJsonObject(index)).weight_map, index);
  await checkShards(directory, index, shardOf);
  for (const shard of new Set(shardOf.values())) {
    for await (const [name, tensor] of streamSafetensors(join(directory, shard))) yield [name, tensor];
  }
}

/** Index and shards must say the same, before anything is read: which tensor would count otherwise is anybody's guess. */
async function checkShards(
  directory: string,
  index: string,
  shardOf: ReadonlyMap<string, string>,
): Promise<void> {
  const found = new Set<string>();
  for (const shard of new Set(shardOf.values())) {
    const { entries } = await readSafetensorsHeader(join(directory, shard));
    for (const name of entries.keys()) {
      if (shardOf.get(name) !== shard) {
        const message = `${shard} holds tensor ${name}, which ${index} ${shardOf.has(name) ? `says is in ${shardOf.get(name)}` : "does not list"}. Fetch the weights again.`;
        throw new ModelError(message, { file: index, tensor: name, shard });
      }
      found.add(name);
    }
  }
  const missing = [...shardOf].find(([name]) => !found.has(name));
  if (missing === undefined) return;
  const message = `Tensor ${missing[0]} is not in ${missing[1]}, where ${index} says it is. Fetch the weights again.`;
  throw new ModelError(message, { file: index, tensor: missing[0], shard: missing[1] });
}

/** Tensor name → shard. Shards are plain file names: an index cannot point outside its folder. */
function parseWeightMap(value: JsonValue | undefined, file: string): Map<string, string> {
  if (value === undefined || !isJsonObject(value)) {
    throw new ModelError(`${file} has no weight_map. Fetch it again.`, { file });
  }
  const shardOf = new Map<string, string>();
  for (const [name, shard] of Object.entries(value)) {
    if (typeof shard !== "string" || !/^[\w.-]+\.safetensors$/.test(shard)) {
      const message = `${file} names ${JSON.stringify(shard)} as the shard of ${name}, which is not a plain file name.`;
      throw new ModelError(message, { file, tensor: name, shard });
    }
    shardOf.set(name, shard);
  }
  return shardOf;
}

function wrongDtype(dtype: string): ConfigError {
  const known = Object.keys(FORMATS);
  return new ConfigError(`dtype is ${dtype}, but must be one of ${known.join(", ")}.`, { dtype, known });
}

async function copyCompanions(from: string, to: string): Promise<void> {
  for (const name of COMPANION_FILES) {
    if (await isFile(join(from, name))) await copyFile(join(from, name), join(to, name));
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}

function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
