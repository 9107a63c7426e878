/** Search trees as diagram, as text and as numbers. */
import { type Signal, useSignal } from "@preact/signals";
import type { NodeView, RoundView, TreeView } from "../report-data.js";
import { ExampleHead } from "./example-head.js";
import { count, plural } from "./format.js";
import { ModelText } from "./model-text.js";
import { Section } from "./section.js";
import { TreeDiagram } from "./tree-diagram.js";
import { depthFirst, mostVisitedLeaf, pathTo } from "./tree-order.js";
import { TreeTable } from "./tree-table.js";

/** A few trees of each round; the first round is open. */
export function Trees({ rounds }: { readonly rounds: readonly RoundView[] }) {
  const withTrees = rounds.filter(({ trees }) => trees > 0);
  return (
    <Section id="trees" title="Search trees" explanation={explanation}>
      {withTrees.map((round, index) => (
        <details key={round.round} data-print open={index === 0}>
          <summary>
            Round {round.round} <span class="amount">{describe(round)}</span>
          </summary>
          {round.shownTrees.map((tree) => (
            <Tree key={tree.exampleId} tree={tree} />
          ))}
        </details>
      ))}
    </Section>
  );
}

const explanation =
  "For each hard row the search tries several next fragments of a response, completes them, and compares the result with the gold answer. " +
  "A node is a fragment; what it is worth (Q) flows back from below, and the search goes on where Q and the policy's own prior are high. " +
  "These few are a random sample of the trees in which two fragments after the same beginning differ in value. Choose a node to read its response.";

function describe({ trees, nodes, treesWithDifference, shownTrees }: RoundView): string {
  return `${plural(trees, "tree")} with ${plural(nodes, "node")}, ${count(treesWithDifference)} with a difference; ${shownTrees.length} shown`;
}

function Tree({ tree }: { readonly tree: TreeView }) {
  const selected = useSignal(mostVisitedLeaf(tree.nodes));
  return (
    <article class="card">
      <ExampleHead exampleId={tree.exampleId} prompt={tree.prompt} request={tree.request} gold={tree.gold} />
      <TreeDiagram nodes={tree.nodes} selected={selected} />
      <SelectedNode nodes={tree.nodes} selected={selected} />
      <TreeTable nodes={depthFirst(tree.nodes)} selected={selected} />
      {tree.omitted > 0 && <p class="note">{plural(tree.omitted, "node")} visited least not shown.</p>}
    </article>
  );
}

function SelectedNode(props: { readonly nodes: readonly NodeView[]; readonly selected: Signal<number> }) {
  const path = pathTo(props.nodes, props.selected.value);
  const node = path.at(-1);
  if (node === undefined) return null;
  return (
    <div class="selected" aria-live="polite">
      <p class="note">
        Response at the chosen node, <span class="sample so-far">before it</span>, <mark>its fragment</mark>
        {node.continuation.head !== "" && (
          <>
            , <span class="sample continuation">what the simulation added</span>
          </>
        )}
        :
      </p>
      <p class="response">
        {path.slice(0, -1).map((ancestor) => (
          <span key={ancestor.id} class="so-far">
            <ModelText text={ancestor.text} />
          </span>
        ))}
        <mark>{node.parent === null ? "start of the response" : <ModelText text={node.text} />}</mark>
        <span class="continuation">
          <ModelText text={node.continuation} />
        </span>
      </p>
    </div>
  );
}
