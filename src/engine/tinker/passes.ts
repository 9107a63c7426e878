/**
 * From sequences and ∂loss/∂logp to the data of passes, such that the optimiser sees Σ ∂loss/∂logp · ∇logp exactly, on
 * servers that add up over tokens and sequences and on those that take means.
 *
 * With c = −∂loss/∂logp: `cross_entropy` with weights c on servers that add up. On servers that divide each sequence's sum by
 * its weights and the total by the number N of sequences, weights have no effect on a sequence's magnitude; there it is
 * `cispo` with the ratio clipped to 1 and advantages N · T · c (T positions), whose gradient does not depend on old log-probabilities.
 */
import type { Codec, Datum, PassRequest } from "./codec.js";

/** How a server makes one gradient of many tokens and sequences. */
export type Normalisation = "sum" | "mean";

/** The loss of a pass, without what the model's counter adds. */
export type Pass = Pick<PassRequest, "loss" | "lossConfig" | "data">;

/** A sequence to learn from, with ∂loss/∂logp of its tokens but the first. */
export interface Weighted {
  readonly tokens: readonly number[];
  readonly gradient: Float32Array;
}

/** The pass that gives log p of every token but the first. Sequences of a single token have none and must be left out. */
export function scoringPass(sequences: readonly (readonly number[])[]): Pass {
  const data = sequences.map((tokens) =>
    datum(tokens, { weights: new Float32Array(tokens.length - 1).fill(1) }),
  );
  return { loss: "cross_entropy", data };
}

/**
 * The pass that adds the sequences' share to the gradient.
 * @param total Sequences of all passes until the optimiser's step: the N of servers that take means.
 */
export function gradientPass(
  weighted: readonly Weighted[],
  normalisation: Normalisation,
  total: number,
): Pass {
  if (normalisation === "sum") {
    const data = weighted.map(({ tokens, gradient }) =>
      datum(tokens, { weights: gradient.map((value) => 0 - value) }),
    );
    return { loss: "cross_entropy", data };
  }
  const data = weighted.map(({ tokens, gradient }) => {
    const scale = -total * gradient.length;
    return datum(tokens, {
      advantages: gradient.map((value) => scale * value),
      logprobs: new Float32Array(gradient.length),
    });
  });
  return { loss: "cispo", lossConfig: { clip_low_threshold: 1, clip_high_threshold: 1 }, data };
}

/**
 * What has to be sent of the sequences: those with a gradient; the first where none has one, because a step needs a pass.
 * Sequences of one token have no positions and never count.
 */
export function worthSending(weighted: readonly Weighted[]): readonly Weighted[] {
  const usable = weighted.filter(({ gradient }) => gradient.length > 0);
  const moving = usable.filter(({ gradient }) => gradient.some((value) => value !== 0));
  return moving.length > 0 ? moving : usable.slice(0, 1);
}

/** The pass in pieces within the server's limits; a datum that is too large by itself goes alone. */
export function chunkPass(
  pass: Pass,
  limits: { readonly data: number; readonly bytes: number },
  codec: Codec,
): Pass[] {
  const chunks: Datum[][] = [];
  let bytes = 0;
  for (const item of pass.data) {
    const size = codec.sizeOf(item);
    const chunk = chunks.at(-1);
    if (chunk === undefined || chunk.length >= limits.data || bytes + size > limits.bytes) {
      chunks.push([item]);
      bytes = size;
    } else {
      chunk.push(item);
      bytes += size;
    }
  }
  return chunks.map((data) => ({ ...pass, data }));
}

function datum(tokens: readonly number[], floats: Datum["floats"]): Datum {
  return { input: tokens.slice(0, -1), targets: tokens.slice(1), floats };
}
