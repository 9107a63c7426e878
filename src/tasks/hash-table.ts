/** A table of numbers by 53-bit hashes, 12 bytes a place, without a JavaScript object for each entry. */

/** Hashes to numbers; the first number of a hash stays. */
export interface HashTable {
  /** The number that the hash has; where it has none it gets this one, and the answer is `undefined`. */
  findOrAdd(hash: number, value: number): number | undefined;
  /** The number that the hash has. */
  find(hash: number): number | undefined;
  size(): number;
}

/** A table with nothing in it. Numbers are whole, from 0 to 2^32 − 1; hashes from 0 to 2^53 − 1. */
export function createHashTable(): HashTable {
  let keys = emptyKeys(1024);
  let values = new Uint32Array(1024);
  let size = 0;
  const grow = (): void => {
    const [oldKeys, oldValues] = [keys, values];
    keys = emptyKeys(oldKeys.length * 2);
    values = new Uint32Array(oldValues.length * 2);
    for (const [index, key] of oldKeys.entries()) {
      if (key < 0) continue;
      const place = placeOf(keys, key);
      keys[place] = key;
      values[place] = oldValues[index]!;
    }
  };
  return {
    findOrAdd(hash, value) {
      const place = placeOf(keys, hash);
      if (keys[place] === hash) return values[place];
      keys[place] = hash;
      values[place] = value;
      size += 1;
      if (size * 10 > keys.length * 7) grow();
      return undefined;
    },
    find(hash) {
      const place = placeOf(keys, hash);
      return keys[place] === hash ? values[place] : undefined;
    },
    size: () => size,
  };
}

function emptyKeys(length: number): Float64Array<ArrayBuffer> {
  return new Float64Array(length).fill(-1);
}

/** Where the hash stands, or the empty place where it would. The length is a power of two. */
function placeOf(keys: Float64Array, hash: number): number {
  const mask = keys.length - 1;
  const spread = Math.imul((hash % 0x100000000) ^ Math.floor(hash / 0x100000000), 0x9e3779b1);
  let place = (spread ^ (spread >>> 15)) & mask;
  while (keys[place] !== hash && keys[place]! >= 0) place = (place + 1) & mask;
  return place;
}
