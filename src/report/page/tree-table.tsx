/** The nodes of a search tree with their numbers; choosing a node in the table chooses it in the diagram. */
import type { Signal } from "@preact/signals";
import { oneLine, value } from "./format.js";
import { ScrollingTable } from "./section.js";
import type { PlacedNode } from "./tree-order.js";

/** One row for each node, indented by depth. The fragment is a button, so the keyboard reaches it. */
export function TreeTable(props: {
  readonly nodes: readonly PlacedNode[];
  readonly selected: Signal<number>;
}) {
  return (
    <ScrollingTable caption="N visits · Q value of taking the fragment · V value of the node · p prior · r reward = outcome O and self-evaluation C, weighted · × samples merged">
      <thead>
        <tr>
          <th scope="col">Fragment</th>
          {["N", "Q", "V", "p", "r", "O", "C", "×"].map((name) => (
            <th key={name} scope="col" class="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.nodes.map((placed) => (
          <NodeRow key={placed.node.id} placed={placed} selected={props.selected} />
        ))}
      </tbody>
    </ScrollingTable>
  );
}

function NodeRow({ placed, selected }: { readonly placed: PlacedNode; readonly selected: Signal<number> }) {
  const { node, depth } = placed;
  const isRoot = node.parent === null;
  const chosen = selected.value === node.id;
  const label = isRoot ? "start of the response" : oneLine(node.text, 60);
  return (
    <tr class={chosen ? "chosen-row" : ""}>
      <td class="fragment" style={{ paddingInlineStart: `${0.3 + depth * 1.1}rem` }}>
        <button
          type="button"
          aria-pressed={chosen}
          onClick={() => {
            selected.value = node.id;
          }}
        >
          <bdi class={isRoot ? "" : "model"}>{label === "" ? "(empty)" : label}</bdi>
        </button>
        {node.terminal && <span class="end"> end</span>}
      </td>
      <td class="number">{node.visits}</td>
      <td class={`number ${node.q < 0 ? "negative" : "positive"}`}>{isRoot ? "" : value(node.q)}</td>
      <td class="number">{value(node.value)}</td>
      <td class="number">{isRoot ? "" : value(node.prior)}</td>
      <td class="number">{isRoot ? "" : value(node.reward)}</td>
      <td class="number">{isRoot ? "" : value(node.outcome)}</td>
      <td class="number">{node.selfEvaluation === null ? "–" : value(node.selfEvaluation)}</td>
      <td class="number">{node.multiplicity}</td>
    </tr>
  );
}
