import type { JsonObject } from "../../../spec/index.js";
import { fittingBlock } from "../weights/packed-weights.js";
import { readDecoderConfig } from "./decoder-config.js";
import { decoderTensors } from "./decoder-tensors.js";
import { type BaseFormat, DEFAULT_BLOCK_SIZE, formOf } from "./load-decoder.js";

/**
 * Bytes that the base model's weights take in memory at rest, from its `config.json` alone.
 * @throws ModelError for a model that is not supported.
 */
export function baseModelBytes(json: JsonObject, format: BaseFormat = {}): number {
  const config = readDecoderConfig(json);
  const tensors = [...decoderTensors(config)];
  return tensors.reduce((sum, [name, shape]) => {
    const form = format.baseBits === 4 ? formOf(config, name) : "float32";
    return sum + bytesOf(shape, form, format.blockSize ?? DEFAULT_BLOCK_SIZE);
  }, 0);
}

function bytesOf(shape: readonly number[], form: ReturnType<typeof formOf>, blockSize: number): number {
  const count = shape.reduce((product, size) => product * size, 1);
  if (form === "bfloat16") return 2 * count;
  const block = form === "blocks" ? fittingBlock(shape[1]!, blockSize) : undefined;
  return block === undefined ? 4 * count : count / 2 + (4 * count) / block;
}
