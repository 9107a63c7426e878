/** Which weights the graph of a model reads, under which names. */
import { ConfigError } from "../../../spec/index.js";
import type { DecoderConfig } from "../transformer/decoder-config.js";
import { decoderTensors } from "../transformer/decoder-tensors.js";
import type { LoadedWeights, WeightTensor } from "../weights/loaded-weights.js";
import type { LoraAdapter } from "../weights/peft-adapter.js";
import { adapterFactorNames } from "./decoder-session.js";

/** The weights that the graph reads and that are not packed, in a fixed order. */
export function baseTensors(config: DecoderConfig, weights: LoadedWeights): Map<string, WeightTensor> {
  const names = [...decoderTensors(config).keys()];
  return new Map(
    names.flatMap((name) => {
      const tensor = weights.tensors.get(name);
      return tensor === undefined ? [] : [[name, tensor]];
    }),
  );
}

/**
 * The adapter's factors under the names of the graph, in the order of the model's linears.
 * @throws ConfigError where a factor does not fit, or there is no such linear.
 */
export function adapterTensors(
  config: DecoderConfig,
  adapter: LoraAdapter | undefined,
): Map<string, WeightTensor> {
  const tensors = new Map<string, WeightTensor>();
  if (adapter === undefined) return tensors;
  for (const [name, shape] of decoderTensors(config)) {
    const module = name.replace(/\.weight$/, "");
    const factors = adapter.modules.get(module);
    if (factors === undefined) continue;
    if (!/_proj$/.test(module) || factors.a.shape[1] !== shape[1] || factors.b.shape[0] !== shape[0]) {
      const message = `The adapter of ${module} does not fit the model's weight of shape [${shape}].`;
      throw new ConfigError(message, { module, a: factors.a.shape, b: factors.b.shape });
    }
    tensors.set(adapterFactorNames(module).a, factors.a);
    tensors.set(adapterFactorNames(module).b, factors.b);
  }
  const unknown = [...adapter.modules.keys()].find((module) => !tensors.has(adapterFactorNames(module).a));
  if (unknown === undefined) return tensors;
  throw new ConfigError(`The adapter updates ${unknown}, which the model does not have as a linear.`, {
    module: unknown,
  });
}
