/**
 * The merge loop of BPE training with incremental pair counts: every merge touches only the words that hold the pair.
 * A heap with lazily refreshed entries gives the most frequent pair, smallest ids first on ties.
 */

/** A piece of text as ids, and how often it occurs. `symbols` is changed in place while learning. */
export interface Word {
  symbols: Int32Array;
  readonly count: number;
}

/** Two neighbouring ids that become one. */
export interface Merge {
  readonly left: number;
  readonly right: number;
}

interface PairState {
  readonly left: number;
  readonly right: number;
  count: number;
  /** Indices of words that hold, or once held, the pair. */
  readonly words: Set<number>;
}

interface HeapEntry {
  readonly pair: PairState;
  /** The pair's count when it was pushed; the entry is stale where the pair's own is lower. */
  readonly count: number;
}

/**
 * Learns merges until the vocabulary has `vocabularySize` tokens or no pair occurs twice. Appends the new tokens to
 * `tokens`; a merge whose outcome is already a token reuses its id.
 */
export function learnMerges(words: readonly Word[], tokens: string[], vocabularySize: number): Merge[] {
  const learner = new MergeLearner(words);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: Merge[] = [];
  while (tokens.length < vocabularySize) {
    const pair = learner.takeMostFrequent();
    if (pair === undefined || pair.count < 2) break;
    const token = tokens[pair.left]! + tokens[pair.right]!;
    const id = ids.get(token) ?? tokens.push(token) - 1;
    ids.set(token, id);
    merges.push({ left: pair.left, right: pair.right });
    learner.apply(pair, id);
  }
  return merges;
}

class MergeLearner {
  private readonly words: readonly Word[];
  private readonly pairs = new Map<number, PairState>();
  private readonly heap: HeapEntry[] = [];

  constructor(words: readonly Word[]) {
    this.words = words;
    for (const [index, word] of words.entries()) this.countWord(word, index);
    for (const pair of this.pairs.values()) pushEntry(this.heap, { pair, count: pair.count });
  }

  /** The most frequent pair, taken off the heap. */
  takeMostFrequent(): PairState | undefined {
    for (;;) {
      const entry = popEntry(this.heap);
      if (entry === undefined || entry.count === entry.pair.count) return entry?.pair;
      if (entry.pair.count > 0) pushEntry(this.heap, { pair: entry.pair, count: entry.pair.count });
    }
  }

  /** Replaces the pair by `id` in every word and updates the counts of its neighbours. */
  apply(pair: PairState, id: number): void {
    const grown = new Set<PairState>();
    pair.count = 0;
    this.pairs.delete(pairKey(pair.left, pair.right));
    for (const index of pair.words) this.mergeWord(index, pair, id, grown);
    for (const state of grown) pushEntry(this.heap, { pair: state, count: state.count });
  }

  private countWord(word: Word, index: number): void {
    for (let at = 0; at + 1 < word.symbols.length; at++)
      this.increase([word.symbols[at]!, word.symbols[at + 1]!], word.count, index);
  }

  private increase([left, right]: readonly [number, number], count: number, index: number): PairState {
    const key = pairKey(left, right);
    let state = this.pairs.get(key);
    if (state === undefined) {
      state = { left, right, count: 0, words: new Set() };
      this.pairs.set(key, state);
    }
    state.count += count;
    state.words.add(index);
    return state;
  }

  private mergeWord(index: number, pair: PairState, id: number, grown: Set<PairState>): void {
    const word = this.words[index]!;
    const { symbols } = word;
    let length = 0;
    for (let at = 0; at < symbols.length; at++) {
      if (symbols[at] !== pair.left || symbols[at + 1] !== pair.right) {
        symbols[length++] = symbols[at]!;
        continue;
      }
      if (length > 0) {
        const before = symbols[length - 1]!;
        this.moveNeighbour([before, pair.left], [before, id], index, grown);
      }
      const after = symbols[at + 2];
      if (after !== undefined) this.moveNeighbour([pair.right, after], [id, after], index, grown);
      symbols[length++] = id;
      at++;
    }
    word.symbols = symbols.subarray(0, length);
  }

  /** One `old` pair less and one `fresh` pair more. The pair being merged is no longer in the map: it is not counted down. */
  private moveNeighbour(
    old: readonly [number, number],
    fresh: readonly [number, number],
    index: number,
    grown: Set<PairState>,
  ): void {
    const { count } = this.words[index]!;
    const state = this.pairs.get(pairKey(...old));
    if (state !== undefined) state.count -= count;
    grown.add(this.increase(fresh, count, index));
  }
}

/** Ids are below 2^24, so a pair is an exact number, and pairs in order of (left, right) are in order of key. */
const pairKey = (left: number, right: number): number => left * 2 ** 24 + right;

function comesFirst(a: HeapEntry, b: HeapEntry): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return pairKey(a.pair.left, a.pair.right) < pairKey(b.pair.left, b.pair.right);
}

function pushEntry(heap: HeapEntry[], entry: HeapEntry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!comesFirst(entry, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = entry;
}

function popEntry(heap: HeapEntry[]): HeapEntry | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && comesFirst(heap[child + 1]!, heap[child]!)) child++;
    if (!comesFirst(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}
