/**
 * Sequences merged where they begin alike. A node is a token behind all before it; what a decoder computes of it depends
 * on nothing else, so it is computed once for all sequences that share it.
 */

/** Nodes in preorder: a node's descendants follow it, before any other. */
export interface PrefixTree {
  readonly tokens: Int32Array;
  /** −1 for the first token of a sequence. */
  readonly parents: Int32Array;
  /** Tokens before it: its position. */
  readonly depths: Int32Array;
}

/** Grows a tree by sequences that come in an order in which equal beginnings are neighbours (`prefixOrder`). */
export class PrefixTreeBuilder {
  readonly #tokens: number[] = [];
  readonly #parents: number[] = [];
  readonly #depths: number[] = [];
  #previous: readonly number[] = [];
  /** Nodes of the first tokens of the sequence added last. */
  #path: number[] = [];

  /** Nodes so far. */
  get size(): number {
    return this.#tokens.length;
  }

  /** How many nodes the first `length` tokens of a sequence would add. */
  cost(sequence: readonly number[], length: number): number {
    return length - this.#known(sequence, length);
  }

  /** Adds the first `length` tokens of a sequence; returns their nodes. */
  add(sequence: readonly number[], length: number): readonly number[] {
    const known = this.#known(sequence, length);
    const path = this.#path.slice(0, known);
    for (let depth = path.length; depth < length; depth += 1) {
      this.#parents.push(path.at(-1) ?? -1);
      path.push(this.#tokens.length);
      this.#tokens.push(sequence[depth]!);
      this.#depths.push(depth);
    }
    // A sequence that only repeats the beginning of the one before leaves that one for the next to share more of.
    if (length > known) {
      this.#path = path;
      this.#previous = sequence;
    }
    return path;
  }

  tree(): PrefixTree {
    return {
      tokens: Int32Array.from(this.#tokens),
      parents: Int32Array.from(this.#parents),
      depths: Int32Array.from(this.#depths),
    };
  }

  #known(sequence: readonly number[], length: number): number {
    return commonLength(sequence, this.#previous, Math.min(length, this.#path.length));
  }
}

/** The part of a sequence that is read. */
export interface ReadSequence {
  /** Position among the sequences of the call. */
  readonly index: number;
  readonly sequence: readonly number[];
  /** Tokens that the model has to read, from the first. */
  readonly length: number;
}

/**
 * The sequences in an order in which those that begin alike are neighbours, at every length of the beginning. Among
 * branches of one node the shortest comes first (by its longest sequence), equal ones in the order given.
 */
export function prefixOrder<Item extends ReadSequence>(items: readonly Item[]): Item[] {
  const sorted = items.toSorted(compare);
  const common = sorted.map((item, place) => {
    const before = sorted[place - 1];
    if (before === undefined) return 0;
    return commonLength(before.sequence, item.sequence, Math.min(before.length, item.length));
  });
  const ordered: Item[] = [];
  const open: [number, number][] = [[0, sorted.length]];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [from, to] = range;
    if (to - from === 1) ordered.push(sorted[from]!);
    else open.push(...branches(sorted, common, from, to).reverse());
  }
  return ordered;
}

/** Splits neighbours behind the beginning that all of them share; in the order in which they are to be visited. */
function branches(
  sorted: readonly ReadSequence[],
  common: readonly number[],
  from: number,
  to: number,
): [number, number][] {
  let shared = Number.POSITIVE_INFINITY;
  for (let place = from + 1; place < to; place += 1) shared = Math.min(shared, common[place]!);
  const ranges: { readonly range: [number, number]; readonly longest: number; readonly first: number }[] = [];
  for (let start = from; start < to; ) {
    let end = start + 1;
    let longest = sorted[start]!.length;
    let first = sorted[start]!.index;
    for (; end < to && common[end]! > shared; end += 1) {
      longest = Math.max(longest, sorted[end]!.length);
      first = Math.min(first, sorted[end]!.index);
    }
    ranges.push({ range: [start, end], longest, first });
    start = end;
  }
  return ranges.sort((a, b) => a.longest - b.longest || a.first - b.first).map(({ range }) => range);
}

/** By tokens, then by length, then by place in the call. */
function compare(a: ReadSequence, b: ReadSequence): number {
  const shorter = Math.min(a.length, b.length);
  const common = commonLength(a.sequence, b.sequence, shorter);
  if (common < shorter) return a.sequence[common]! - b.sequence[common]!;
  return a.length - b.length || a.index - b.index;
}

function commonLength(a: readonly number[], b: readonly number[], most: number): number {
  let length = 0;
  while (length < most && a[length] === b[length]) length += 1;
  return length;
}
