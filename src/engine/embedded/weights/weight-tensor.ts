/** A tensor in memory: row-major float32 values, whatever the file held. */
export interface WeightTensor {
  /** Never empty dimensions; a scalar has shape `[]`. */
  readonly shape: readonly number[];
  /** As many values as the product of `shape`. */
  readonly data: Float32Array;
}

/** A tensor that is computed when it is read. */
export interface LazyTensor {
  readonly shape: readonly number[];
  /** The values: the caller must not change them. */
  readonly read: () => Float32Array;
}
