/** Writes the merged model of a base folder and an adapter folder, without an engine. */
import type { ExportOptions } from "../../spec/index.js";
import { adapterTensors } from "./training/model-tensors.js";
import { readDecoderConfig } from "./transformer/decoder-config.js";
import { type BaseFormat, loadDecoder } from "./transformer/load-decoder.js";
import { mergedWeights } from "./weights/merged-weights.js";
import { writeModelFolder } from "./weights/model-folder.js";
import { readAdapter } from "./weights/peft-adapter.js";

/** What is merged. */
export interface MergeSource extends BaseFormat {
  /** Folder of the base model, or of a model that was trained whole. */
  readonly model: string;
  /** Folder of the adapter in PEFT layout. */
  readonly adapter?: string;
}

/**
 * Writes the Hugging Face folder `directory` as `Policy.exportModel` does: the adapter is merged into the base as the engine
 * kept it, so with 4 bits into the rounded weights that it was trained on.
 * @throws ModelError, ConfigError where model or adapter cannot be used. @throws StoreError when the disk refuses.
 */
export async function exportMergedModel(
  { model, adapter, ...format }: MergeSource,
  directory: string,
  options: ExportOptions = {},
): Promise<void> {
  const loaded = adapter === undefined ? undefined : await readAdapter(adapter);
  const weights = await loadDecoder(model, format);
  adapterTensors(readDecoderConfig(weights.config), loaded);
  await writeModelFolder(directory, weights.config, mergedWeights(weights, loaded), {
    ...options,
    companionsFrom: model,
  });
}
