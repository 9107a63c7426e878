/** Back-propagation: from a simulated node bottom-up to the root. */
import type { TreeNode } from "./tree.js";

/**
 * Updates Q, V and N on the path from a newly simulated node to the root, bottom-up (MCTS-DPO §2.1, Back-propagation):
 *
 *     Q(s_t, a) ← r(s_t, a) + γ V(s_{t+1})
 *     V(s_t)    ← Σ_a N(s_{t+1}) Q(s_t, a) / Σ_a N(s_{t+1})
 *     N(s_t)    ← N(s_t) + 1
 *
 * Once for each simulated node, its siblings included: so N(s) counts the simulations at and below s, N of the root is
 * the sum of its children's, and V is the mean Q of a node's children weighted by the simulations behind each. V of a node
 * without children is 0.
 */
export function backup(simulated: TreeNode, gamma: number): void {
  for (let node: TreeNode | null = simulated; node !== null; node = node.parent) {
    node.value = childrenValue(node);
    node.visits += 1;
    if (node.parent !== null) node.q = node.reward + gamma * node.value;
  }
}

/** After an expansion: closes the leaf if all its children are closed, then its parent if all of its are, and so on. */
export function closeUpwards(expanded: TreeNode): void {
  for (let node: TreeNode | null = expanded; node !== null; node = node.parent) {
    if (node.children.some((child) => !child.closed)) return;
    node.closed = true;
  }
}

/** Siblings whose own backup is still to come have N = 0 and do not count yet. */
function childrenValue({ children }: TreeNode): number {
  const visits = children.reduce((sum, child) => sum + child.visits, 0);
  if (visits === 0) return 0;
  return children.reduce((sum, child) => sum + child.visits * child.q, 0) / visits;
}
