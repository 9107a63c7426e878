/**
 * Cuts a tree into the rows in which attention runs. A row asks for a stretch of nodes (in preorder) and is asked those and
 * their ancestors, so that every node finds in its row all that it may look at. Two ways to cut:
 *
 * - by chains: a row is one branch to the root, each node at the place of its depth; one causal mask does for all rows;
 * - by blocks of up to a number of nodes, which may hold many short branches; each row then has a mask of its own.
 *
 * All rows are as wide as the widest. The cheapest cut is taken by a model of the work: pairs of places, and places.
 */
import { queryStretches } from "../transformer/decoder-graph.js";
import type { PrefixTree } from "./prefix-tree.js";

/** Where the tokens of a tree stand. Token N, where there is one, fills the places without a token. */
export interface AttentionLayout {
  readonly rows: number;
  /** Places of a row that ask, and that are asked. */
  readonly queries: number;
  readonly keys: number;
  /** Whether token N is needed. */
  readonly filled: boolean;
  /** [rows, queries] and [rows, keys]: the token there. */
  readonly queryTokens: Int32Array;
  readonly keyTokens: Int32Array;
  /** [tokens, 2]: (row, place) of each token; as a key, its first. */
  readonly queryPlaces: Int32Array;
  readonly keyPlaces: Int32Array;
  /** Tokens that are keys in several rows; `sharedPlaces` is [shared, uses, 2]. */
  readonly sharedTokens: Int32Array;
  readonly sharedPlaces: Int32Array;
  /** At least 1. */
  readonly uses: number;
  /** `undefined`: query and key places are depths, and a token sees the places up to its own. */
  readonly blocks: readonly Stretch[] | undefined;
}

/** Nodes `from` … `to − 1`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface Cut {
  readonly stretches: readonly Stretch[];
  readonly chains: boolean;
  readonly queries: number;
  readonly keys: number;
  /** In how many rows each node is a key. */
  readonly uses: Int32Array;
  readonly cost: number;
}

const blockSizes = [64, 128, 256, 512, 1024];
/** Widths are multiples of this, for the sake of vector instructions. */
const alignment = 16;
/** Costs in pairs of a query and a key place: of a key place, of a shared use, of a pair with a mask of its own. */
const costs = { key: 50, shared: 30, masked: 0.2 };

/** The cheapest layout of a tree that is not empty. */
export function attentionLayout(tree: PrefixTree): AttentionLayout {
  return place(
    tree,
    cuts(tree, blockSizes).reduce((best, next) => (next.cost < best.cost ? next : best)),
  );
}

/** The layouts of a tree by chains and by blocks of up to the given numbers of nodes, in no order. */
export function attentionLayouts(tree: PrefixTree, sizes: readonly number[]): AttentionLayout[] {
  return cuts(tree, sizes).map((one) => place(tree, one));
}

function cuts(tree: PrefixTree, sizes: readonly number[]): Cut[] {
  const size = tree.tokens.length;
  const smaller = [...sizes.filter((block) => block < size), size];
  return [cut(tree, chains(tree), true), ...smaller.map((block) => cut(tree, blocks(tree, block), false))];
}

/** Ancestors of a node, from the root. */
export function ancestorsOf(tree: PrefixTree, node: number): Int32Array {
  const ancestors = new Int32Array(tree.depths[node]!);
  for (let above = tree.parents[node]!; above >= 0; above = tree.parents[above]!)
    ancestors[tree.depths[above]!] = above;
  return ancestors;
}

function chains({ parents }: PrefixTree): Stretch[] {
  const starts = [...parents.keys()].filter((node) => node === 0 || parents[node] !== node - 1);
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? parents.length }));
}

/**
 * Stretches of half to all of `block` nodes, each ending before the node with the fewest ancestors: those are what the next
 * row repeats. So trees that fit stay whole.
 */
function blocks({ depths }: PrefixTree, block: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (let from = 0; from < depths.length; ) {
    let to = Math.min(from + block, depths.length);
    if (to < depths.length) {
      for (let end = to - 1; end > from + block / 2; end -= 1) if (depths[end]! < depths[to]!) to = end;
    }
    stretches.push({ from, to });
    from = to;
  }
  return stretches;
}

