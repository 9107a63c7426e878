/** What an adapter does to the weights it belongs to: how it begins, and what it adds. */
import { createRandom, deriveSeed } from "../../../method/random.js";
import { type AdapterOptions, ConfigError } from "../../../spec/index.js";
import type { WeightTensor } from "./loaded-weights.js";
import { type LoraAdapter, type LoraFactors, targetsOf } from "./peft-adapter.js";

/** A linear that an adapter can update. */
export interface AdaptableLinear {
  /** Its name in the model, e.g. `model.layers.0.self_attn.q_proj`. */
  readonly module: string;
  readonly inputSize: number;
  readonly outputSize: number;
}

/**
 * A new adapter: A uniform in ±1/√in (as `peft` draws it), B zero, so that the model is unchanged at first. Each module's
 * numbers depend on the seed and its own name only.
 * @throws ConfigError for a rank or alpha that is not usable, or a target that the model does not have.
 */
export function createAdapter(
  linears: readonly AdaptableLinear[],
  options: AdapterOptions,
  seed: number,
): LoraAdapter {
  const { rank, alpha } = options;
  if (!(Number.isInteger(rank) && rank >= 1)) throw wrongOption("rank", rank, "an integer ≥ 1");
  if (!(Number.isFinite(alpha) && alpha > 0)) throw wrongOption("alpha", alpha, "a positive number");
  const known = targetsOf(linears.map(({ module }) => module));
  const targets = options.targets ?? known;
  const unknown = targets.find((target) => !known.includes(target));
  if (unknown !== undefined) throw wrongOption("targets", unknown, `among ${known.join(", ")}`);
  const chosen = linears.filter(({ module }) => targets.some((target) => module.endsWith(`.${target}`)));
  if (chosen.length === 0) throw wrongOption("targets", targets, "at least one linear");
  const modules = new Map(chosen.map((linear) => [linear.module, drawFactors(linear, rank, seed)]));
  return { rank, alpha, targets: targetsOf(modules.keys()), modules };
}

/** W + (alpha / rank) · B · A, in a tensor of its own. W is [out, in]. */
export function mergeFactors(weight: WeightTensor, { a, b }: LoraFactors, scale: number): WeightTensor {
  const [rank, width] = [a.shape[0]!, a.shape[1]!];
  const merged = weight.data.slice();
  for (let row = 0; row < b.shape[0]!; row++) {
    const start = row * width;
    for (let index = 0; index < rank; index++) {
      const factor = scale * b.data[row * rank + index]!;
      const from = index * width;
      if (factor !== 0) for (let i = 0; i < width; i++) merged[start + i]! += factor * a.data[from + i]!;
    }
  }
  return { shape: weight.shape, data: merged };
}

function drawFactors(
  { module, inputSize, outputSize }: AdaptableLinear,
  rank: number,
  seed: number,
): LoraFactors {
  const random = createRandom(deriveSeed(seed, "adapter", module));
  const bound = 1 / Math.sqrt(inputSize);
  const a = Float32Array.from({ length: rank * inputSize }, () => (2 * random.uniform() - 1) * bound);
  return {
    a: { shape: [rank, inputSize], data: a },
    b: { shape: [outputSize, rank], data: new Float32Array(outputSize * rank) },
  };
}

function wrongOption(field: string, value: unknown, expected: string): ConfigError {
  const message = `The adapter's ${field} is ${JSON.stringify(value)}, but must be ${expected}.`;
  return new ConfigError(message, { field, value, expected });
}
