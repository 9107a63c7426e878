/** Linears whose weights stay in 4-bit blocks while decoding, with an adapter as a low-rank branch beside them. */
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import type { ElementType } from "../onnx/tensor.js";
import type { BlockMatrix } from "../weights/packed-weights.js";
import type { LoraFactors } from "../weights/peft-adapter.js";

/** An adapter's factors with alpha / rank. */
export interface ScaledFactors extends LoraFactors {
  readonly scale: number;
}

/** One of the linears that are computed side by side. */
interface Part {
  readonly matrix: BlockMatrix;
  readonly adapter: ScaledFactors | undefined;
  /** On the product. */
  readonly factor: number;
}

/** Stores a constant of the model. */
export type StoreConstant = (
  path: string,
  type: ElementType,
  shape: readonly number[],
  data: Float32Array | Uint8Array,
) => Value;

/** The packed linears of a model by module name, and the adapter on them. */
export class PackedLinears {
  readonly #matrices: ReadonlyMap<string, BlockMatrix>;
  readonly #adapters: ReadonlyMap<string, ScaledFactors>;

  constructor(
    matrices: ReadonlyMap<string, BlockMatrix>,
    adapters: ReadonlyMap<string, ScaledFactors> = new Map(),
  ) {
    this.#matrices = matrices;
    this.#adapters = adapters;
  }

  /** The named linears, which read the same input; `undefined` where they are not packed. */
  find(
    modules: readonly string[],
    factors?: readonly number[],
  ): { readonly parts: readonly Part[] } | undefined {
    const parts = modules.flatMap((module, index) => {
      const matrix = this.#matrices.get(module);
      return matrix === undefined
        ? []
        : [{ matrix, adapter: this.#adapters.get(module), factor: factors?.[index] ?? 1 }];
    });
    return parts.length === modules.length ? { parts } : undefined;
  }
}

/**
 * x Wᵀ of all parts side by side, plus their adapters' scale · (x Aᵀ) Bᵀ, plus `addend`: [N, out] or a bias [out].
 * ONNX Runtime unpacks the codes itself, to the same numbers as `unpackRows`, and computes in float32.
 */
export function emitPackedLinear(
  graph: GraphBuilder,
  x: Value,
  linear: { readonly path: string; readonly parts: readonly Part[]; readonly addend: Value | undefined },
  store: StoreConstant,
): Value {
  const { path, parts, addend } = linear;
  const { shape, blockSize } = parts[0]!.matrix;
  const [inputSize, outputSize] = [shape[1], outputsOf(parts)];
  const blocks = inputSize / blockSize;
  const codes = joinBytes(parts.map(({ matrix }) => matrix.codes));
  const scales = joinScaled(parts.map(({ matrix, factor }) => [matrix.scales, factor] as const));
  const product = graph.emit(
    "MatMulNBits",
    [
      x,
      store(`${path}.codes`, "uint8", [outputSize, blocks, blockSize / 2], codes),
      store(`${path}.scales`, "float32", [outputSize, blocks], scales),
    ],
    {
      domain: "com.microsoft",
      attributes: {
        K: { int: inputSize },
        N: { int: outputSize },
        bits: { int: 4 },
        block_size: { int: blockSize },
        // Products in float32. Others quantise the activations too, and decoding would no longer agree with scoring.
        accuracy_level: { int: 1 },
      },
    },
  );
  const sum = addend === undefined ? product : graph.emit("Add", [product, addend]);
  return emitAdapters(graph, x, { path, parts, addend: sum }, store);
}

/** All adapters in two products: their A below each other, their B on the diagonal of one matrix. */
function emitAdapters(
  graph: GraphBuilder,
  x: Value,
  { path, parts, addend }: { readonly path: string; readonly parts: readonly Part[]; readonly addend: Value },
  store: StoreConstant,
): Value {
  const rank = parts.reduce((sum, { adapter }) => sum + (adapter?.a.shape[0] ?? 0), 0);
  if (rank === 0) return addend;
  const inputSize = parts[0]!.matrix.shape[1];
  const down = joinScaled(
    parts.flatMap(({ adapter }) => (adapter === undefined ? [] : [[adapter.a.data, 1] as const])),
  );
  const a = store(`${path}.lora_a`, "float32", [rank, inputSize], down);
  const b = store(`${path}.lora_b`, "float32", [outputsOf(parts), rank], diagonalOf(parts, rank));
  const narrow = graph.emit("Gemm", [x, a], { attributes: { transB: { int: 1 } } });
  return graph.emit("Gemm", [narrow, b, addend], { attributes: { transB: { int: 1 } } });
}

/** [out, rank]: each part's scaled B in its own rows and columns. */
function diagonalOf(parts: readonly Part[], rank: number): Float32Array {
  const result = new Float32Array(outputsOf(parts) * rank);
  let [row, column] = [0, 0];
  for (const { matrix, adapter, factor } of parts) {
    const width = adapter?.b.shape[1] ?? 0;
    for (let index = 0; adapter !== undefined && index < adapter.b.data.length; index += 1) {
      const at = (row + Math.floor(index / width)) * rank + column + (index % width);
      result[at] = adapter.b.data[index]! * adapter.scale * factor;
    }
    row += matrix.shape[0];
    column += width;
  }
  return result;
}

function outputsOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { matrix }) => sum + matrix.shape[0], 0);
}

function joinBytes(arrays: readonly Uint8Array[]): Uint8Array {
  if (arrays.length === 1) return arrays[0]!;
  const joined = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    joined.set(array, offset);
    offset += array.length;
  }
  return joined;
}

function joinScaled(arrays: readonly (readonly [Float32Array, number])[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((sum, [{ length }]) => sum + length, 0));
  let offset = 0;
  for (const [array, factor] of arrays) {
    joined.set(factor === 1 ? array : array.map((value) => value * factor), offset);
    offset += array.length;
  }
  return joined;
}
