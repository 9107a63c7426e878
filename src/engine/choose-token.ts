/**
 * Drawing a token from a distribution, the same for every engine that computes distributions itself.
 * Temperature is applied before the nucleus is cut (Holtzman et al., arXiv 1904.09751, §3.1).
 */
import { createRandom, deriveSeed, type Random } from "../method/random.js";
import type { SampleRequest } from "../spec/index.js";

/** The stream of sample `index` of a request: it depends on the seed, the index and the prompt only. */
export function sampleRandom(request: SampleRequest, index: number): Random {
  return createRandom(deriveSeed(request.seed, "sample", index, request.prompt.join(",")));
}

/**
 * A token drawn from the nucleus: the fewest most probable tokens that together reach `topP` of the mass.
 * @param probabilities Not negative; need not sum to 1 exactly. A token of probability 0 is never drawn.
 * @param uniform In [0, 1).
 */
export function chooseToken(probabilities: Float32Array, topP: number, uniform: number): number {
  const total = sum(probabilities);
  if (topP >= 1) return drawAbove(probabilities, [], 0, uniform * total);
  const { floor, tied, mass } = nucleus(probabilities, topP * total);
  return drawAbove(probabilities, tied, floor, uniform * mass);
}

/**
 * The token whose share of the running sum, over the tokens above `floor` and those of `atFloor` in order of id, holds
 * `threshold`.
 */
function drawAbove(
  probabilities: Float32Array,
  atFloor: readonly number[],
  floor: number,
  threshold: number,
): number {
  let running = 0;
  let last = 0;
  let nextAtFloor = 0;
  for (let token = 0; token < probabilities.length; token++) {
    const probability = probabilities[token]!;
    if (atFloor[nextAtFloor] === token) nextAtFloor++;
    else if (probability <= floor) continue;
    running += probability;
    last = token;
    if (running > threshold) return token;
  }
  return last;
}

/** The tokens above `floor` and the `tied` ones, all of probability `floor`, lowest ids first. */
interface Nucleus {
  readonly floor: number;
  readonly tied: readonly number[];
  readonly mass: number;
}

/** Found without sorting the vocabulary: only the few tokens that decide where the cut is are sorted. */
function nucleus(probabilities: Float32Array, wanted: number): Nucleus {
  let candidates = new Float32Array(probabilities).filter((probability) => probability > 0);
  let above = 0;
  while (candidates.length > 1) {
    const pivot = candidates[candidates.length >> 1]!;
    const larger = candidates.filter((probability) => probability > pivot);
    const equal = candidates.filter((probability) => probability === pivot);
    const largerMass = sum(larger);
    const equalMass = pivot * equal.length;
    if (above + largerMass >= wanted) candidates = larger;
    else if (above + largerMass + equalMass >= wanted || equal.length + larger.length === candidates.length) {
      return cutAt(probabilities, pivot, above + largerMass, wanted);
    } else {
      above += largerMass + equalMass;
      candidates = candidates.filter((probability) => probability < pivot);
    }
  }
  return cutAt(probabilities, candidates[0] ?? 0, above, wanted);
}

/** As many tokens of probability `floor` as it takes from `above` to `wanted`; at least one. */
function cutAt(probabilities: Float32Array, floor: number, above: number, wanted: number): Nucleus {
  const tied: number[] = [];
  let mass = above;
  for (let token = 0; token < probabilities.length && (mass < wanted || tied.length === 0); token++) {
    if (probabilities[token] !== floor) continue;
    tied.push(token);
    mass += floor;
  }
  return { floor, tied, mass };
}

function sum(values: Float32Array): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index]!;
  return total;
}
