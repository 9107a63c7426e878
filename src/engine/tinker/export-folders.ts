/** Folders of exported weights: the server's archive, made loadable elsewhere, and the name of the weights on the server. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError, type JsonObject, ModelError } from "../../spec/index.js";
import { writeFolderAtomically } from "../embedded/weights/atomic.js";
import { readJsonObject } from "../embedded/weights/model-folder.js";
import { targetsOf } from "../embedded/weights/peft-adapter.js";
import { readSafetensorsHeader } from "../embedded/weights/safetensors.js";
import { fetchArchive } from "./archive.js";
import type { RemoteModel, ServerLink } from "./remote-model.js";
import { type RemoteWeights, writeRemoteWeights } from "./remote-weights.js";

/** What is exported. */
export interface Exported {
  readonly model: RemoteModel;
  readonly link: ServerLink;
  readonly weights: RemoteWeights;
}

const ADAPTER_FILES = ["adapter_config.json", "adapter_model.safetensors"];

/**
 * A PEFT folder with `tinker.json`. Where the server's archive is a whole model (SkyRL on PyTorch merges the adapter), only
 * `tinker.json` is written, and people are told.
 * @throws ModelError for an archive that is damaged
 */
export async function exportAdapterFolder(
  directory: string,
  { model, link, weights }: Exported,
): Promise<void> {
  const { name } = await model.saveSampler();
  await writeFolderAtomically(directory, async (folder) => {
    const files = await fetchArchive(folder, {
      modelId: model.id,
      name,
      connection: link.connection,
      keep: ADAPTER_FILES,
    });
    if (ADAPTER_FILES.every((file) => files.includes(file))) await completeConfig(folder, weights.baseModel);
    else {
      link.connection.warn(
        `The server gives merged models, no adapters: ${directory} names the weights on the server, and holds none. exportModel writes the merged model.`,
      );
    }
    await writeRemoteWeights(folder, weights);
  });
}

/**
 * A whole model's folder with `tinker.json`.
 * @throws InputError where the server's archives are adapters
 */
export async function exportModelFolder(
  directory: string,
  { model, link, weights }: Exported,
): Promise<void> {
  const { name } = await model.saveSampler();
  await writeFolderAtomically(directory, async (folder) => {
    const files = await fetchArchive(folder, { modelId: model.id, name, connection: link.connection });
    if (!files.includes("config.json")) {
      const message =
        "This server gives adapters, no whole models. Use exportAdapter, and merge the adapter into the base model.";
      throw new InputError(message, { files });
    }
    await writeRemoteWeights(folder, weights);
  });
}

/** Fills in what other loaders of adapters need: SkyRL leaves the targets out. */
async function completeConfig(folder: string, baseModel: string): Promise<void> {
  const file = join(folder, "adapter_config.json");
  const config = await readJsonObject(file);
  const { entries } = await readSafetensorsHeader(join(folder, "adapter_model.safetensors"));
  const modules = [...entries.keys()].map((key) => key.replace(/\.lora_[AB](\.default)?\.weight$/, ""));
  if (modules.length === 0) throw new ModelError(`${folder}: the server's adapter is empty.`, { folder });
  const complete: JsonObject = {
    ...config,
    target_modules: config.target_modules ?? targetsOf(modules),
    task_type: config.task_type ?? "CAUSAL_LM",
    base_model_name_or_path: config.base_model_name_or_path ?? baseModel,
  };
  await writeFile(file, `${JSON.stringify(complete, undefined, 2)}\n`);
}
