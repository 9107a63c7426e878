/**
 * Python's values, as far as the benchmark meets them. `None`, `bool`, `int`, `float`, `str` and `list` are JavaScript's
 * own null, boolean, bigint, number, string and array, so an integer and a float are never confused; the rest has a class.
 */
import { PythonError } from "./error.js";

/** Any Python value. */
export type PythonValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | PythonList
  | PythonTuple
  | PythonDict
  | PythonSet
  | PythonBytes
  | PythonComplex
  | PythonObject;

/** A `list`: mutable and shared by reference, as in Python. */
export interface PythonList extends Array<PythonValue> {}

/** A `tuple`. */
export class PythonTuple {
  readonly items: readonly PythonValue[];
  constructor(items: readonly PythonValue[]) {
    this.items = items;
  }
}

/** A `bytes` literal. */
export class PythonBytes {
  readonly bytes: readonly number[];
  constructor(bytes: readonly number[]) {
    this.bytes = bytes;
  }
}

/** A `complex` number. */
export class PythonComplex {
  readonly real: number;
  readonly imaginary: number;
  constructor(real: number, imaginary: number) {
    this.real = real;
    this.imaginary = imaginary;
  }
}

/** Something of which only its type and its `repr` are ever seen: `Ellipsis`, a `Decimal`, an `mpf`. */
export class PythonObject {
  readonly type: string;
  readonly repr: string;
  constructor(type: string, repr: string) {
    this.type = type;
    this.repr = repr;
  }
}

/** The value of `...`. */
export const ELLIPSIS = new PythonObject("ellipsis", "Ellipsis");

/** A `KeyError`; its message, the key's `repr`, is made where it is shown. */
export class MissingKeyError extends PythonError {
  readonly key: PythonValue;
  constructor(key: PythonValue) {
    super("KeyError", "");
    this.key = key;
  }
}

interface Entry {
  readonly key: PythonValue;
  value: PythonValue;
}

/** A `dict`: keeps the order of insertion; `1`, `1.0` and `True` are one key. */
export class PythonDict {
  readonly #entries = new Map<HashKey, Entry>();

  /** A dict with these entries; of equal keys the last value counts. */
  static of(entries: Iterable<readonly [PythonValue, PythonValue]>): PythonDict {
    const dict = new PythonDict();
    for (const [key, value] of entries) dict.set(key, value);
    return dict;
  }

  /** A dict with the names of an object as keys. */
  static from(record: Readonly<Record<string, PythonValue>>): PythonDict {
    return PythonDict.of(Object.entries(record));
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @throws PythonError for a key that cannot be hashed, as for `has`, `set`, `delete` */
  get(key: PythonValue): PythonValue | undefined {
    return this.#entries.get(hashKey(key))?.value;
  }

  has(key: PythonValue): boolean {
    return this.#entries.has(hashKey(key));
  }

  /** Keeps the key that is there already, as Python does. */
  set(key: PythonValue, value: PythonValue): void {
    const hash = hashKey(key);
    const entry = this.#entries.get(hash);
    if (entry === undefined) this.#entries.set(hash, { key, value });
    else entry.value = value;
  }

  delete(key: PythonValue): boolean {
    return this.#entries.delete(hashKey(key));
  }

  /** The value of a key. @throws PythonError (`KeyError`) where it is missing */
  item(key: PythonValue): PythonValue {
    const entry = this.#entries.get(hashKey(key));
    if (entry === undefined) throw new MissingKeyError(key);
    return entry.value;
  }

  *keys(): Generator<PythonValue> {
    for (const { key } of this.#entries.values()) yield key;
  }

  *values(): Generator<PythonValue> {
    for (const { value } of this.#entries.values()) yield value;
  }

  *entries(): Generator<readonly [PythonValue, PythonValue]> {
    for (const { key, value } of this.#entries.values()) yield [key, value];
  }

  /** A dict with the same keys and the same values, shared. */
  copy(): PythonDict {
    return PythonDict.of(this.entries());
  }
}

/** A `set`, in order of insertion (Python's own order is not defined). */
export class PythonSet {
  readonly #items = new PythonDict();

  constructor(items: Iterable<PythonValue> = []) {
    for (const item of items) this.add(item);
  }

  get size(): number {
    return this.#items.size;
  }

  has(item: PythonValue): boolean {
    return this.#items.has(item);
  }

  add(item: PythonValue): void {
    this.#items.set(item, null);
  }

  items(): Generator<PythonValue> {
    return this.#items.keys();
  }
}

/** `type(value).__name__`. */
export function typeName(value: PythonValue): string {
  if (value === null) return "NoneType";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "float";
    case "string":
      return "str";
  }
  if (Array.isArray(value)) return "list";
  if (value instanceof PythonDict) return "dict";
  if (value instanceof PythonTuple) return "tuple";
  if (value instanceof PythonSet) return "set";
  if (value instanceof PythonBytes) return "bytes";
  if (value instanceof PythonComplex) return "complex";
  return value.type;
}

/** A value that is deeply equal and shares no list, dict or set with the given one. */
export function deepCopy(value: PythonValue): PythonValue {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(deepCopy);
  if (value instanceof PythonDict) {
    const copy = new PythonDict();
    for (const [key, item] of value.entries()) copy.set(key, deepCopy(item));
    return copy;
  }
  if (value instanceof PythonTuple) return new PythonTuple(value.items.map(deepCopy));
  if (value instanceof PythonSet) return new PythonSet(value.items());
  return value;
}

/** What a JavaScript map tells apart just as Python's hash and `==` do. */
type HashKey = string | bigint | number | null | PythonObject;

function hashKey(value: PythonValue): HashKey {
  if (typeof value === "string") return value.charCodeAt(0) === 0 ? `\0str:${value}` : value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value === "bigint") return value;
  if (value instanceof PythonTuple) return `\0tuple:${value.items.map(hashText).join(",")}`;
  if (value instanceof PythonBytes) return `\0bytes:${value.bytes.join(",")}`;
  if (value instanceof PythonComplex) return hashComplex(value);
  if (value instanceof PythonObject) return value;
  throw new PythonError("TypeError", `unhashable type: '${typeName(value)}'`);
}

function hashComplex({ real, imaginary }: PythonComplex): HashKey {
  return imaginary === 0 ? hashKey(real) : `\0complex:${real},${imaginary}`;
}

/** A text of its own for every hash key, so that tuples can be joined from it. */
function hashText(value: PythonValue): string {
  const key = hashKey(value);
  if (typeof key === "string") return JSON.stringify(key);
  if (key instanceof PythonObject) return `object:${key.repr}`;
  return `${typeof key}:${key}`;
}
