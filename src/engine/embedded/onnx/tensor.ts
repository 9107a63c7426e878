/**
 * The element types and tensors of an ONNX model, by the numbers of `TensorProto.DataType`.
 * Only what this engine writes; ONNX Runtime is the only reader.
 */

/** Element types by the name onnxruntime-node uses for them, with their number in the file format. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  uint4: 21,
  int4: 22,
} as const;

/** Name of an element type. */
export type ElementType = keyof typeof elementTypes;

/** A dimension: its size, or the name of a size that is known only when the model runs. */
export type Dimension = number | string;

/** A tensor whose bytes lie in the model itself: row-major, little-endian. */
export interface InlineTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * A tensor whose bytes are handed to the session separately:
 * `InferenceSession.create(model, { externalData: [{ path: location, data }] })`.
 */
export interface ExternalTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Name of the buffer, the `path` given to the session. */
  readonly location: string;
  /** First byte within the buffer. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/** A tensor stored with the model. */
export type StoredTensor = InlineTensor | ExternalTensor;

/** A float tensor; a vector unless `shape` says otherwise. */
export function floatTensor(
  values: readonly number[],
  shape: readonly number[] = [values.length],
): InlineTensor {
  return { type: "float32", shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

/** An int64 tensor; a vector unless `shape` says otherwise. */
export function integerTensor(
  values: readonly number[],
  shape: readonly number[] = [values.length],
): InlineTensor {
  return { type: "int64", shape, bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
}
