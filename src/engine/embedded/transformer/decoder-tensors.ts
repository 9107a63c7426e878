/** The names and shapes of a decoder's weights in a Hugging Face folder. */
import { ModelError } from "../../../spec/index.js";
import { type LoadedWeights, weightShape } from "../weights/loaded-weights.js";
import { packBfloat16 } from "../weights/packed-weights.js";
import type { DecoderConfig } from "./decoder-config.js";

export const embeddingName = "model.embed_tokens.weight";
const untiedHeadName = "lm_head.weight";
export const finalNormName = "model.norm.weight";
/** Norms over the head size, within a layer's `self_attn`. */
const headNorms = ["q_norm", "k_norm"] as const;

/** A linear of a layer: [out, in]. */
export interface LinearShape {
  /** Within the layer, e.g. `self_attn.q_proj`. */
  readonly module: string;
  readonly outputSize: number;
  readonly inputSize: number;
  /** It has a bias [out] beside its weight. */
  readonly bias: boolean;
}

/** The linears of one layer, in the order in which they are computed. */
export function layerLinears(config: DecoderConfig): LinearShape[] {
  const { hiddenSize, feedForwardSize, queryKeyValueBias } = config;
  const queries = config.headCount * config.headSize;
  const keys = config.keyHeadCount * config.headSize;
  return [
    { module: "self_attn.q_proj", outputSize: queries, inputSize: hiddenSize, bias: queryKeyValueBias },
    { module: "self_attn.k_proj", outputSize: keys, inputSize: hiddenSize, bias: queryKeyValueBias },
    { module: "self_attn.v_proj", outputSize: keys, inputSize: hiddenSize, bias: queryKeyValueBias },
    { module: "self_attn.o_proj", outputSize: hiddenSize, inputSize: queries, bias: false },
    { module: "mlp.gate_proj", outputSize: feedForwardSize, inputSize: hiddenSize, bias: false },
    { module: "mlp.up_proj", outputSize: feedForwardSize, inputSize: hiddenSize, bias: false },
    { module: "mlp.down_proj", outputSize: hiddenSize, inputSize: feedForwardSize, bias: false },
  ];
}

/** Prefix of the names of a layer's tensors. */
export function layerPrefix(layer: number): string {
  return `model.layers.${layer}`;
}

/** Name of the output layer's weight. */
export function headName(config: DecoderConfig): string {
  return config.tiedHead ? embeddingName : untiedHeadName;
}

/** Every weight of the model with its shape, in a fixed order. */
export function decoderTensors(config: DecoderConfig): Map<string, readonly number[]> {
  const { hiddenSize, vocabularySize } = config;
  const shapes = new Map<string, readonly number[]>([[embeddingName, [vocabularySize, hiddenSize]]]);
  for (let layer = 0; layer < config.layerCount; layer += 1) {
    const prefix = layerPrefix(layer);
    shapes.set(`${prefix}.input_layernorm.weight`, [hiddenSize]);
    shapes.set(`${prefix}.post_attention_layernorm.weight`, [hiddenSize]);
    for (const linear of layerLinears(config)) {
      shapes.set(`${prefix}.${linear.module}.weight`, [linear.outputSize, linear.inputSize]);
      if (linear.bias) shapes.set(`${prefix}.${linear.module}.bias`, [linear.outputSize]);
    }
    if (!config.queryKeyNorm) continue;
    for (const norm of headNorms) shapes.set(`${prefix}.self_attn.${norm}.weight`, [config.headSize]);
  }
  shapes.set(finalNormName, [hiddenSize]);
  shapes.set(headName(config), [vocabularySize, hiddenSize]);
  return shapes;
}

/**
 * Checks that the folder holds every weight in its shape. Further tensors that the model would have to read are refused;
 * a stored copy of a tied output layer is ignored where it is one.
 * @throws ModelError naming the tensor.
 */
export function checkDecoderTensors(config: DecoderConfig, weights: LoadedWeights): void {
  const expected = decoderTensors(config);
  for (const [name, shape] of expected) checkTensor(name, shape, weightShape(weights, name));
  checkTiedCopy(config, weights);
  for (const name of [...weights.tensors.keys(), ...(weights.packed?.keys() ?? [])]) {
    if (expected.has(name) || name.endsWith(".rotary_emb.inv_freq") || name === untiedHeadName) continue;
    const message = `The model's weights hold ${name}, which ${config.architecture} does not have. The config does not belong to these weights.`;
    throw new ModelError(message, { tensor: name });
  }
}

/** Loaders do not agree which of two different matrices a tied model would use. */
function checkTiedCopy(config: DecoderConfig, { tensors, packed }: LoadedWeights): void {
  const copy = tensors.get(untiedHeadName);
  if (!config.tiedHead || copy === undefined) return;
  const half = packed?.get(embeddingName);
  const same =
    half?.kind === "bfloat16"
      ? equalBytes(packBfloat16(untiedHeadName, copy).bits, half.bits)
      : equalBytes(copy.data, tensors.get(embeddingName)?.data);
  if (same) return;
  const message = `config.json says tie_word_embeddings, but ${untiedHeadName} differs from ${embeddingName}. Set tie_word_embeddings to what the model was trained with.`;
  throw new ModelError(message, { field: "tie_word_embeddings", tensor: untiedHeadName });
}

function equalBytes(a: Float32Array | Uint16Array, b: Float32Array | Uint16Array | undefined): boolean {
  if (b === undefined) return false;
  const bytes = (array: typeof a) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return Buffer.compare(bytes(a), bytes(b)) === 0;
}

function checkTensor(name: string, expected: readonly number[], shape: readonly number[] | undefined): void {
  if (shape === undefined) {
    throw new ModelError(`The model's weights lack ${name}. Fetch the model again.`, { tensor: name });
  }
  if (String(shape) === String(expected)) return;
  const message = `The model's weight ${name} has shape [${shape}], but config.json says [${expected}].`;
  throw new ModelError(message, { tensor: name, shape, expected });
}
