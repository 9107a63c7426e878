/** Loads a decoder's folder into the form in which the engine keeps it. */
import type { LoadedWeights } from "../weights/loaded-weights.js";
import { loadModelFolder, type Pack, readModelConfig } from "../weights/model-folder.js";
import { packBfloat16, packBlocks } from "../weights/packed-weights.js";
import { readDecoderConfig } from "./decoder-config.js";
import { checkDecoderTensors, decoderTensors, embeddingName, headName } from "./decoder-tensors.js";

/** How the base model's weights are kept. */
export interface BaseFormat {
  /** 32: as they are. 4: linears in blocks of 4-bit codes, embedding and output layer in bfloat16. @default 32 */
  readonly baseBits?: 4 | 32;
  /** Weights that share a scale, with 4 bits: 16, 32, 64, 128 or 256. @default 64 */
  readonly blockSize?: number;
}

/**
 * The decoder in the folder, without tensors that it does not read. The config is checked before the weights are read.
 * @throws ModelError for a model that is not supported, or whose files are missing, damaged or of another model.
 */
export async function loadDecoder(directory: string, format: BaseFormat = {}): Promise<LoadedWeights> {
  const config = readDecoderConfig(await readModelConfig(directory));
  const matrices = [embeddingName, headName(config)];
  const blockSize = format.blockSize ?? 64;
  const pack: Pack = (name, tensor) => {
    if (matrices.includes(name)) return packBfloat16(name, tensor);
    return /_proj\.weight$/.test(name) ? packBlocks(name, tensor, blockSize) : undefined;
  };
  const loaded = await loadModelFolder(directory, format.baseBits === 4 ? pack : undefined);
  checkDecoderTensors(config, loaded);
  const names = decoderTensors(config);
  return { ...loaded, tensors: new Map([...loaded.tensors].filter(([name]) => names.has(name))) };
}
