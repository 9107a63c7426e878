/**
 * Seeded randomness: the only source of chance in this project.
 *
 * Rests on pure-rand's xoroshiro128+ (Blackman and Vigna). Its own seeding leaks the seed into the first outputs, so a
 * seed is first spread over the 128 bits of state with a hash. `deriveSeed` names a stream: give every tree, sample
 * and shuffle its own labels, and no result depends on the order in which the work was done.
 */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { InputError } from "../spec/index.js";

/** The whole state of a generator: four 32-bit integers; plain data that can be written to disk. */
export type RandomState = readonly [number, number, number, number];

/** A stream of random numbers. Drawing advances the stream; nothing else does. */
export interface Random {
  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number;
  /** Uniform over 0 … n − 1. @throws InputError unless n is an integer in 1 … 2^31. */
  integer(n: number): number;
  /** Standard normal (Box–Muller, two uniforms a draw, so that the state is all there is to save). */
  normal(): number;
  /** The items in a uniformly random order; a new array (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** One of the items, uniformly. @throws InputError when there are none. */
  choice<T>(items: readonly T[]): T;
  /** Where the stream stands; `restoreRandom` goes on from there. */
  state(): RandomState;
}

/** A stream that depends on the seed alone: any finite number; equal seeds give equal streams on every machine. */
export function createRandom(seed: number): Random {
  const word = (index: number): number => deriveSeed(seed, "state", index) | 0;
  return restoreRandom([word(0), word(1), word(2), word(3)]);
}

/** A stream that goes on from a saved state. */
export function restoreRandom(state: RandomState): Random {
  const generator = xoroshiro128plusFromState(state);
  const uniform = (): number => uniformFloat64(generator);
  const integer = (n: number): number => {
    requireRange(n);
    return uniformInt(generator, 0, n - 1);
  };
  return {
    uniform,
    integer,
    normal: () => boxMuller(uniform),
    shuffle: (items) => fisherYates(items, integer),
    choice: (items) => chooseOne(items, integer),
    state: () => {
      const [a, b, c, d] = generator.getState();
      return [a!, b!, c!, d!];
    },
  };
}

/**
 * A stable 32-bit seed, in 0 … 2^32 − 1, for the stream with these labels (MurmurHash3's 32-bit mixing over the seed
 * and the labels, each with its type and length, so that `("a", "b")` and `("ab")` differ, as do `1` and `"1"`).
 *
 * @throws InputError for a number that is not finite: it would name the same stream as another.
 */
export function deriveSeed(seed: number, ...labels: readonly (string | number)[]): number {
  let hash = mixNumber(0x9747b28c, seed);
  for (const label of labels) {
    hash = typeof label === "number" ? mixNumber(hash, label) : mixString(hash, label);
  }
  return finish(hash);
}

function requireRange(n: number): void {
  if (Number.isInteger(n) && n >= 1 && n <= 2 ** 31) return;
  throw new InputError(`integer(${n}): the number of outcomes must be an integer in 1 … 2^31.`, { n });
}

/** √(−2 ln u) · cos(2πv) with u in (0, 1], so that the logarithm is finite. */
function boxMuller(uniform: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
  return radius * Math.cos(2 * Math.PI * uniform());
}

function fisherYates<T>(items: readonly T[], integer: (n: number) => number): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = integer(last + 1);
    const kept = shuffled[last]!;
    shuffled[last] = shuffled[other]!;
    shuffled[other] = kept;
  }
  return shuffled;
}

function chooseOne<T>(items: readonly T[], integer: (n: number) => number): T {
  if (items.length === 0)
    throw new InputError("choice([]): there is nothing to choose from; pass at least one item.");
  return items[integer(items.length)]!;
}

const NUMBER_TAG = 1;
const STRING_TAG = 2;
const scratch = new DataView(new ArrayBuffer(8));

function mixNumber(hash: number, value: number): number {
  if (!Number.isFinite(value)) {
    throw new InputError(`A seed or label is ${value}; seeds must be finite numbers.`, { value });
  }
  scratch.setFloat64(0, value === 0 ? 0 : value);
  return mix(mix(mix(hash, NUMBER_TAG), scratch.getInt32(0)), scratch.getInt32(4));
}

function mixString(hash: number, text: string): number {
  let mixed = mix(mix(hash, STRING_TAG), text.length);
  for (let index = 0; index < text.length; index++) mixed = mix(mixed, text.charCodeAt(index));
  return mixed;
}

/** One round of MurmurHash3_x86_32. */
function mix(hash: number, word: number): number {
  const spread = Math.imul(rotateLeft(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(rotateLeft(hash ^ spread, 13), 5) + 0xe6546b64) | 0;
}

/** MurmurHash3's final avalanche: every input bit reaches every output bit. */
function finish(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
