/**
 * Fine-grained preference pairs (second stage of the paper; settings of the authors' run script).
 *
 * Chosen and rejected follow the same prefix, so the difference between them is the deficient fragment and nothing else.
 * Both are token ids as they were sampled.
 */
import { ConfigError, type PreferencePair, type SearchNode, type SearchTree } from "../spec/index.js";

/** When two siblings make a pair. */
export interface PairSettings {
  /**
   * What siblings are compared by. `q`: Q of the search, r + γV, which grows with the depth searched below a fragment.
   * `mean-outcome`: the mean O of all completed responses through the fragment, in [−1, 1], the same scale for
   * fragments that were expanded and fragments that were not. @default "q"
   */
  readonly value: "q" | "mean-outcome";
  /** Least value of the chosen fragment less that of the rejected one. @default 0.1 */
  readonly valueGap: number;
  /** Least value of the chosen fragment. @default -0.3 */
  readonly minimumValue: number;
  /** Most `fragmentOverlap` of the two, in [0, 1]. @default 0.95 */
  readonly maximumOverlap: number;
  /** Most pairs of a tree, largest gaps first; `null` for no limit. @default null */
  readonly maximumPairsPerTree: number | null;
}

/** The defaults named at each field. */
export const defaultPairSettings: PairSettings = {
  value: "q",
  valueGap: 0.1,
  minimumValue: -0.3,
  maximumOverlap: 0.95,
  maximumPairsPerTree: null,
};

/**
 * Why an expanded node gave no pair, the first reason that applies: all samples were merged into one child; the values
 * are too near; the best value is too low; the fragments are too alike; the tree gave enough already.
 */
export type PairRefusal = "single-child" | "value-gap" | "minimum-value" | "overlap" | "limit";

/** How many nodes gave a pair, and why the others gave none. */
export interface PairCounts {
  /** Nodes with at least one child. */
  readonly expandedNodes: number;
  readonly pairs: number;
  readonly refusals: Readonly<Record<PairRefusal, number>>;
}

/** The pairs of some trees: trees in the order given, nodes of a tree in order of id. */
export interface PairExtraction {
  readonly pairs: readonly PreferencePair[];
  readonly counts: PairCounts;
}

/**
 * One pair at most for each node with two children or more: chosen = the child with the highest value, rejected = the one
 * with the lowest (first drawn on ties), kept if their difference is ≥ valueGap, the chosen value ≥ minimumValue and
 * `fragmentOverlap` ≤ maximumOverlap. Fragments that read the same are refused as overlap too, unless one of them ends the
 * response and the other does not. Ids: `<example>/round-<r>/node-<n>`.
 *
 * @throws ConfigError for settings out of range.
 */
export function extractPairs(trees: readonly SearchTree[], settings: PairSettings): PairExtraction {
  requireSettings(settings);
  const refusals = { "single-child": 0, "value-gap": 0, "minimum-value": 0, overlap: 0, limit: 0 };
  const pairs: PreferencePair[] = [];
  let expandedNodes = 0;
  for (const tree of trees) {
    const candidates: Candidate[] = [];
    const values = settings.value === "q" ? tree.nodes.map(({ q }) => q) : meanOutcomes(tree);
    for (const [parent, children] of childrenByParent(tree)) {
      expandedNodes += 1;
      const candidate = candidateOf(tree.nodes[parent]!, children, values);
      const refusal = refuse(candidate, children.length, settings);
      if (refusal === null) candidates.push(candidate);
      else refusals[refusal] += 1;
    }
    const kept = largestGaps(candidates, settings.maximumPairsPerTree);
    refusals.limit += candidates.length - kept.length;
    pairs.push(...kept.map((candidate) => pairOf(tree, candidate)));
  }
  return { pairs, counts: { expandedNodes, pairs: pairs.length, refusals } };
}

/**
 * How alike two fragments are, in [0, 1]: the Dice coefficient of their token ids as multisets, 2|A ∩ B| / (|A| + |B|).
 * 1 for the same tokens in any order; 0 without a common token, and for two empty fragments 1.
 */
export function fragmentOverlap(one: readonly number[], other: readonly number[]): number {
  if (one.length + other.length === 0) return 1;
  const left = new Map<number, number>();
  for (const token of one) left.set(token, (left.get(token) ?? 0) + 1);
  let common = 0;
  for (const token of other) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    left.set(token, count - 1);
    common += 1;
  }
  return (2 * common) / (one.length + other.length);
}

/**
 * Per node, the mean O of the completed responses through it: its own (one for each merged sample) and those of the
 * nodes below. Nodes are numbered as they were drawn, so children come after their parents.
 */
