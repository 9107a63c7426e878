/**
 * Matrices in fewer bits than float32, for weights that are not trained: linears in blocks of 4-bit codes, embedding and
 * output layer in bfloat16 (as QLoRA leaves them in 16 bits, arXiv 2305.14314). Unpacking gives the same float32 values every
 * time, so what is computed from them, gradients included, is exact with respect to the packed matrix.
 */
import { ModelError } from "../../../spec/index.js";
import { narrowToBfloat16 } from "./number-format.js";
import type { WeightTensor } from "./weight-tensor.js";

/** A matrix of 4-bit codes: value = (code − 8) · scale of its block. */
export interface BlockMatrix {
  readonly kind: "blocks";
  /** [out, in] */
  readonly shape: readonly [number, number];
  /** Numbers of a row that share a scale; divides `in`. */
  readonly blockSize: number;
  /** [out, in / 2]: two codes a byte, the earlier in the low half. The layout of ONNX Runtime's MatMulNBits. */
  readonly codes: Uint8Array;
  /** [out, in / blockSize] */
  readonly scales: Float32Array;
}

/** A matrix of bfloat16 bit patterns. */
export interface HalfMatrix {
  readonly kind: "bfloat16";
  readonly shape: readonly [number, number];
  readonly bits: Uint16Array;
}

/** A matrix in fewer bits. */
export type PackedMatrix = BlockMatrix | HalfMatrix;

/** Block sizes that can be asked for. */
export const BLOCK_SIZES = [16, 32, 64, 128, 256] as const;

const SMALLEST_BLOCK = BLOCK_SIZES[0];

/**
 * The matrix in blocks of 4-bit codes. Each block's scale maps its largest magnitude to the code 0, the one end that has no
 * partner: (−8) · scale. Other values are rounded to the nearest code.
 *
 * @param wanted Block size; rows that it does not divide get the largest smaller power of two that does.
 * @returns `undefined` where no block of at least 16 fits: such a matrix stays as it is.
 * @throws ModelError for a value that is not finite.
 */
export function packBlocks(
  name: string,
  { shape, data }: WeightTensor,
  wanted: number,
): BlockMatrix | undefined {
  const [rows, columns] = matrixShape(shape);
  const blockSize = fittingBlock(columns, wanted);
  if (blockSize === undefined) return undefined;
  if (!data.every(Number.isFinite)) throw notFinite(name);
  const codes = new Uint8Array((rows * columns) / 2);
  const scales = new Float32Array((rows * columns) / blockSize);
  for (let block = 0; block < scales.length; block += 1) {
    const start = block * blockSize;
    scales[block] = extremeOf(data, start, blockSize) / -8;
    packBlock(data, start, blockSize, scales[block]!, codes);
  }
  return { kind: "blocks", shape: [rows, columns], blockSize, codes, scales };
}

/** The matrix in bfloat16. @throws ModelError for a value that is not finite, or too large. */
export function packBfloat16(name: string, { shape, data }: WeightTensor): HalfMatrix {
  const { bits, overflows } = narrowToBfloat16(data);
  if (overflows > 0 || !data.every(Number.isFinite)) throw notFinite(name);
  return { kind: "bfloat16", shape: matrixShape(shape), bits };
}

/** Writes `count` rows of the matrix from row `first` on into `target`, which has their size. */
export function unpackRows(matrix: PackedMatrix, first: number, count: number, target: Float32Array): void {
  const start = first * matrix.shape[1];
  if (matrix.kind === "bfloat16") unpackBfloat16(matrix.bits, start, target);
  else unpackBlocks(matrix, start, count * matrix.shape[1], target);
}

/** The whole matrix in float32. */
export function unpack(matrix: PackedMatrix): WeightTensor {
  const [rows, columns] = matrix.shape;
  const data = new Float32Array(rows * columns);
  unpackRows(matrix, 0, rows, data);
  return { shape: matrix.shape, data };
}

/** Bytes that the matrix takes in memory. */
export function packedBytes(matrix: PackedMatrix): number {
  return matrix.kind === "bfloat16"
    ? matrix.bits.byteLength
    : matrix.codes.byteLength + matrix.scales.byteLength;
}

function matrixShape(shape: readonly number[]): readonly [number, number] {
  const [rows, columns] = shape;
  if (shape.length === 2 && rows !== undefined && columns !== undefined) return [rows, columns];
  throw new TypeError(`Only matrices can be packed, not a tensor of shape [${shape}].`);
}

/** The largest block not above the wanted that divides rows of `columns` numbers, if there is one. */
export function fittingBlock(columns: number, wanted: number): number | undefined {
  for (let size = wanted; size >= SMALLEST_BLOCK; size /= 2) if (columns % size === 0) return size;
  return undefined;
}

/** The number of the largest magnitude, with its sign. */
function extremeOf(data: Float32Array, start: number, count: number): number {
  let extreme = 0;
  for (let index = start; index < start + count; index += 1) {
    const value = data[index]!;
    if (Math.abs(value) > Math.abs(extreme)) extreme = value;
  }
  return extreme;
}

function packBlock(data: Float32Array, start: number, count: number, scale: number, codes: Uint8Array): void {
  const inverse = scale === 0 ? 0 : 1 / scale;
  const codeOf = (value: number): number => Math.min(15, Math.max(0, Math.floor(value * inverse + 8.5)));
  for (let index = start; index < start + count; index += 2) {
    codes[index >> 1] = codeOf(data[index]!) | (codeOf(data[index + 1]!) << 4);
  }
}

function unpackBlocks(
  { blockSize, codes, scales }: BlockMatrix,
  start: number,
  count: number,
  target: Float32Array,
): void {
  for (let block = start / blockSize, at = 0; at < count; block += 1) {
    const scale = scales[block]!;
    const end = at + blockSize;
    for (let byte = (start + at) / 2; at < end; byte += 1, at += 2) {
      const pair = codes[byte]!;
      target[at] = ((pair & 15) - 8) * scale;
      target[at + 1] = ((pair >> 4) - 8) * scale;
    }
  }
}

function unpackBfloat16(bits: Uint16Array, start: number, target: Float32Array): void {
  const wide = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let index = 0; index < wide.length; index += 1) wide[index] = bits[start + index]! << 16;
}

function notFinite(name: string): ModelError {
  return new ModelError(`${name} holds a value that is not finite. Fetch the model again.`, { tensor: name });
}
