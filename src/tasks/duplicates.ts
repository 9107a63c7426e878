/**
 * Finds rows that were there before, word for word or nearly, in bounded memory: about 180 bytes a row, for at most two
 * million rows.
 *
 * Near copies: each row has a sketch of its word triples (MinHash with one permutation, 15 bins; Li, Owen and Zhang 2012).
 * Rows that agree in three neighbouring bins are compared; equal in at least 13 of 15 bins, which estimates a Jaccard
 * similarity of 0.85, they count as near copies.
 */
import { createHashTable, type HashTable } from "./hash-table.js";
import { eachWord } from "./words.js";

/** How a row repeats an earlier one. */
export interface Repetition {
  readonly kind: "duplicate-row" | "near-duplicate";
  /** The earlier row. */
  readonly of: number;
}

/** What is compared of a row. */
export interface ComparedRow {
  readonly row: number;
  /** All that makes the row what it is: tools and turns. */
  readonly whole: string;
  /** What is said, without tools. */
  readonly said: readonly string[];
  /** The first request. */
  readonly request: string;
}

/** Looks at rows one after the other. */
export interface DuplicateFinder {
  /** The earlier row that this one repeats, if any. */
  add(row: ComparedRow): Repetition | undefined;
  /** Rows that have the first request of an earlier row. */
  sameRequest(): number;
  /** Rows that were looked at; later ones are not, when the memory is full. */
  compared(): number;
}

const mostRows = 2_000_000;
const bins = 15;
const bandSize = 3;
const enoughBins = 13;
const emptyBin = 0xffffffff;

/** A finder that has seen nothing. */
export function createDuplicateFinder(): DuplicateFinder {
  const wholes = createHashTable();
  const requests = createHashTable();
  const near = createNearIndex();
  let compared = 0;
  let sameRequest = 0;
  return {
    add({ row, whole, said, request }) {
      if (compared >= mostRows) return undefined;
      compared += 1;
      if (requests.findOrAdd(hashText(request.trim().toLowerCase()), row) !== undefined) sameRequest += 1;
      const exact = wholes.findOrAdd(hashText(whole), row);
      if (exact !== undefined) return { kind: "duplicate-row", of: exact };
      const close = near.findOrAdd(said, row);
      return close === undefined ? undefined : { kind: "near-duplicate", of: close };
    },
    sameRequest: () => sameRequest,
    compared: () => compared,
  };
}

interface NearIndex {
  findOrAdd(said: readonly string[], row: number): number | undefined;
}

function createNearIndex(): NearIndex {
  const bands: readonly HashTable[] = Array.from({ length: bins / bandSize }, () => createHashTable(32));
  let sketches = new Uint32Array(bins * 1024);
  let rows = new Uint32Array(1024);
  let count = 0;
  const current = new Uint32Array(bins);
  return {
    findOrAdd(said, row) {
      sketch(said, current);
      if ((count + 1) * bins > sketches.length) {
        sketches = doubled(sketches);
        rows = doubled(rows);
      }
      sketches.set(current, count * bins);
      rows[count] = row;
      const found = bands.map((band, index) => band.findOrAdd(bandKey(current, index), count));
      const close = found.find(
        (candidate) => candidate !== undefined && isClose(sketches, candidate * bins, current),
      );
      count += 1;
      return close === undefined ? undefined : rows[close];
    },
  };
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function bandKey(current: Uint32Array, band: number): number {
  let key = band;
  for (let bin = band * bandSize; bin < (band + 1) * bandSize; bin += 1) key = mix(key, current[bin]!);
  return key >>> 0;
}

/** Bins that are empty on both sides say nothing: rows with few words are near copies only when all their bins agree. */
function isClose(sketches: Uint32Array, start: number, current: Uint32Array): boolean {
  let equal = 0;
  let used = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const value = current[bin]!;
    const other = sketches[start + bin]!;
    if (value === emptyBin && other === emptyBin) continue;
    used += 1;
    if (value === other) equal += 1;
  }
  return used > 0 && equal * bins >= enoughBins * used;
}

/** The least hash of the word triples in each bin. Words are runs of letters and digits; a CJK character is a word. */
function sketch(said: readonly string[], target: Uint32Array): void {
  target.fill(emptyBin);
  const state = { first: 0, second: 0, words: 0 };
  for (const text of said) eachWord(text.toLowerCase(), (word) => addWord(word, state, target));
  if (state.words > 0 && state.words < 3) addHash(mix(state.first, state.second), target);
}

function addWord(
  word: number,
  state: { first: number; second: number; words: number },
  target: Uint32Array,
): void {
  state.words += 1;
  if (state.words > 2) addHash(mix(mix(state.first, state.second), word), target);
  state.first = state.second;
  state.second = word;
}

function addHash(hash: number, target: Uint32Array): void {
  const bin = (hash >>> 0) % bins;
  const value = mix(hash, 0x9e3779b1) >>> 0;
  if (value < target[bin]!) target[bin] = value;
}

function mix(one: number, other: number): number {
  let hash = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 15), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f);
  return hash ^ (hash >>> 16);
}

/** 53 bits of a text: two FNV-1a hashes with different beginnings. */
export function hashText(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995) ^ (high >>> 15);
  }
  return (mix(low, high) >>> 0) * 2 ** 21 + (mix(high, low) >>> 11);
}