function meanOutcomes({ nodes }: SearchTree): readonly number[] {
  const counts = nodes.map((node) => (node.parent === null ? 0 : node.multiplicity));
  const sums = nodes.map((node, index) => node.outcome * counts[index]!);
  for (const { id, parent } of nodes.toReversed()) {
    if (parent === null) continue;
    counts[parent]! += counts[id]!;
    sums[parent]! += sums[id]!;
  }
  return sums.map((sum, index) => (counts[index] === 0 ? 0 : sum / counts[index]!));
}

interface Candidate {
  readonly parent: SearchNode;
  readonly chosen: SearchNode;
  readonly rejected: SearchNode;
  readonly chosenValue: number;
  readonly rejectedValue: number;
}

function requireSettings(settings: PairSettings): void {
  const { valueGap, minimumValue, maximumOverlap, maximumPairsPerTree: maximum } = settings;
  if (!(valueGap >= 0))
    throw new ConfigError(`pairs.valueGap is ${valueGap}; it must be at least 0.`, { valueGap });
  if (Number.isNaN(minimumValue)) {
    throw new ConfigError("pairs.minimumValue is not a number; -Infinity turns it off.", { minimumValue });
  }
  if (!(maximumOverlap >= 0 && maximumOverlap <= 1)) {
    throw new ConfigError(`pairs.maximumOverlap is ${maximumOverlap}; it must be in [0, 1].`, {
      maximumOverlap,
    });
  }
  if (maximum !== null && !(Number.isInteger(maximum) && maximum >= 0)) {
    throw new ConfigError(`pairs.maximumPairsPerTree is ${maximum}; it must be a whole number or null.`, {
      maximum,
    });
  }
}

/** Children in order of id: nodes are numbered as they were drawn. */
function childrenByParent(tree: SearchTree): [parent: number, children: SearchNode[]][] {
  const children = new Map<number, SearchNode[]>();
  for (const node of tree.nodes) {
    if (node.parent === null) continue;
    const siblings = children.get(node.parent);
    if (siblings === undefined) children.set(node.parent, [node]);
    else siblings.push(node);
  }
  return [...children].sort(([one], [other]) => one - other);
}

function candidateOf(
  parent: SearchNode,
  children: readonly SearchNode[],
  values: readonly number[],
): Candidate {
  const valueAt = ({ id }: SearchNode) => values[id]!;
  const chosen = children.reduce((best, child) => (valueAt(child) > valueAt(best) ? child : best));
  const rejected = children.reduce((worst, child) => (valueAt(child) < valueAt(worst) ? child : worst));
  return { parent, chosen, rejected, chosenValue: valueAt(chosen), rejectedValue: valueAt(rejected) };
}

function refuse(candidate: Candidate, children: number, settings: PairSettings): PairRefusal | null {
  const { chosen, rejected } = candidate;
  if (children < 2) return "single-child";
  if (chosen === rejected || gapOf(candidate) < settings.valueGap) return "value-gap";
  if (candidate.chosenValue < settings.minimumValue) return "minimum-value";
  const overlap = fragmentOverlap(chosen.fragment.tokens, rejected.fragment.tokens);
  return overlap > settings.maximumOverlap || readTheSame(chosen, rejected) ? "overlap" : null;
}

function gapOf({ chosenValue, rejectedValue }: Candidate): number {
  return chosenValue - rejectedValue;
}

/** The same text in other tokens is no preference; to end or to go on after it is one. */
function readTheSame(one: SearchNode, other: SearchNode): boolean {
  return one.fragment.text === other.fragment.text && one.terminal === other.terminal;
}

function largestGaps(candidates: readonly Candidate[], maximum: number | null): readonly Candidate[] {
  if (maximum === null) return candidates;
  return candidates
    .toSorted((one, other) => gapOf(other) - gapOf(one) || one.parent.id - other.parent.id)
    .slice(0, maximum)
    .sort((one, other) => one.parent.id - other.parent.id);
}

function pairOf(tree: SearchTree, candidate: Candidate): PreferencePair {
  const { parent, chosen, rejected, chosenValue, rejectedValue } = candidate;
  const path = pathTo(tree, parent);
  return {
    id: `${tree.exampleId}/round-${String(tree.round).padStart(2, "0")}/node-${parent.id}`,
    exampleId: tree.exampleId,
    round: tree.round,
    prefix: [...tree.prompt, ...path.flatMap((node) => node.fragment.tokens)],
    promptLength: tree.prompt.length,
    chosen: chosen.fragment.tokens,
    rejected: rejected.fragment.tokens,
    prefixText: path.map((node) => node.fragment.text).join(""),
    chosenText: chosen.fragment.text,
    rejectedText: rejected.fragment.text,
    chosenValue,
    rejectedValue,
  };
}

/** The nodes from the root down to this one. */
function pathTo(tree: SearchTree, node: SearchNode): SearchNode[] {
  const path = [node];
  for (let at = node; at.parent !== null; ) {
    at = tree.nodes[at.parent]!;
    path.push(at);
  }
  return path.reverse();
}
