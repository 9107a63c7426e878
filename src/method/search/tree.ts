/**
 * The tree while it grows: plain objects in a flat array, changed in place by expansion, simulation and backup, and
 * frozen into the `SearchTree` of the spec when the search is over. Nothing outside `search/` sees a growing tree.
 */
import type { Agreement, Fragment, SearchNode, SearchTree } from "../../spec/index.js";
import { deriveSeed } from "../random.js";
import type { SearchRoot, SearchState } from "./model.js";

/** A node of a growing tree; fields as in `SearchNode`. */
export interface TreeNode {
  readonly id: number;
  readonly parent: TreeNode | null;
  readonly children: TreeNode[];
  readonly depth: number;
  readonly fragment: Fragment;
  readonly prior: number;
  readonly terminal: boolean;
  multiplicity: number;
  reward: number;
  outcome: number;
  selfEvaluation: number | null;
  agreement: Agreement;
  /** The completions that this node is graded by: one, or one for each merged sample. */
  simulations: (readonly number[])[];
  visits: number;
  value: number;
  q: number;
  /** Nothing is left to be expanded here or below; selection passes by. */
  closed: boolean;
}

/** A growing tree over one example. */
export interface GrowingTree {
  readonly root: SearchRoot;
  readonly round: number;
  /** Of this search; streams are named by round, example and node. */
  readonly seed: number;
  /** In order of id; the first is the root. */
  readonly nodes: TreeNode[];
}

/** A node with the tree that it is in. */
export interface TreePosition {
  readonly tree: GrowingTree;
  readonly node: TreeNode;
}

/** A tree of a root that has not been expanded: N = 0, V = 0. */
export function plantTree(root: SearchRoot, round: number, seed: number): GrowingTree {
  const tree: GrowingTree = { root, round, seed, nodes: [] };
  addNode(tree, null, { fragment: { tokens: [], logprobs: [], text: "" }, prior: 1, terminal: false });
  return tree;
}

/** What is known of a node when it is added. */
export interface NodeFacts {
  readonly fragment: Fragment;
  readonly prior: number;
  readonly terminal: boolean;
}

/** Adds an unvisited node below `parent` (`null`: the root). */
export function addNode(tree: GrowingTree, parent: TreeNode | null, facts: NodeFacts): TreeNode {
  const node: TreeNode = {
    ...facts,
    id: tree.nodes.length,
    parent,
    children: [],
    depth: parent === null ? 0 : parent.depth + 1,
    multiplicity: 1,
    reward: 0,
    outcome: 0,
    selfEvaluation: null,
    agreement: { functionName: 0, argumentName: 0, argumentType: 0, argumentValue: 0 },
    simulations: [],
    visits: 0,
    value: 0,
    q: 0,
    closed: false,
  };
  tree.nodes.push(node);
  parent?.children.push(node);
  return node;
}

/** The tokens of the response from the root down to a node. */
export function responseOf(node: TreeNode): number[] {
  const above = node.parent === null ? [] : responseOf(node.parent);
  above.push(...node.fragment.tokens);
  return above;
}

/** The state s_t of a node, with the seed of the stream of this purpose. */
export function stateOf(
  { tree, node }: TreePosition,
  purpose: "propose" | "complete" | "judge",
): SearchState {
  const { exampleId, prompt } = tree.root;
  const seed = deriveSeed(tree.seed, tree.round, exampleId, node.id, purpose);
  return { exampleId, prompt, response: responseOf(node), depth: node.depth, seed };
}

/** The finished tree, as plain readonly data. */
export function freezeTree({ root, round, nodes }: GrowingTree): SearchTree {
  return { exampleId: root.exampleId, round, prompt: root.prompt, nodes: nodes.map(freezeNode) };
}

function freezeNode(node: TreeNode): SearchNode {
  return {
    id: node.id,
    parent: node.parent?.id ?? null,
    depth: node.depth,
    fragment: node.fragment,
    multiplicity: node.multiplicity,
    prior: node.prior,
    reward: node.reward,
    outcome: node.outcome,
    selfEvaluation: node.selfEvaluation,
    agreement: node.agreement,
    continuation: node.simulations[0] ?? [],
    terminal: node.terminal,
    visits: node.visits,
    value: node.value,
    q: node.q,
  };
}
