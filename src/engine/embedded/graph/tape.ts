/**
 * Reverse-mode differentiation of a graph under construction. Each differentiable operation records its result together
 * with one rule per operand: the vector-Jacobian product, which emits further nodes. `gradients` walks the records
 * backwards once and emits only what the wanted gradients need.
 */
import type { GraphBuilder, Value } from "./graph-builder.js";

/** An operand of an operation and the rule of its gradient. */
export interface Operand {
  readonly value: Value;
  /** From the gradient of the result to the gradient of this operand; called at most once. */
  readonly pull: (gradient: Value) => Value;
}

interface Operation {
  readonly result: Value;
  readonly operands: readonly Operand[];
}

/** A graph with a memory of how each value was made. */
export class Tape {
  readonly graph: GraphBuilder;
  readonly #operations: Operation[] = [];

  constructor(graph: GraphBuilder) {
    this.graph = graph;
  }

  /** Remembers how `result` depends on its operands, and returns it. */
  record(result: Value, operands: readonly Operand[]): Value {
    this.#operations.push({ result, operands });
    return result;
  }

  /**
   * The gradients Σ seed · ∂result/∂wanted, in the order of `wanted`. Values that are not wanted, and those above all
   * wanted ones, are not differentiated.
   * @throws Error if a wanted value does not influence the result: a mistake in the graph, not in the data.
   */
  gradients(result: Value, seed: Value, wanted: readonly Value[]): Value[] {
    const influenced = this.#influenced(wanted);
    const parts = new Map<string, Value[]>([[result.name, [seed]]]);
    for (const operation of this.#operations.toReversed()) {
      if (!influenced.has(operation.result.name)) continue;
      const gradient = this.#take(parts, operation.result.name);
      if (gradient === undefined) continue;
      for (const operand of operation.operands) {
        if (!influenced.has(operand.value.name)) continue;
        const list = parts.get(operand.value.name) ?? [];
        list.push(operand.pull(gradient));
        parts.set(operand.value.name, list);
      }
    }
    return wanted.map((value) => this.#required(parts, value.name));
  }

  /** Names of the wanted values and of everything computed from them. */
  #influenced(wanted: readonly Value[]): Set<string> {
    const names = new Set(wanted.map((value) => value.name));
    for (const { result, operands } of this.#operations) {
      if (operands.some((operand) => names.has(operand.value.name))) names.add(result.name);
    }
    return names;
  }

  /** The sum of the parts of a gradient. */
  #take(parts: Map<string, Value[]>, name: string): Value | undefined {
    const list = parts.get(name);
    if (list === undefined || list.length <= 1) return list?.[0];
    const sum = this.graph.emit(list.length === 2 ? "Add" : "Sum", list);
    parts.set(name, [sum]);
    return sum;
  }

  #required(parts: Map<string, Value[]>, name: string): Value {
    const gradient = this.#take(parts, name);
    if (gradient === undefined) throw new Error(`The result does not depend on ${name}: it has no gradient.`);
    return gradient;
  }
}

/** A function of the gradient whose nodes are emitted once, for the operands of one operation that share them. */
export function shared<T>(make: (gradient: Value) => T): (gradient: Value) => T {
  const known = new Map<string, T>();
  return (gradient) => {
    const value = known.get(gradient.name) ?? make(gradient);
    known.set(gradient.name, value);
    return value;
  };
}
