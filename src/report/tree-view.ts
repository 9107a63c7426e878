/** A search tree as text, with its numbers. */
import type { SearchNode, SearchTree } from "../spec/index.js";
import { clipText } from "./clip-text.js";
import { exampleView, promptLimit, responseLimit } from "./example-view.js";
import type { NodeView, TreeView } from "./report-data.js";
import type { ReportInput } from "./report-input.js";

/** Nodes shown of one tree: about what a person can take in. */
export const nodesPerTree = 60;

/** The largest difference of Q between two children of one node; 0 where no node has two. */
export function largestSiblingGap(tree: SearchTree): number {
  const ranges = new Map<number, { low: number; high: number }>();
  for (const { parent, q } of tree.nodes) {
    if (parent === null) continue;
    const range = ranges.get(parent);
    ranges.set(parent, {
      low: Math.min(range?.low ?? q, q),
      high: Math.max(range?.high ?? q, q),
    });
  }
  return [...ranges.values()].reduce((gap, { low, high }) => Math.max(gap, high - low), 0);
}

/** The view of a tree, with at most `nodesPerTree` of its nodes. */
export function toTreeView(tree: SearchTree, input: Pick<ReportInput, "decode" | "example">): TreeView {
  const shown = keepMostVisited(tree.nodes, nodesPerTree);
  return {
    exampleId: tree.exampleId,
    ...exampleView(tree.exampleId, input),
    prompt: clipText(input.decode(tree.prompt), promptLimit),
    nodes: shown.map((node) => toNodeView(node, input)),
    omitted: tree.nodes.length - shown.length,
  };
}

/** The most visited nodes (lower id first on ties), each with all its ancestors, in order of depth, then of id. */
function keepMostVisited(nodes: readonly SearchNode[], limit: number): SearchNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const kept = new Set<SearchNode>();
  for (const node of [...nodes].sort((left, right) => right.visits - left.visits || left.id - right.id)) {
    const line = missingLine(node, byId, kept);
    if (kept.size + line.length <= limit) for (const ancestor of line) kept.add(ancestor);
  }
  return [...kept].sort((left, right) => left.depth - right.depth || left.id - right.id);
}

/** The node and those of its ancestors that are not kept yet. */
function missingLine(
  node: SearchNode,
  byId: ReadonlyMap<number, SearchNode>,
  kept: ReadonlySet<SearchNode>,
): SearchNode[] {
  const line: SearchNode[] = [];
  let current: SearchNode | undefined = node;
  while (current !== undefined && !kept.has(current)) {
    line.push(current);
    current = current.parent === null ? undefined : byId.get(current.parent);
  }
  return line;
}

function toNodeView(node: SearchNode, input: Pick<ReportInput, "decode">): NodeView {
  const { id, parent, visits, q, prior, reward, outcome, selfEvaluation, value, multiplicity, terminal } =
    node;
  return {
    id,
    parent,
    text: clipText(node.fragment.text, responseLimit),
    continuation: clipText(input.decode(node.continuation), responseLimit),
    visits,
    q,
    prior,
    reward,
    outcome,
    selfEvaluation,
    value,
    multiplicity,
    terminal,
  };
}
