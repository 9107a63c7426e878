/**
 * A sample of rows that depends on the rows alone, not on their order or number: each row has a key, and the rows with
 * the smallest keys stay. With a hash as the key this is a uniform sample (bottom-k sampling) in constant memory.
 */

/** Collects rows; keeps at most its limit. */
export interface BoundedSample<T> {
  add(key: number, id: string, row: T): void;
  /** In order of key; equal keys in order of id. */
  rows(): readonly T[];
}

/** A sample of at most `limit` rows. */
export function createBoundedSample<T>(limit: number): BoundedSample<T> {
  const kept: { readonly key: number; readonly id: string; readonly row: T }[] = [];
  return {
    add: (key, id, row) => {
      const position = kept.findIndex((other) => key < other.key || (key === other.key && id < other.id));
      kept.splice(position === -1 ? kept.length : position, 0, { key, id, row });
      if (kept.length > limit) kept.pop();
    },
    rows: () => kept.map((entry) => entry.row),
  };
}

/** A number in [0, 1) that looks random and depends on the text only: FNV-1a over its UTF-16 code units, then mixed. */
export function hashUnit(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
