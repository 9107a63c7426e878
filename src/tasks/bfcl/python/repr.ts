/** `repr` and `str` of values. */
import { PythonError } from "./error.js";
import { floatText, integerText } from "./number-text.js";
import {
  MissingKeyError,
  PythonBytes,
  PythonComplex,
  PythonDict,
  type PythonObject,
  PythonSet,
  PythonTuple,
  type PythonValue,
} from "./value.js";

/** Longest text that is made of a value, in UTF-16 units: a value that shares parts can stand for far more. */
const LONGEST = 4_000_000;

/** `repr(value)`. @throws PythonError (`MemoryError`) for a text above four million characters */
export function repr(value: PythonValue): string {
  return new ReprWriter().write(value);
}

/** `str(value)`. @throws PythonError as `repr` */
export function str(value: PythonValue): string {
  return typeof value === "string" ? value : repr(value);
}

/** The message of an exception, `str(error)`. */
export function errorText(error: PythonError): string {
  return error instanceof MissingKeyError ? repr(error.key) : error.message;
}

class ReprWriter {
  #size = 0;
  readonly #open: object[] = [];

  write(value: PythonValue): string {
    const text = this.#textOf(value);
    this.#size += text.length;
    if (this.#size > LONGEST * 4 || text.length > LONGEST) throw new PythonError("MemoryError", "");
    return text;
  }

  #textOf(value: PythonValue): string {
    if (value === null) return "None";
    switch (typeof value) {
      case "boolean":
        return value ? "True" : "False";
      case "bigint":
        return integerText(value);
      case "number":
        return floatText(value);
      case "string":
        return quote(value);
    }
    return this.#container(value);
  }

  #container(value: Exclude<PythonValue, null | boolean | bigint | number | string>): string {
    if (this.#open.includes(value)) return Array.isArray(value) ? "[...]" : "{...}";
    if (this.#open.length > 900) throw new PythonError("RecursionError", "maximum recursion depth exceeded");
    this.#open.push(value);
    const text = this.#compound(value);
    this.#open.pop();
    return text;
  }

  #compound(
    value:
      | readonly PythonValue[]
      | PythonTuple
      | PythonDict
      | PythonSet
      | PythonBytes
      | PythonComplex
      | PythonObject,
  ): string {
    if (value instanceof PythonDict) return `{${this.#entries(value)}}`;
    if (value instanceof PythonTuple) return this.#tuple(value);
    if (value instanceof PythonSet)
      return value.size === 0 ? "set()" : `{${this.#items([...value.items()])}}`;
    if (value instanceof PythonBytes) return bytesText(value);
    if (value instanceof PythonComplex) return complexText(value);
    if ("repr" in value) return value.repr;
    return `[${this.#items(value)}]`;
  }

  #items(items: readonly PythonValue[]): string {
    return items.map((item) => this.write(item)).join(", ");
  }

  #tuple({ items }: PythonTuple): string {
    return items.length === 1 ? `(${this.write(items[0]!)},)` : `(${this.#items(items)})`;
  }

  #entries(dict: PythonDict): string {
    const parts: string[] = [];
    for (const [key, value] of dict.entries()) parts.push(`${this.write(key)}: ${this.write(value)}`);
    return parts.join(", ");
  }
}

const plain = /^[ !#-&(-[\]-~]*$/;
const special = /[^ -~]|["'\\]/gu;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

/** A text in quotation marks, single ones where it does not hold them alone. */
function quote(text: string): string {
  if (plain.test(text)) return `'${text}'`;
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  return `${mark}${text.replace(special, (character) => escapeCharacter(character, mark))}${mark}`;
}

function escapeCharacter(character: string, mark: string): string {
  if (character === mark || character === "\\") return `\\${character}`;
  if (character === "'" || character === '"') return character;
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  if (printable.test(character)) return character;
  const code = character.codePointAt(0)!;
  if (code < 0x100) return `\\x${hexadecimal(code, 2)}`;
  return code < 0x10000 ? `\\u${hexadecimal(code, 4)}` : `\\U${hexadecimal(code, 8)}`;
}

function hexadecimal(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}

function bytesText({ bytes }: PythonBytes): string {
  const mark = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  const parts = bytes.map((code) => {
    const character = String.fromCharCode(code);
    if (code >= 0x20 && code < 0x7f && character !== mark && character !== "\\") return character;
    return code < 0x7f && code >= 0x20 ? `\\${character}` : controlByte(code);
  });
  return `b${mark}${parts.join("")}${mark}`;
}

function controlByte(code: number): string {
  if (code === 9) return "\\t";
  if (code === 10) return "\\n";
  return code === 13 ? "\\r" : `\\x${hexadecimal(code, 2)}`;
}

function complexText({ real, imaginary }: PythonComplex): string {
  const part = partText(imaginary);
  if (real === 0 && !Object.is(real, -0)) return `${part}j`;
  return `(${partText(real)}${/^[-n]/.test(part) && part.startsWith("-") ? "" : "+"}${part}j)`;
}

/** A part of a complex number is written without `.0`. */
function partText(value: number): string {
  return floatText(value).replace(/\.0$/, "");
}
