/** Characters to words: what lies between the tokens of an expression, names, numbers and operators. */
import { PythonError } from "./error.js";
import { hasLoneSurrogate } from "./text.js";
import type { PythonValue } from "./value.js";
import { PythonComplex } from "./value.js";

/** Brackets nested deeper than this are refused (CPython's limit). */
const DEEPEST = 200;

const RESERVED = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from " +
    "global if import in is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

/** The error of a text that is no expression. */
export function syntaxError(message = "invalid syntax"): PythonError {
  return new PythonError("SyntaxError", `${message} (<string>, line 1)`);
}

/** A place in the source of an expression. */
export class Scanner {
  readonly text: string;
  position = 0;
  /** Open brackets: line ends are white space inside of them only. */
  #depth = 0;

  /** @throws PythonError for what CPython's tokenizer refuses unread */
  constructor(text: string) {
    if (text.includes("\0")) throw syntaxError("source code string cannot contain null bytes");
    if (hasLoneSurrogate(text)) throw new PythonError("ValueError", "surrogates not allowed");
    this.text = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
    // Empty lines and comments may stand before an expression.
    for (this.skip(); this.code === 10; this.skip()) this.position++;
  }

  get code(): number {
    return this.text.charCodeAt(this.position);
  }

  /** Moves over white space, comments and joined lines. */
  skip(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code === 32 || code === 9 || code === 12 || (code === 10 && this.#depth > 0)) this.position++;
      else if (code === 35) this.#skipComment();
      else if (code === 92) this.#skipJoint();
      else return;
    }
  }

  #skipComment(): void {
    const end = this.text.indexOf("\n", this.position);
    this.position = end < 0 ? this.text.length : end;
  }

  #skipJoint(): void {
    if (this.text.charCodeAt(this.position + 1) !== 10) {
      throw syntaxError("unexpected character after line continuation character");
    }
    this.position += 2;
    if (this.position >= this.text.length) throw syntaxError("unexpected EOF while parsing");
  }

  /** Moves over the operator, if it stands here. Callers ask for longer operators first. */
  take(operator: string): boolean {
    if (!this.text.startsWith(operator, this.position)) return false;
    this.position += operator.length;
    this.skip();
    return true;
  }

  /** True where the operator stands here. */
  at(operator: string): boolean {
    return this.text.startsWith(operator, this.position);
  }

  /** @throws PythonError where it does not */
  expect(operator: string): void {
    if (!this.take(operator)) throw syntaxError();
  }

  /** Moves over an opening bracket. */
  open(): void {
    this.#depth++;
    if (this.#depth >= DEEPEST) throw syntaxError("too many nested parentheses");
    this.position++;
    this.skip();
  }

  /** Moves over the closing bracket if it stands here. */
  close(bracket: string): boolean {
    if (this.text[this.position] !== bracket) return false;
    this.#depth--;
    this.position++;
    this.skip();
    return true;
  }

  /** Moves over a keyword such as `not`. */
  takeWord(word: string): boolean {
    if (!this.atWord(word)) return false;
    this.position += word.length;
    this.skip();
    return true;
  }

  atWord(word: string): boolean {
    if (!this.text.startsWith(word, this.position)) return false;
    return !isNamePart(this.text.codePointAt(this.position + word.length));
  }

  /** The identifier that begins here, keywords too, in normal form; `undefined` where none does. Does not move. */
  peekName(): { readonly name: string; readonly end: number } | undefined {
    const end = this.#nameEnd();
    if (end === this.position) return undefined;
    const name = this.text.slice(this.position, end);
    return { name: isAscii(name) ? name : name.normalize("NFKC"), end };
  }

  /** Moves over an identifier that is no keyword. */
  takeName(): string | undefined {
    const found = this.peekName();
    if (found === undefined || RESERVED.has(found.name)) return undefined;
    this.position = found.end;
    this.skip();
    return found.name;
  }

  #nameEnd(): number {
    const { text } = this;
    let end = this.position;
    let code = text.charCodeAt(end);
    if (code < 128) {
      if (!isAsciiNameStart(code)) return end;
      do code = text.charCodeAt(++end);
      while (code < 128 && isAsciiNamePart(code));
      if (!(code >= 128)) return end;
    }
    name.lastIndex = this.position;
    return this.position + (name.exec(text)?.[0].length ?? 0);
  }

  /** A number that begins here, or `undefined`. @throws PythonError for one that is malformed */
  takeNumber(): PythonValue | undefined {
    const code = this.code;
    const begins = isDigit(code) || (code === 46 && isDigit(this.text.charCodeAt(this.position + 1)));
    if (!begins) return undefined;
    const value = this.#integerFast() ?? this.#number();
    this.skip();
    return value;
  }

  /** Short decimal integers that nothing else follows, which most numbers are. */
  #integerFast(): bigint | undefined {
    const { text, position } = this;
    let end = position;
    let value = 0;
    while (isDigit(text.charCodeAt(end)) && end - position < 9)
      value = value * 10 + text.charCodeAt(end++) - 48;
    const next = text.charCodeAt(end);
    if (next !== 44 && next !== 41 && next !== 93) return undefined;
    if (text.charCodeAt(position) === 48 && end - position > 1) return undefined;
    this.position = end;
    return BigInt(value);
  }

  #number(): PythonValue {
    number.lastIndex = this.position;
    const match = number.exec(this.text);
    if (match === null) throw syntaxError("invalid number");
    const source = match[0];
    this.position += source.length;
    this.#requireNumberEnd();
    return numberValue(source.replaceAll("_", ""));
  }

  /** After a number neither a name nor a digit may follow, but some keywords may. */
  #requireNumberEnd(): void {
    if (!isNamePart(this.text.codePointAt(this.position))) return;
    if (
      /^(?:and|else|for|if|in|is|not|or)(?![\p{XID_Continue}])/u.test(
        this.text.slice(this.position, this.position + 5),
      )
    )
      return;
    throw syntaxError("invalid decimal literal");
  }
}

const name = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const digits = "[0-9](?:_?[0-9])*";
const number = new RegExp(
  [
    "0[xX](?:_?[0-9a-fA-F])+",
    "0[oO](?:_?[0-7])+",
    "0[bB](?:_?[01])+",
    `(?:(?:${digits})?\\.${digits}|${digits}\\.?)(?:[eE][+-]?${digits})?[jJ]?`,
  ].join("|"),
  "y",
);

function numberValue(source: string): PythonValue {
  if (/^0[xXoObB]/.test(source)) return BigInt(source.toLowerCase());
  if (/[jJ]$/.test(source)) return new PythonComplex(0, Number(source.slice(0, -1)));
  if (/[.eE]/.test(source)) return Number(source);
  if (/^0+[1-9]/.test(source)) {
    throw syntaxError("leading zeros in decimal integer literals are not permitted");
  }
  if (source.length > 4300)
    throw syntaxError("Exceeds the limit (4300 digits) for integer string conversion");
  return BigInt(source);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isAsciiNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isAsciiNamePart(code: number): boolean {
  return isAsciiNameStart(code) || isDigit(code);
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}

function isNamePart(code: number | undefined): boolean {
  if (code === undefined) return false;
  if (code < 128) return isAsciiNamePart(code);
  return /^\p{XID_Continue}/u.test(String.fromCodePoint(code));
}
