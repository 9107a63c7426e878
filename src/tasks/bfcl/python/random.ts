/**
 * CPython's generator of random numbers: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998) with CPython's
 * seeding from an integer and its ways of drawing. The same seed gives the same numbers.
 */

const LENGTH = 624;
const MIDDLE = 397;

/** `random.Random(seed)` for a whole number. */
export class PythonRandom {
  readonly #seed: bigint;
  /** Made with the first number: most simulations never draw one. */
  #state: Uint32Array | undefined;
  #index = LENGTH;

  constructor(seed: bigint) {
    this.#seed = seed;
  }

  /** `random()`: 53 random bits in [0, 1). */
  random(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** `uniform(low, high)`. */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.random();
  }

  /** `randint(low, high)`: both ends included. */
  integer(low: number, high: number): number {
    return low + this.#below(high - low + 1);
  }

  /** Draws as many bits as the bound has until they are below it. */
  #below(bound: number): number {
    const bits = BigInt(bound).toString(2).length;
    let drawn = this.bits(bits);
    while (drawn >= BigInt(bound)) drawn = this.bits(bits);
    return Number(drawn);
  }

  /** `getrandbits(count)`. */
  bits(count: number): bigint {
    let value = 0n;
    for (let taken = 0; taken < count; taken += 32) {
      const width = Math.min(32, count - taken);
      value |= BigInt(this.#word() >>> (32 - width)) << BigInt(taken);
    }
    return value;
  }

  #word(): number {
    this.#state ??= seededState(this.#seed);
    const state = this.#state;
    if (this.#index >= LENGTH) this.#renew(state);
    let word = state[this.#index++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #renew(state: Uint32Array): void {
    for (let index = 0; index < LENGTH; index++) {
      const mixed = (state[index]! & 0x80000000) | (state[(index + 1) % LENGTH]! & 0x7fffffff);
      const twisted = (mixed >>> 1) ^ ((mixed & 1) === 0 ? 0 : 0x9908b0df);
      state[index] = state[(index + MIDDLE) % LENGTH]! ^ twisted;
    }
    this.#index = 0;
  }
}

/** The state of `init_by_array` with the 32-bit words of the seed's absolute value, lowest first. */
function seededState(seed: bigint): Uint32Array {
  const key = wordsOf(seed < 0n ? -seed : seed);
  const state = initialState(19650218);
  let index = 1;
  let place = 0;
  for (let count = Math.max(LENGTH, key.length); count > 0; count--) {
    const before = state[index - 1]!;
    state[index] = (state[index]! ^ Math.imul(before ^ (before >>> 30), 1664525)) + key[place]! + place;
    place = (place + 1) % key.length;
    index = nextIndex(state, index);
  }
  for (let count = LENGTH - 1; count > 0; count--) {
    const before = state[index - 1]!;
    state[index] = (state[index]! ^ Math.imul(before ^ (before >>> 30), 1566083941)) - index;
    index = nextIndex(state, index);
  }
  state[0] = 0x80000000;
  return state;
}

function nextIndex(state: Uint32Array, index: number): number {
  if (index + 1 < LENGTH) return index + 1;
  state[0] = state[LENGTH - 1]!;
  return 1;
}

function initialState(seed: number): Uint32Array {
  const state = new Uint32Array(LENGTH);
  state[0] = seed;
  for (let index = 1; index < LENGTH; index++) {
    const before = state[index - 1]!;
    state[index] = Math.imul(1812433253, before ^ (before >>> 30)) + index;
  }
  return state;
}

function wordsOf(value: bigint): number[] {
  const words: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
  return words.length === 0 ? [0] : words;
}
