/** Python's `==`, `<` and truth of values. */
import { requireAllowance, spend } from "./allowance.js";
import { PythonError } from "./error.js";
import { compareText } from "./text.js";
import {
  PythonBytes,
  PythonComplex,
  PythonDict,
  PythonSet,
  PythonTuple,
  type PythonValue,
  typeName,
} from "./value.js";

/** Pairs of values that one comparison looks at, at most. */
const MOST_PAIRS = 5_000_000;

/**
 * `one == other`: numbers by value whatever their type, lists in order, dicts in any order. Values that share parts can
 * stand for more than any budget: beyond five million pairs, in a circle, or where the allowance is used up, they count as
 * unequal.
 */
export function equals(one: PythonValue, other: PythonValue): boolean {
  return new Comparison().equal(one, other);
}

/** `value in items`. */
export function includes(items: readonly PythonValue[], value: PythonValue): boolean {
  return items.some((item) => equals(item, value));
}

class Comparison {
  #pairs = 0;
  #depth = 0;

  equal(one: PythonValue, other: PythonValue): boolean {
    if (one === other) return true;
    if (typeof one === "string" || typeof other === "string" || one === null || other === null) return false;
    if (typeof one !== "object" || typeof other !== "object") return equalNumbers(one, other);
    if (++this.#pairs > MOST_PAIRS || this.#depth > 900) return false;
    this.#depth++;
    const same = this.#equalObjects(one, other);
    this.#depth--;
    return same;
  }

  #equalObjects(one: object & PythonValue, other: object & PythonValue): boolean {
    if (Array.isArray(one)) return Array.isArray(other) && this.#equalItems(one, other);
    if (one instanceof PythonDict) return other instanceof PythonDict && this.#equalDicts(one, other);
    if (one instanceof PythonTuple)
      return other instanceof PythonTuple && this.#equalItems(one.items, other.items);
    if (one instanceof PythonSet) {
      return (
        other instanceof PythonSet &&
        one.size === other.size &&
        [...one.items()].every((item) => other.has(item))
      );
    }
    if (one instanceof PythonBytes)
      return other instanceof PythonBytes && one.bytes.join() === other.bytes.join();
    if (one instanceof PythonComplex && other instanceof PythonComplex) {
      return one.real === other.real && one.imaginary === other.imaginary;
    }
    return false;
  }

  #equalItems(one: readonly PythonValue[], other: readonly PythonValue[]): boolean {
    return (
      one.length === other.length &&
      spend(one.length) &&
      one.every((item, index) => this.equal(item, other[index]!))
    );
  }

  #equalDicts(one: PythonDict, other: PythonDict): boolean {
    if (one.size !== other.size) return false;
    for (const [key, value] of one.entries()) {
      const partner = other.get(key);
      if (partner === undefined || !this.equal(value, partner)) return false;
    }
    return true;
  }
}

/** At least one side is no object: numbers of any type compare by value. */
function equalNumbers(one: PythonValue, other: PythonValue): boolean {
  if (one instanceof PythonComplex) return one.imaginary === 0 && equalNumbers(one.real, other);
  if (other instanceof PythonComplex) return equalNumbers(other, one);
  const first = asNumber(one);
  const second = asNumber(other);
  if (first === undefined || second === undefined) return false;
  if (typeof first === typeof second) return first === second;
  const [float, integer] = typeof first === "number" ? [first, second] : [second, first];
  return Number.isInteger(float) && BigInt(float) === integer;
}

/** The number that a value is: `True` is 1. */
export function asNumber(value: PythonValue): bigint | number | undefined {
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "bigint" || typeof value === "number" ? value : undefined;
}

/** `bool(value)`. */
export function truth(value: PythonValue): boolean {
  if (value === null || value === false || value === "" || value === 0n || value === 0) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof PythonDict || value instanceof PythonSet) return value.size > 0;
  if (value instanceof PythonTuple) return value.items.length > 0;
  if (value instanceof PythonBytes) return value.bytes.length > 0;
  if (value instanceof PythonComplex) return value.real !== 0 || value.imaginary !== 0;
  return true;
}

/** One of the ordering operators. */
export type OrderOperator = "<" | "<=" | ">" | ">=";

/** `one operator other`. @throws PythonError (`TypeError`) where Python has no order */
export function ordered(one: PythonValue, operator: OrderOperator, other: PythonValue): boolean {
  const first = asNumber(one);
  const second = asNumber(other);
  if (first !== undefined && second !== undefined) return orderNumbers(first, operator, second);
  if (typeof one === "string" && typeof other === "string")
    return orderNumbers(compareText(one, other), operator, 0);
  const items = itemsOf(one);
  const others = itemsOf(other);
  if (items !== undefined && others !== undefined && typeName(one) === typeName(other)) {
    requireAllowance(Math.min(items.length, others.length));
    const index = items.findIndex((item, place) => place >= others.length || !equals(item, others[place]!));
    if (index >= 0 && index < others.length) return ordered(items[index]!, operator, others[index]!);
    return orderNumbers(items.length, operator, others.length);
  }
  throw new PythonError(
    "TypeError",
    `'${operator}' not supported between instances of '${typeName(one)}' and '${typeName(other)}'`,
  );
}

function orderNumbers(one: bigint | number, operator: OrderOperator, other: bigint | number): boolean {
  if (operator === "<") return one < other;
  if (operator === "<=") return one <= other;
  return operator === ">" ? one > other : one >= other;
}

function itemsOf(value: PythonValue): readonly PythonValue[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof PythonTuple ? value.items : undefined;
}
