/**
 * Builds an ONNX graph node by node. A `Value` is a handle to a result that is known only when the graph runs.
 * Names are made here, in the order of the calls, so the same calls give the same bytes.
 */
import { encodeModel } from "../onnx/encode-model.js";
import type { Attribute, ModelNode, ValueInfo } from "../onnx/model.js";
import {
  type Dimension,
  type ElementType,
  floatTensor,
  integerTensor,
  type StoredTensor,
} from "../onnx/tensor.js";

/** A tensor of the graph. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
}

/** How a node is made. */
export interface EmitOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** `com.microsoft` for ONNX Runtime's own operations. @default "" */
  readonly domain?: string;
  /** Element type of the (first) result. @default "float32" */
  readonly type?: ElementType;
}

/** A graph under construction. */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: ModelNode[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #tensors = new Map<string, StoredTensor>();
  readonly #constants = new Map<string, Value>();
  #counter = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** An input of the graph. A dimension given by name has any size, the same wherever the name stands. */
  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.#inputs.push({ name, type, shape });
    return { name, type };
  }

  /** A constant stored with the model, inline or in external data. */
  stored(name: string, tensor: StoredTensor): Value {
    this.#tensors.set(name, tensor);
    return { name, type: tensor.type };
  }

  /** An int64 constant; a vector unless `shape` says otherwise. Equal constants are stored once. */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    const key = `i${shape.join("x")}:${values.join(",")}`;
    return this.#constant(key, () => integerTensor(values, shape));
  }

  /** A float constant; a vector unless `shape` says otherwise (`[]` is a scalar). Equal constants are stored once. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    const key = `f${shape.join("x")}:${values.join(",")}`;
    return this.#constant(key, () => floatTensor(values, shape));
  }

  /** Adds a node with one result. `null` leaves out an optional input. */
  emit(operation: string, inputs: readonly (Value | null)[], options: EmitOptions = {}): Value {
    return this.emitMany(operation, inputs, [options.type ?? "float32"], options)[0]!;
  }

  /** Adds a node with several results, one per element type. */
  emitMany(
    operation: string,
    inputs: readonly (Value | null)[],
    types: readonly ElementType[],
    options: EmitOptions = {},
  ): Value[] {
    const results = types.map((type) => ({ name: this.#newName(operation), type }));
    this.#nodes.push({
      operation,
      domain: options.domain ?? "",
      inputs: inputs.map((value) => value?.name ?? ""),
      outputs: results.map((value) => value.name),
      attributes: options.attributes ?? {},
    });
    return results;
  }

  /** Makes a value an output of the graph, under the given name. */
  output(name: string, value: Value): void {
    this.#nodes.push({
      operation: "Identity",
      domain: "",
      inputs: [value.name],
      outputs: [name],
      attributes: {},
    });
    this.#outputs.push({ name, type: value.type });
  }

  /** The model as bytes for `InferenceSession.create`. */
  build(): Uint8Array<ArrayBuffer> {
    return encodeModel({
      name: this.#name,
      nodes: this.#nodes,
      inputs: this.#inputs,
      outputs: this.#outputs,
      tensors: this.#tensors,
    });
  }

  #constant(key: string, make: () => StoredTensor): Value {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const value = this.stored(this.#newName("constant"), make());
    this.#constants.set(key, value);
    return value;
  }

  #newName(stem: string): string {
    this.#counter += 1;
    return `${stem}_${this.#counter}`;
  }
}
