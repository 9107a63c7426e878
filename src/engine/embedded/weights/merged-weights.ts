/** A policy's weights as one model: the base model with the adapter's update in it, computed tensor by tensor. */
import { mergeFactors } from "./adapter-weights.js";
import type { LazyTensor, LoadedWeights } from "./loaded-weights.js";
import { unpack } from "./packed-weights.js";
import type { LoraAdapter } from "./peft-adapter.js";

/**
 * The weights of the base model by name, packed ones unpacked, each with its update where the adapter has one. Each is
 * computed when it is read, and anew every time: the merged model is never in memory as a whole.
 */
export function mergedWeights(
  base: LoadedWeights,
  adapter: Pick<LoraAdapter, "rank" | "alpha" | "modules"> | undefined,
): Map<string, LazyTensor> {
  const names = [...base.tensors.keys(), ...(base.packed?.keys() ?? [])].sort();
  return new Map(names.map((name) => [name, mergedTensor(base, adapter, name)]));
}

function mergedTensor(
  { tensors, packed }: LoadedWeights,
  adapter: Pick<LoraAdapter, "rank" | "alpha" | "modules"> | undefined,
  name: string,
): LazyTensor {
  const plain = tensors.get(name);
  const matrix = packed?.get(name);
  const { shape } = plain ?? matrix!;
  const factors = name.endsWith(".weight")
    ? adapter?.modules.get(name.slice(0, -".weight".length))
    : undefined;
  const read = (): Float32Array => {
    const weight = plain ?? unpack(matrix!);
    if (adapter === undefined || factors === undefined) return weight.data;
    return mergeFactors(weight, factors, adapter.alpha / adapter.rank).data;
  };
  return { shape, read };
}
