/** The frequencies of rotary positions, and the schemes that stretch them to longer contexts. */
import { type JsonObject, type JsonValue, ModelError } from "../../../spec/index.js";

/** `none`, or the scheme of Llama 3.1: slow frequencies are divided by `factor`, fast ones kept, with a ramp between. */
export type RotaryScaling =
  | { readonly kind: "none" }
  | {
      readonly kind: "llama3";
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      /** Context length of the model before stretching, in tokens. */
      readonly originalLength: number;
    };

/**
 * Base and scaling of a `config.json`: `rope_parameters` (transformers 5) or `rope_theta` and `rope_scaling` (before).
 * @throws ModelError for a scheme that is not supported.
 */
export function readRotaryScaling(config: JsonObject): { ropeTheta: number; ropeScaling: RotaryScaling } {
  const parameters = readParameters(config);
  const theta = parameters.rope_theta ?? config.rope_theta ?? 10_000;
  if (typeof theta !== "number" || !(theta > 0)) throw unsupported("rope_theta", theta);
  const share = parameters.partial_rotary_factor ?? 1;
  if (share !== 1) throw unsupported("partial_rotary_factor", share);
  const type = parameters.rope_type ?? parameters.type ?? "default";
  if (type === "default") return { ropeTheta: theta, ropeScaling: { kind: "none" } };
  if (type !== "llama3") throw unsupported("rope_type", type);
  const read = (field: string): number => {
    const value = parameters[field];
    if (typeof value === "number" && value > 0) return value;
    throw unsupported(field, value);
  };
  const ropeScaling = {
    kind: "llama3",
    factor: read("factor"),
    lowFrequencyFactor: read("low_freq_factor"),
    highFrequencyFactor: read("high_freq_factor"),
    originalLength: read("original_max_position_embeddings"),
  } as const;
  if (ropeScaling.highFrequencyFactor <= ropeScaling.lowFrequencyFactor) {
    throw unsupported("high_freq_factor", ropeScaling.highFrequencyFactor);
  }
  return { ropeTheta: theta, ropeScaling };
}

/** Radians a position turns dimension pair i: θ^(−2i / headSize), scaled; headSize / 2 numbers. */
export function rotaryFrequencies(headSize: number, theta: number, scaling: RotaryScaling): number[] {
  const frequencies = Array.from({ length: headSize / 2 }, (_, pair) => theta ** ((-2 * pair) / headSize));
  return scaling.kind === "none" ? frequencies : frequencies.map((frequency) => stretch(frequency, scaling));
}

/**
 * Cosines and sines of positions 0 … length − 1: [length, headSize / 2], row-major. Frequencies and angles are rounded to
 * float32 as in transformers, so that far positions agree.
 */
export function rotaryTables(
  frequencies: readonly number[],
  length: number,
): { cosine: Float32Array; sine: Float32Array } {
  const cosine = new Float32Array(length * frequencies.length);
  const sine = new Float32Array(cosine.length);
  for (let position = 0, index = 0; position < length; position += 1) {
    for (const frequency of frequencies) {
      const angle = Math.fround(position * Math.fround(frequency));
      cosine[index] = Math.cos(angle);
      sine[index] = Math.sin(angle);
      index += 1;
    }
  }
  return { cosine, sine };
}

/** The settings in whichever spelling; a config with both is of transformers 5 and written for older readers too. */
function readParameters(config: JsonObject): JsonObject {
  for (const field of ["rope_parameters", "rope_scaling"] as const) {
    const value = config[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== "object" || isList(value)) throw unsupported(field, value);
    // Settings of their own for each kind of layer.
    const nested = Object.entries(value).find(([, item]) => typeof item === "object" && item !== null);
    if (nested !== undefined) throw unsupported(`${field}.${nested[0]}`, nested[1]);
    return value;
  }
  return {};
}

/** Llama 3.1: by wavelength λ against the original length, with a linear ramp in originalLength / λ. */
function stretch(frequency: number, scaling: Extract<RotaryScaling, { kind: "llama3" }>): number {
  const turns = (scaling.originalLength * frequency) / (2 * Math.PI);
  const { lowFrequencyFactor: low, highFrequencyFactor: high, factor } = scaling;
  if (turns > high) return frequency;
  if (turns < low) return frequency / factor;
  const share = (turns - low) / (high - low);
  return (1 - share) * (frequency / factor) + share * frequency;
}

function isList(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function unsupported(field: string, value: JsonValue | undefined): ModelError {
  const message = `config.json has ${field} = ${JSON.stringify(value) ?? "nothing"} for its rotary positions, which this engine does not compute. Supported rope_type: default, llama3.`;
  return new ModelError(message, { field, value });
}
