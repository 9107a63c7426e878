/** Orders and neighbours of the nodes of a tree. The parent of every node but the root is there too (see `TreeView`). */
import type { NodeView } from "../report-data.js";

/** A node and its distance from the root. */
export interface PlacedNode {
  readonly node: NodeView;
  readonly depth: number;
}

/** Every node directly above its children, which come in order of visits, most first. */
export function depthFirst(nodes: readonly NodeView[]): readonly PlacedNode[] {
  const placed: PlacedNode[] = [];
  const visit = (parent: number | null, depth: number): void => {
    for (const node of childrenOf(nodes, parent)) {
      placed.push({ node, depth });
      visit(node.id, depth + 1);
    }
  };
  visit(null, 0);
  return placed;
}

/** The nodes from the root to the one with this id, both included; empty for an unknown id. */
export function pathTo(nodes: readonly NodeView[], id: number): readonly NodeView[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const path: NodeView[] = [];
  let node = byId.get(id);
  while (node !== undefined) {
    path.unshift(node);
    node = node.parent === null ? undefined : byId.get(node.parent);
  }
  return path;
}

/** The leaf that one reaches from the root by the most visited child, again and again. */
export function mostVisitedLeaf(nodes: readonly NodeView[]): number {
  let current = 0;
  for (let next: NodeView | undefined = nodes[0]; next !== undefined; next = childrenOf(nodes, current)[0]) {
    current = next.id;
  }
  return current;
}

/**
 * The node that an arrow key leads to: left the parent, right the most visited child, up and down the siblings in order of
 * visits. The node itself where there is none, and for any other key.
 */
export function neighbour(nodes: readonly NodeView[], id: number, key: string): number {
  const node = nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return id;
  if (key === "ArrowLeft") return node.parent ?? id;
  if (key === "ArrowRight") return childrenOf(nodes, id)[0]?.id ?? id;
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (step === undefined) return id;
  const siblings = childrenOf(nodes, node.parent);
  return siblings[siblings.indexOf(node) + step]?.id ?? id;
}

function childrenOf(nodes: readonly NodeView[], parent: number | null): readonly NodeView[] {
  return nodes
    .filter((node) => node.parent === parent)
    .sort((left, right) => right.visits - left.visits || left.id - right.id);
}
