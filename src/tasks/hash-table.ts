/** A table of numbers by hashes, 12 bytes a place (8 for hashes of 32 bits), without a JavaScript object for each entry. */

/** Hashes to numbers; the first number of a hash stays. */
export interface HashTable {
  /** The number that the hash has; where it has none it gets this one, and the answer is `undefined`. */
  findOrAdd(hash: number, value: number): number | undefined;
  /** The number that the hash has. */
  find(hash: number): number | undefined;
  size(): number;
}

/** A table with nothing in it. Numbers are whole, from 0 to 2^32 − 1; so are the hashes, up to the size given. */
export function createHashTable(bits: 32 | 53 = 53): HashTable {
  let keys = emptyKeys(bits, 1024);
  let values = new Uint32Array(1024);
  let size = 0;
  const grow = (): void => {
    const [oldKeys, oldValues] = [keys, values];
    keys = emptyKeys(bits, oldKeys.length * 2);
    values = new Uint32Array(oldValues.length * 2);
    for (let index = 0; index < oldKeys.length; index += 1) {
      const key = oldKeys[index]!;
      if (key === 0) continue;
      const place = placeOf(keys, key);
      keys[place] = key;
      values[place] = oldValues[index]!;
    }
  };
  return {
    findOrAdd(hash, value) {
      const key = keyOf(hash);
      const place = placeOf(keys, key);
      if (keys[place] === key) return values[place];
      keys[place] = key;
      values[place] = value;
      size += 1;
      if (size * 10 > keys.length * 7) grow();
      return undefined;
    },
    find(hash) {
      const key = keyOf(hash);
      const place = placeOf(keys, key);
      return keys[place] === key ? values[place] : undefined;
    },
    size: () => size,
  };
}

/** A hash as it is stored: 0 means an empty place, so the hashes 0 and 1 are one. */
function keyOf(hash: number): number {
  return hash === 0 ? 1 : hash;
}

type Keys = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

function emptyKeys(bits: 32 | 53, length: number): Keys {
  return bits === 32 ? new Uint32Array(length) : new Float64Array(length);
}

/** Where the key stands, or the empty place where it would. The length is a power of two. */
function placeOf(keys: Keys, key: number): number {
  const mask = keys.length - 1;
  const spread = Math.imul((key % 0x100000000) ^ Math.floor(key / 0x100000000), 0x9e3779b1);
  let place = (spread ^ (spread >>> 15)) & mask;
  while (keys[place] !== key && keys[place] !== 0) place = (place + 1) & mask;
  return place;
}
