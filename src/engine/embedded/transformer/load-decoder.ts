/** Loads a decoder's folder into the form in which the engine keeps it. */
import type { LoadedWeights } from "../weights/loaded-weights.js";
import { loadModelFolder, type Pack, readModelConfig } from "../weights/model-folder.js";
import { packBfloat16, packBlocks } from "../weights/packed-weights.js";
import { type DecoderConfig, readDecoderConfig } from "./decoder-config.js";
import { checkDecoderTensors, decoderTensors, embeddingName, headName } from "./decoder-tensors.js";

/** How the base model's weights are kept. */
export interface BaseFormat {
  /** 32: as they are. 4: linears in blocks of 4-bit codes, embedding and output layer in bfloat16. @default 32 */
  readonly baseBits?: 4 | 32;
  /** Weights that share a scale, with 4 bits: 16, 32, 64, 128 or 256. @default 64 */
  readonly blockSize?: number;
}

export const DEFAULT_BLOCK_SIZE = 64;

/** The form in which a weight is kept with 4 bits, where its shape allows it. */
export function formOf(config: DecoderConfig, name: string): "blocks" | "bfloat16" | "float32" {
  if (name === embeddingName || name === headName(config)) return "bfloat16";
  return /_proj\.weight$/.test(name) ? "blocks" : "float32";
}

/**
 * The decoder in the folder, without tensors that it does not read. The config is checked before the weights are read.
 * @throws ModelError for a model that is not supported, or whose files are missing, damaged or of another model.
 */
export async function loadDecoder(directory: string, format: BaseFormat = {}): Promise<LoadedWeights> {
  const config = readDecoderConfig(await readModelConfig(directory));
  const blockSize = format.blockSize ?? DEFAULT_BLOCK_SIZE;
  const pack: Pack = (name, tensor) => {
    const form = formOf(config, name);
    if (form === "bfloat16") return packBfloat16(name, tensor);
    return form === "blocks" ? packBlocks(name, tensor, blockSize) : undefined;
  };
  const loaded = await loadModelFolder(directory, format.baseBits === 4 ? pack : undefined);
  checkDecoderTensors(config, loaded);
  const names = decoderTensors(config);
  return { ...loaded, tensors: new Map([...loaded.tensors].filter(([name]) => names.has(name))) };
}
