/** Selection: down from the root to a leaf, by PUCT at every node. */
import type { GrowingTree, TreeNode } from "./tree.js";

/**
 * The leaf to expand next, or `null` when nothing is left to expand.
 *
 * At every node: argmax_a of `puctScore` (MCTS-DPO §2.1, Selection) over the children that are not closed; the first drawn on ties.
 * Ours: closed subtrees (complete responses, nodes at the depth limit) are passed by, because a second visit
 * would find the same deterministic reward and spend an iteration on nothing.
 */
export function selectLeaf(tree: GrowingTree, cPuct: number): TreeNode | null {
  let node = tree.nodes[0]!;
  if (node.closed) return null;
  while (node.children.length > 0) node = selectChild(node, cPuct);
  return node;
}

/**
 * Q(s_t, a) + c_puct · p(a|s_t) · √N(s_t) / (1 + N(s_{t+1})) of the fragment a that leads to the child.
 */
export function puctScore(child: TreeNode, parentVisits: number, cPuct: number): number {
  return child.q + (cPuct * child.prior * Math.sqrt(parentVisits)) / (1 + child.visits);
}

/** An open node with children has an open child: `closeUpwards` closes it otherwise. */
function selectChild(node: TreeNode, cPuct: number): TreeNode {
  let best: TreeNode | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const child of node.children) {
    if (child.closed) continue;
    const score = puctScore(child, node.visits, cPuct);
    if (best !== undefined && score <= bestScore) continue;
    best = child;
    bestScore = score;
  }
  return best!;
}
