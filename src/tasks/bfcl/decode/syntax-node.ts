/** What is used of tree-sitter's trees, so that this module needs no parser of its own. */

/** A node of a syntax tree; offsets are UTF-16 units of the source. */
export interface SyntaxNode {
  readonly type: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly childCount: number;
  readonly isError: boolean;
  /** True where an error or a missing token lies in the node. */
  readonly hasError: boolean;
  /** All children, punctuation too. */
  readonly children: readonly (SyntaxNode | null)[];
  childForFieldName(name: string): SyntaxNode | null;
}

/** A parser of one language. */
export type SyntaxParser = (source: string) => SyntaxNode;

/** The parsers that the categories in other languages need. */
export interface SyntaxParsers {
  readonly java: SyntaxParser;
  readonly javascript: SyntaxParser;
}

/** Trees deeper than this are refused, as Python's recursion does. */
const DEEPEST = 900;

/** The children of a node. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return node.children.filter((child) => child !== null);
}

/** Whether an error node lies anywhere in the tree; a token that the parser added is none. */
export function hasErrorNode(node: SyntaxNode, depth = 0): boolean {
  if (node.isError) return true;
  if (!node.hasError || depth > DEEPEST) return node.hasError;
  return childrenOf(node).some((child) => hasErrorNode(child, depth + 1));
}
