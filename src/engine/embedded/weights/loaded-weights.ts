import type { JsonObject } from "../../../spec/index.js";
import type { PackedMatrix } from "./packed-weights.js";
import type { WeightTensor } from "./weight-tensor.js";

export type { LazyTensor, WeightTensor } from "./weight-tensor.js";

/** A whole model in memory, under the names of its Hugging Face folder (`model.layers.0.self_attn.q_proj.weight` …). */
export interface LoadedWeights {
  /** `config.json`, as parsed. */
  readonly config: JsonObject;
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** Weights that are kept in fewer bits; none of them is among `tensors`. */
  readonly packed?: ReadonlyMap<string, PackedMatrix>;
}

/** Shape of a weight in whichever form it is kept; `undefined` where there is none of that name. */
export function weightShape(weights: LoadedWeights, name: string): readonly number[] | undefined {
  return (weights.tensors.get(name) ?? weights.packed?.get(name))?.shape;
}
