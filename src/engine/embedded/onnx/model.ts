import type { Dimension, ElementType, StoredTensor } from "./tensor.js";

/** The value of a node's attribute, tagged with its type. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] };

/** An operation: reads named values, writes named values. */
export interface ModelNode {
  readonly operation: string;
  /** Empty for the ONNX operations, `com.microsoft` for those of ONNX Runtime. */
  readonly domain: string;
  /** An empty name stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A value that enters or leaves the graph. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  /** Absent where the runtime infers it. */
  readonly shape?: readonly Dimension[];
}

/** A whole model. Nodes are in an order in which every value is written before it is read. */
export interface Model {
  readonly name: string;
  readonly nodes: readonly ModelNode[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}
