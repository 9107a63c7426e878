/** How a model's weights are spread over files, as Hugging Face names them. */
import { FLOAT_BYTES, type FloatFormat } from "./number-format.js";
import type { WritableTensor } from "./safetensors.js";

/** One file of weights. */
export interface Shard {
  readonly file: string;
  readonly tensors: ReadonlyMap<string, WritableTensor>;
}

/** The files of a model, and their index where there are several. */
export interface ShardPlan {
  readonly shards: readonly Shard[];
  /** `model.safetensors.index.json`. */
  readonly index?: {
    readonly metadata: { readonly total_size: number };
    readonly weight_map: Readonly<Record<string, string>>;
  };
}

/** Weights in the order of their names, each file as full as `shardBytes` allows; a larger tensor has a file of its own. */
export function planShards(
  tensors: ReadonlyMap<string, WritableTensor>,
  format: FloatFormat,
  shardBytes: number,
): ShardPlan {
  const groups: Map<string, WritableTensor>[] = [];
  let [filled, total] = [Number.POSITIVE_INFINITY, 0];
  for (const [name, tensor] of [...tensors].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = tensor.shape.reduce((product, size) => product * size, FLOAT_BYTES[format]);
    if (filled + bytes > shardBytes) {
      groups.push(new Map());
      filled = 0;
    }
    groups.at(-1)!.set(name, tensor);
    filled += bytes;
    total += bytes;
  }
  if (groups.length <= 1) return { shards: [{ file: "model.safetensors", tensors: groups[0] ?? new Map() }] };
  const shards = groups.map((group, index) => ({
    file: shardName(index + 1, groups.length),
    tensors: group,
  }));
  const places = shards.flatMap((shard) => [...shard.tensors.keys()].map((name) => [name, shard.file]));
  return { shards, index: { metadata: { total_size: total }, weight_map: Object.fromEntries(places) } };
}

function shardName(number: number, count: number): string {
  const digits = (value: number): string => String(value).padStart(5, "0");
  return `model-${digits(number)}-of-${digits(count)}.safetensors`;
}
