/** Python's `json`: reading that keeps integers and floats apart, writing with Python's separators and escapes. */
import { DataError } from "../../../spec/index.js";
import { PythonError } from "./error.js";
import { floatText, integerText } from "./number-text.js";
import { PythonDict, type PythonValue, typeName } from "./value.js";

/** Deepest nesting that is read. */
const DEEPEST = 200;
/** Longest text that is written, in UTF-16 units. */
const LONGEST = 4_000_000;

/** `json.loads(text)`. @throws DataError where the text is no JSON, or nested more than 200 deep */
export function readJson(text: string): PythonValue {
  return new JsonReader(text).read();
}

const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const specials: readonly (readonly [string, PythonValue])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];

class JsonReader {
  readonly #text: string;
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): PythonValue {
    const value = this.#value();
    this.#skip();
    if (this.#position < this.#text.length) throw this.#wrong();
    return value;
  }

  #wrong(): DataError {
    const message = `The text is no JSON at character ${this.#position}. Restore the file.`;
    return new DataError(message, { position: this.#position });
  }

  #skip(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#position);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#position++;
    }
  }

  #take(character: string): boolean {
    this.#skip();
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  #value(): PythonValue {
    if (++this.#depth > DEEPEST) throw this.#wrong();
    this.#skip();
    const value = this.#any(this.#text[this.#position]);
    this.#depth--;
    return value;
  }

  #any(character: string | undefined): PythonValue {
    if (character === '"') return this.#string();
    if (character === "{") return this.#object();
    if (character === "[") return this.#list();
    const special = specials.find(([word]) => this.#text.startsWith(word, this.#position));
    if (special !== undefined) {
      this.#position += special[0].length;
      return special[1];
    }
    return this.#number();
  }

  #number(): PythonValue {
    number.lastIndex = this.#position;
    const match = number.exec(this.#text);
    if (match === null) throw this.#wrong();
    this.#position += match[0].length;
    return match[1] === undefined && match[2] === undefined ? BigInt(match[0]) : Number(match[0]);
  }

  #string(): string {
    const start = this.#position;
    let end = this.#text.indexOf('"', start + 1);
    while (end > 0 && this.#escaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end < 0) throw this.#wrong();
    this.#position = end + 1;
    const body = this.#text.slice(start + 1, end);
    if (!body.includes("\\")) return body;
    try {
      const decoded: string = JSON.parse(`"${body.replace(/[\n\r\t]/g, " ")}"`);
      return decoded;
    } catch {
      throw this.#wrong();
    }
  }

  #escaped(quote: number): boolean {
    let first = quote;
    while (this.#text[first - 1] === "\\") first--;
    return (quote - first) % 2 === 1;
  }

  #list(): PythonValue {
    this.#position++;
    const items: PythonValue[] = [];
    if (this.#take("]")) return items;
    do items.push(this.#value());
    while (this.#take(","));
    if (!this.#take("]")) throw this.#wrong();
    return items;
  }

  #object(): PythonValue {
    this.#position++;
    const dict = new PythonDict();
    if (this.#take("}")) return dict;
    do {
      this.#skip();
      if (this.#text[this.#position] !== '"') throw this.#wrong();
      const key = this.#string();
      if (!this.#take(":")) throw this.#wrong();
      dict.set(key, this.#value());
    } while (this.#take(","));
    if (!this.#take("}")) throw this.#wrong();
    return dict;
  }
}

/** `json.dumps(value)`. @throws PythonError (`TypeError`, `ValueError`) for a value that has no JSON, or a circle */
export function writeJson(value: PythonValue): string {
  return new JsonWriter().write(value);
}

/** Texts of values that never change, e.g. long tables: written once. */
const constants = new WeakMap<object, string>();

/** Declares that nobody changes the value, so its JSON text is made once. Returns the value. */
export function markConstant<T extends PythonValue & object>(value: T): T {
  constants.set(value, new JsonWriter().write(value));
  return value;
}

class JsonWriter {
  readonly #open = new Set<object>();
  #size = 0;

  write(value: PythonValue): string {
    const text = this.#textOf(value);
    this.#size += text.length;
    if (this.#size > LONGEST * 4) throw new PythonError("MemoryError", "");
    return text;
  }

  #textOf(value: PythonValue): string {
    if (value === null) return "null";
    switch (typeof value) {
      case "string":
        return jsonString(value);
      case "boolean":
        return value ? "true" : "false";
      case "bigint":
        return integerText(value);
      case "number":
        return jsonFloat(value);
    }
    return constants.get(value) ?? this.#container(value);
  }

  #container(value: object & PythonValue): string {
    if (this.#open.has(value)) throw new PythonError("ValueError", "Circular reference detected");
    if (this.#open.size > 900) throw new PythonError("RecursionError", "maximum recursion depth exceeded");
    this.#open.add(value);
    const text = this.#compound(value);
    this.#open.delete(value);
    return text;
  }

  #compound(value: object & PythonValue): string {
    if (Array.isArray(value)) return `[${value.map((item) => this.write(item)).join(", ")}]`;
    if (value instanceof PythonDict) {
      const parts: string[] = [];
      for (const [key, item] of value.entries())
        parts.push(`${jsonString(keyText(key))}: ${this.write(item)}`);
      return `{${parts.join(", ")}}`;
    }
    if ("items" in value && Array.isArray(value.items)) {
      return `[${value.items.map((item: PythonValue) => this.write(item)).join(", ")}]`;
    }
    throw new PythonError("TypeError", `Object of type ${typeName(value)} is not JSON serializable`);
  }
}

function keyText(key: PythonValue): string {
  if (typeof key === "string") return key;
  if (typeof key === "number") return jsonFloat(key);
  if (typeof key === "bigint") return integerText(key);
  if (key === null) return "null";
  if (typeof key === "boolean") return key ? "true" : "false";
  throw new PythonError("TypeError", `keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function jsonFloat(value: number): string {
  if (Number.isFinite(value)) return floatText(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

const plain = /^[ !#-[\]-~]*$/;

function jsonString(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