function cut(tree: PrefixTree, stretches: readonly Stretch[], isChains: boolean): Cut {
  const uses = new Int32Array(tree.tokens.length).fill(1);
  let [longest, keys] = [0, 0];
  for (const { from, to } of stretches) {
    longest = Math.max(longest, to - from);
    keys = Math.max(keys, tree.depths[from]! + to - from);
    for (const ancestor of ancestorsOf(tree, from)) uses[ancestor]! += 1;
  }
  // Alone and full, a row needs no alignment: there is nothing to fill, unless there is less than a query a stretch.
  const whole = keys >= queryStretches && stretches.every(({ from, to }) => to - from === keys);
  const width = (places: number): number => (whole ? places : Math.ceil(places / alignment) * alignment);
  const queries = width(isChains ? keys : longest);
  const pairs = stretches.length * queries * width(keys);
  const shared = uses.reduce((count, use) => count + (use > 1 ? 1 : 0), 0);
  const most = uses.reduce((largest, use) => Math.max(largest, use), 1);
  const cost =
    pairs * (isChains ? 1 : 1 + costs.masked) +
    stretches.length * width(keys) * costs.key +
    shared * most * costs.shared;
  return { stretches, chains: isChains, queries, keys: width(keys), uses, cost };
}

function place(tree: PrefixTree, { stretches, chains: isChains, uses, ...widths }: Cut): AttentionLayout {
  const size = tree.tokens.length;
  const rows = stretches.length;
  const filled = rows * widths.queries > size || rows * widths.keys > size;
  const asked = stretches.reduce((sum, { from, to }) => sum + tree.depths[from]! + to - from, 0);
  const queries = widths.queries + (filled && rows * widths.queries === size ? alignment : 0);
  const keys = widths.keys + (filled && rows * widths.keys === asked ? alignment : 0);
  const queryTokens = new Int32Array(rows * queries).fill(size);
  const keyTokens = new Int32Array(rows * keys).fill(size);
  for (const [row, { from, to }] of stretches.entries()) {
    const above = ancestorsOf(tree, from);
    keyTokens.set(above, row * keys);
    for (let node = from; node < to; node += 1) {
      queryTokens[row * queries + (isChains ? above.length : 0) + node - from] = node;
      keyTokens[row * keys + above.length + node - from] = node;
    }
  }
  const tokens = size + (filled ? 1 : 0);
  return {
    ...{ rows, queries, keys, filled, queryTokens, keyTokens },
    queryPlaces: firstPlaces(queryTokens, queries, tokens),
    keyPlaces: firstPlaces(keyTokens, keys, tokens),
    ...sharedPlaces(keyTokens, keys, uses),
    blocks: isChains ? undefined : stretches,
  };
}

/** (row, place) of the first place of each token. */
function firstPlaces(tokensAt: Int32Array, width: number, tokens: number): Int32Array {
  const places = new Int32Array(2 * tokens);
  for (let at = tokensAt.length - 1; at >= 0; at -= 1) {
    places[2 * tokensAt[at]!] = Math.floor(at / width);
    places[2 * tokensAt[at]! + 1] = at % width;
  }
  return places;
}

/** All places of the tokens that have several. */
function sharedPlaces(
  keyTokens: Int32Array,
  width: number,
  uses: Int32Array,
): Pick<AttentionLayout, "sharedTokens" | "sharedPlaces" | "uses"> {
  const shared = [...uses.keys()].filter((node) => uses[node]! > 1);
  const most = shared.reduce((largest, node) => Math.max(largest, uses[node]!), 1);
  const numbers = new Map(shared.map((node, number) => [node, number]));
  const free = keyTokens.indexOf(uses.length);
  const places = new Int32Array(2 * shared.length * most);
  for (let entry = 0; entry < shared.length * most; entry += 1) {
    places[2 * entry] = Math.floor(free / width);
    places[2 * entry + 1] = free % width;
  }
  const seen = new Int32Array(shared.length);
  for (const [at, token] of keyTokens.entries()) {
    const number = numbers.get(token);
    if (number === undefined) continue;
    const entry = number * most + seen[number]!++;
    places[2 * entry] = Math.floor(at / width);
    places[2 * entry + 1] = at % width;
  }
  return { sharedTokens: Int32Array.from(shared), sharedPlaces: places, uses: most };
}
