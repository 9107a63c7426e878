/** A search tree drawn from left to right: thicker where visited more, coloured by the sign of Q. */
import type { Signal } from "@preact/signals";
import { type HierarchyPointLink, type HierarchyPointNode, stratify, tree } from "d3-hierarchy";
import type { NodeView } from "../report-data.js";
import { oneLine, value } from "./format.js";
import { neighbour } from "./tree-order.js";

/** Between siblings, and between the labels of a level and the next level, in pixels. */
const rowHeight = 34;
const levelGap = 56;
const margin = 18;

interface DiagramProps {
  readonly nodes: readonly NodeView[];
  readonly selected: Signal<number>;
}

/** The diagram. Only the chosen node is a stop of the tab key; from there the arrow keys lead to the others. */
export function TreeDiagram({ nodes, selected }: DiagramProps) {
  const layout = layOut(nodes);
  const all = layout.descendants();
  const top = Math.min(...all.map(({ x }) => x)) - margin;
  const height = Math.max(...all.map(({ x }) => x)) + margin - top;
  const width = Math.max(...all.map(({ y, data }) => y + labelWidth(data))) + 2 * margin;
  return (
    <div class="scroll" role="tree" aria-label="Nodes of the search tree">
      <svg class="tree" width={width} height={height} viewBox={`${-margin} ${top} ${width} ${height}`}>
        <title>{`Search tree with ${nodes.length} nodes; the table below lists them.`}</title>
        {layout.links().map((link) => (
          <path
            key={link.target.data.id}
            class="link"
            d={curve(link)}
            stroke-width={thickness(link.target.data)}
          />
        ))}
        {all.map((point) => (
          <DiagramNode key={point.data.id} point={point} nodes={nodes} selected={selected} />
        ))}
      </svg>
    </div>
  );
}

/** Rows by the tidy-tree layout; a level begins where the longest label of the one before it ends. */
function layOut(nodes: readonly NodeView[]): HierarchyPointNode<NodeView> {
  const root = stratify<NodeView>()
    .id(({ id }) => String(id))
    .parentId(({ parent }) => (parent === null ? null : String(parent)))([...nodes]);
  const placed = tree<NodeView>().nodeSize([rowHeight, 1])(root);
  let left = 0;
  for (let depth = 0; depth <= placed.height; depth++) {
    const level = placed.descendants().filter((point) => point.depth === depth);
    for (const point of level) point.y = left;
    left += levelGap + Math.max(...level.map(({ data }) => labelWidth(data)));
  }
  return placed;
}

/** From behind the label of the parent to the circle of the child. */
function curve({ source, target }: HierarchyPointLink<NodeView>): string {
  const start = source.y + labelWidth(source.data);
  const bend = (start + target.y) / 2;
  return `M${start},${source.x}C${bend},${source.x} ${bend},${target.x} ${target.y},${target.x}`;
}

/** An estimate: a monospaced character of 11 pixels is 6.7 wide. */
function labelWidth(node: NodeView): number {
  return node.parent === null ? 52 : 18 + Math.max(78, 6.7 * [...diagramLabel(node)].length);
}

function diagramLabel(node: NodeView): string {
  return node.parent === null ? "start" : oneLine(node.text, 26);
}

function thickness({ visits }: NodeView): number {
  return 1 + Math.min(5, Math.sqrt(visits) / 2);
}

function DiagramNode(props: DiagramProps & { readonly point: HierarchyPointNode<NodeView> }) {
  const { nodes, selected } = props;
  const { x, y, data } = props.point;
  const isRoot = data.parent === null;
  const sign = isRoot ? "root" : data.q < 0 ? "negative" : "positive";
  const chosen = selected.value === data.id;
  const label = diagramLabel(data);
  const numbers = isRoot ? `N ${data.visits}` : `Q ${value(data.q)}  N ${data.visits}`;
  return (
    <g
      class={`node ${sign} ${chosen ? "chosen-node" : ""}`}
      transform={`translate(${y},${x})`}
      role="treeitem"
      data-node={data.id}
      tabIndex={chosen ? 0 : -1}
      aria-selected={chosen}
      aria-level={props.point.depth + 1}
      aria-label={`${label}, ${numbers}`}
      onClick={() => {
        selected.value = data.id;
      }}
      onKeyDown={(event) => {
        const next = neighbour(nodes, data.id, event.key);
        if (next === data.id) return;
        event.preventDefault();
        selected.value = next;
        focusNode(event.currentTarget.ownerSVGElement, next);
      }}
    >
      <circle r={3.5 + Math.min(5, Math.sqrt(data.visits))} />
      <text class="fragment-label" x={12} y={-3}>
        {label}
      </text>
      <text class="numbers" x={12} y={10}>
        {numbers}
      </text>
    </g>
  );
}

function focusNode(diagram: SVGSVGElement | null, id: number): void {
  diagram?.querySelector<SVGGElement>(`[data-node="${id}"]`)?.focus();
}
