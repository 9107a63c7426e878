/**
 * Gives a model attention heads that do nothing, so that their number divides its width: other loaders of Llama folders
 * insist on that, though nothing in the arithmetic needs it.
 */
import { ModelError } from "../../spec/index.js";
import type { LoadedWeights, WeightTensor } from "./weights/loaded-weights.js";

/**
 * The same function with `n` heads, `n` the least number that is not below the model's own and divides `hidden_size`. The
 * added heads have weights of 0. A model whose heads divide its width is returned as it is.
 *
 * @throws ModelError where heads share keys and values, or the config lacks a size.
 */
export function padHeads(weights: LoadedWeights): LoadedWeights {
  const { hiddenSize, headCount, headSize } = readSizes(weights);
  if (hiddenSize % headCount === 0) return weights;
  let padded = headCount;
  while (hiddenSize % padded !== 0) padded++;
  const tensors = new Map(
    [...weights.tensors].map(([name, tensor]) => [name, padTensor(name, tensor, padded * headSize)]),
  );
  const heads = { num_attention_heads: padded, num_key_value_heads: padded };
  return { config: { ...weights.config, ...heads }, tensors };
}

function readSizes({ config }: LoadedWeights): { hiddenSize: number; headCount: number; headSize: number } {
  const { hidden_size, num_attention_heads, num_key_value_heads, head_dim } = config;
  if (
    typeof hidden_size === "number" &&
    typeof num_attention_heads === "number" &&
    typeof head_dim === "number" &&
    num_key_value_heads === num_attention_heads
  ) {
    return { hiddenSize: hidden_size, headCount: num_attention_heads, headSize: head_dim };
  }
  throw new ModelError(
    "Heads can only be added to a model whose config.json has hidden_size, head_dim, and as many key-value heads as heads.",
    { hidden_size, num_attention_heads, num_key_value_heads, head_dim },
  );
}

/** Rows of zeros below the projections into heads, columns of zeros beside the one out of them. */
function padTensor(name: string, tensor: WeightTensor, width: number): WeightTensor {
  if (/\.(q|k|v)_proj\.weight$/.test(name)) return padRows(tensor, width);
  if (/\.o_proj\.weight$/.test(name)) return padColumns(tensor, width);
  return tensor;
}

function padRows({ shape, data }: WeightTensor, rows: number): WeightTensor {
  const columns = shape[1]!;
  const padded = new Float32Array(rows * columns);
  padded.set(data);
  return { shape: [rows, columns], data: padded };
}

function padColumns({ shape, data }: WeightTensor, columns: number): WeightTensor {
  const [rows, old] = [shape[0]!, shape[1]!];
  const padded = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) padded.set(data.subarray(row * old, (row + 1) * old), row * columns);
  return { shape: [rows, columns], data: padded };
}
