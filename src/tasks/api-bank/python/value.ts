/**
 * Values as the official program holds them. Its language tells integers from floats, keeps the order of dictionaries and
 * has dictionaries with text and integer keys side by side, and its verdicts depend on all three, so JSON's values do not
 * do: integers are `bigint`, floats `number`, dictionaries `Map`.
 */

/** A dictionary; `"10"` and `10n` are different keys, as there. */
export type PythonDictionary = Map<string | bigint, PythonValue>;

/** Any value that the APIs read, store or return. Databases change in place, as there. */
export type PythonValue = null | boolean | bigint | number | string | PythonValue[] | PythonDictionary;

/** True where Python's `==` would say so: deep, order counts in lists only, `1 == 1.0 == True`. */
export function pythonEqual(one: PythonValue, other: PythonValue): boolean {
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) && one.length === other.length && one.every((v, i) => pythonEqual(v, other[i]!))
    );
  }
  if (one instanceof Map) return other instanceof Map && dictionariesEqual(one, other);
  const [number, otherNumber] = [numberOf(one), numberOf(other)];
  if (number !== undefined && otherNumber !== undefined) return numbersEqual(number, otherNumber);
  return number === undefined && otherNumber === undefined && one === other;
}

/** A copy that shares nothing with the value. */
export function copyValue(value: PythonValue): PythonValue {
  if (Array.isArray(value)) return value.map(copyValue);
  return value instanceof Map ? copyDictionary(value) : value;
}

/** `copyValue` of a dictionary. */
export function copyDictionary(dictionary: PythonDictionary): PythonDictionary {
  return new Map([...dictionary].map(([key, value]) => [key, copyValue(value)]));
}

/** A dictionary of text keys, in the order given. */
export function dictionaryOf(entries: Readonly<Record<string, PythonValue>>): PythonDictionary {
  return new Map(Object.entries(entries));
}

/** What Python calls the type of a value, as its error texts say it. */
export function typeName(value: PythonValue): string {
  if (value === null) return "NoneType";
  if (Array.isArray(value)) return "list";
  if (value instanceof Map) return "dict";
  const names: Readonly<Record<string, string>> = { boolean: "bool", bigint: "int", number: "float" };
  return names[typeof value] ?? "str";
}

function dictionariesEqual(one: PythonDictionary, other: PythonDictionary): boolean {
  if (one.size !== other.size) return false;
  return [...one].every(([key, value]) => {
    const counterpart = other.get(key);
    return counterpart !== undefined && pythonEqual(value, counterpart);
  });
}

function numberOf(value: PythonValue): bigint | number | undefined {
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "bigint" || typeof value === "number" ? value : undefined;
}

function numbersEqual(one: bigint | number, other: bigint | number): boolean {
  if (typeof one === typeof other) return one === other;
  const [whole, float] = typeof one === "bigint" ? [one, Number(other)] : [BigInt(other), one];
  return Number.isInteger(float) && BigInt(float) === whole;
}
