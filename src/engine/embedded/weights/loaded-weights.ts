import type { JsonObject } from "../../../spec/index.js";

/** A tensor in memory: row-major float32 values, whatever the file held. */
export interface WeightTensor {
  /** Never empty dimensions; a scalar has shape `[]`. */
  readonly shape: readonly number[];
  /** As many values as the product of `shape`. */
  readonly data: Float32Array;
}

/** A whole model in memory, under the names of its Hugging Face folder (`model.layers.0.self_attn.q_proj.weight` …). */
export interface LoadedWeights {
  /** `config.json`, as parsed. */
  readonly config: JsonObject;
  readonly tensors: ReadonlyMap<string, WeightTensor>;
}
