/** Python's string, bytes and f-string literals. */
import { characterNamed } from "./character-names.js";
import { type Scanner, syntaxError } from "./scanner.js";
import type { Expression, FormattedPart } from "./syntax.js";
import { PythonBytes } from "./value.js";

const prefix = /(?:[rR][bBfF]?|[bB][rR]?|[fF][rR]?|[uU])?(?="|')/y;

/** Reads the expression of a replacement field from its own text. */
export type ReadExpression = (text: string) => Expression;

interface Piece {
  readonly flags: string;
  readonly body: string;
}

/** Adjacent literals that begin here as one constant, or `undefined` where none does. @throws PythonError */
export function readStrings(scanner: Scanner, read: ReadExpression): Expression | undefined {
  if (!atString(scanner)) return undefined;
  const first = takeFast(scanner);
  const pieces = first === undefined ? [] : [first];
  while (atString(scanner)) pieces.push(takePiece(scanner));
  if (pieces.length === 1 && pieces[0]!.flags === "" && !pieces[0]!.body.includes("\\")) {
    return { kind: "constant", value: pieces[0]!.body };
  }
  return combine(pieces, read);
}

/** A quotation mark, or a letter that may be a prefix before one. */
function atString(scanner: Scanner): boolean {
  const { code } = scanner;
  if (code === 34 || code === 39) return true;
  if (!/[rRbBfFuU]/.test(scanner.text[scanner.position] ?? "")) return false;
  prefix.lastIndex = scanner.position;
  return (prefix.exec(scanner.text)?.[0].length ?? 0) > 0;
}

/** A short string without prefix, escape or line end. */
function takeFast(scanner: Scanner): Piece | undefined {
  const { text, position, code } = scanner;
  if (code !== 34 && code !== 39) return undefined;
  const end = text.indexOf(text[position]!, position + 1);
  if (end < 0 || (end === position + 1 && text[end + 1] === text[position])) return undefined;
  const body = text.slice(position + 1, end);
  if (body.includes("\\") || body.includes("\n")) return undefined;
  scanner.position = end + 1;
  scanner.skip();
  return { flags: "", body };
}

function takePiece(scanner: Scanner): Piece {
  const { text } = scanner;
  prefix.lastIndex = scanner.position;
  const flags = prefix.exec(text)?.[0].toLowerCase() ?? "";
  const start = scanner.position + flags.length;
  const mark = text.startsWith(text[start]!.repeat(3), start) ? text[start]!.repeat(3) : text[start]!;
  const end = closingMark(text, start + mark.length, mark);
  scanner.position = end + mark.length;
  scanner.skip();
  return { flags, body: text.slice(start + mark.length, end) };
}

function closingMark(text: string, start: number, mark: string): number {
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (character === "\\") index++;
    else if (character === "\n" && mark.length === 1) break;
    else if (character === mark[0] && text.startsWith(mark, index)) return index;
  }
  throw syntaxError("unterminated string literal");
}

function combine(pieces: readonly Piece[], read: ReadExpression): Expression {
  const binary = pieces.filter(({ flags }) => flags.includes("b")).length;
  if (binary > 0 && binary < pieces.length) throw syntaxError("cannot mix bytes and nonbytes literals");
  if (binary > 0) return { kind: "constant", value: new PythonBytes(pieces.flatMap(bytesOf)) };
  if (pieces.some(({ flags }) => flags.includes("f"))) {
    return { kind: "formatted", parts: joinText(pieces.flatMap((piece) => partsOf(piece, read))) };
  }
  const value = pieces.map(textOf).join("");
  return pieces[0]!.flags === "u" ? { kind: "constant", value, unicode: true } : { kind: "constant", value };
}

function textOf({ flags, body }: Piece): string {
  return flags.includes("r") ? body : decodeEscapes(body);
}

const escapeSequence = /\\(?:\n|[0-7]{1,3}|x[\s\S]{0,2}|u[\s\S]{0,4}|U[\s\S]{0,8}|N(?:\{[^}]*\}?)?|[\s\S])/g;
const simple: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function decodeEscapes(body: string): string {
  return body.includes("\\") ? body.replace(escapeSequence, decodeEscape) : body;
}

function decodeEscape(source: string): string {
  const mark = source[1]!;
  if (Object.hasOwn(simple, mark)) return simple[mark]!;
  if (/[0-7]/.test(mark)) return String.fromCharCode(Number.parseInt(source.slice(1), 8));
  if (mark === "x") return codePoint(source, 2);
  if (mark === "u") return codePoint(source, 4);
  if (mark === "U") return codePoint(source, 8);
  if (mark === "N") return namedCharacter(source);
  return source;
}

function namedCharacter(source: string): string {
  const character =
    source.startsWith("\\N{") && source.endsWith("}") ? characterNamed(source.slice(3, -1)) : undefined;
  if (character === undefined) throw syntaxError("(unicode error) unknown Unicode character name");
  return character;
}

function codePoint(source: string, length: number): string {
  const digits = source.slice(2);
  const code = Number.parseInt(digits, 16);
  if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits) || code > 0x10ffff) {
    throw syntaxError("(unicode error) truncated or illegal escape");
  }
  return String.fromCodePoint(code);
}

function bytesOf({ flags, body }: Piece): number[] {
  for (const character of body) {
    if (character > "\x7f") throw syntaxError("bytes can only contain ASCII literal characters");
  }
  if (flags.includes("r")) return [...body].map((character) => character.charCodeAt(0));
  const text = body.replace(/\\(?:\n|[0-7]{1,3}|x[\s\S]{0,2}|[\s\S])/g, (source) =>
    /[uUN]/.test(source[1]!) ? source : decodeEscape(source),
  );
  return [...text].map((character) => character.charCodeAt(0) & 0xff);
}

/** Literal text and replacement fields of an f-string. */
function partsOf(piece: Piece, read: ReadExpression): FormattedPart[] {
  if (!piece.flags.includes("f")) return [textOf(piece)];
  const reader = new FieldReader(piece, read);
  const parts = reader.parts(false);
  if (reader.position < piece.body.length) throw syntaxError("f-string: single '}' is not allowed");
  return parts;
}

function joinText(parts: readonly FormattedPart[]): FormattedPart[] {
  const joined: FormattedPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string") joined[joined.length - 1] = last + part;
    else if (part !== "") joined.push(part);
  }
  return joined;
}

/** Reads the body of an f-string as CPython 3.11 does: fields hold no backslash, no comment and no mark of the string. */
class FieldReader {
  readonly #piece: Piece;
  readonly #read: ReadExpression;
  position = 0;
  #depth = 0;

  constructor(piece: Piece, read: ReadExpression) {
    this.#piece = piece;
    this.#read = read;
  }

  /** @param nested Whether these are the parts of a format, which end at `}`. */
  parts(nested: boolean): FormattedPart[] {
    const { body } = this.#piece;
    const parts: FormattedPart[] = [];
    let start = this.position;
    const flush = () => {
      if (start < this.position)
        parts.push(textOf({ ...this.#piece, body: body.slice(start, this.position) }));
    };
    while (this.position < body.length) {
      const character = body[this.position];
      if (character !== "{" && character !== "}") {
        this.position += this.#step(body);
        continue;
      }
      flush();
      if (character === "}" && nested) return parts;
      if (body[this.position + 1] === character && !nested) {
        parts.push(character);
        this.position += 2;
      } else if (character === "{") parts.push(...this.#field());
      else return parts;
      start = this.position;
    }
    flush();
    return parts;
  }

  /** Characters to move over at once: an escape holds no bracket of ours, `\N{…}` included. */
  #step(body: string): number {
    if (body[this.position] !== "\\" || this.#piece.flags.includes("r")) return 1;
    if (body.startsWith("\\N{", this.position))
      return Math.max(body.indexOf("}", this.position) + 1 - this.position, 1);
    return body[this.position + 1] === "{" || body[this.position + 1] === "}" ? 1 : 2;
  }

  #field(): FormattedPart[] {
    this.#depth++;
    if (this.#depth > 2) throw syntaxError("f-string: expressions nested too deeply");
    this.position++;
    const source = this.#fieldSource();
    const { body } = this.#piece;
    let text = "";
    if (body[this.position] === "=") {
      this.position++;
      const rest = /^\s*/.exec(body.slice(this.position))![0];
      this.position += rest.length;
      text = `${source}=${rest}`;
    }
    const conversion = this.#conversion();
    let format: FormattedPart[] | undefined;
    if (body[this.position] === ":") {
      this.position++;
      format = this.parts(true);
    }
    if (body[this.position] !== "}") throw syntaxError("f-string: expecting '}'");
    this.position++;
    this.#depth--;
    const value = this.#read(source);
    const shown = conversion ?? (text !== "" && format === undefined ? "r" : undefined);
    const field = { value, conversion: shown, format };
    return text === "" ? [field] : [text, field];
  }

  #fieldSource(): string {
    const { body } = this.#piece;
    const start = this.position;
    const open: string[] = [];
    for (; this.position < body.length; this.position++) {
      const character = body[this.position]!;
      if (character === "\\") throw syntaxError("f-string expression part cannot include a backslash");
      if (character === "#") throw syntaxError("f-string expression part cannot include '#'");
      if (character === "'" || character === '"') this.#skipString(character);
      else if ("([{".includes(character)) open.push(character);
      else if (open.length === 0 && this.#endsField(character)) break;
      else if (")]}".includes(character) && open.pop() === undefined)
        throw syntaxError("f-string: unmatched bracket");
    }
    const source = body.slice(start, this.position);
    if (source.trim() === "") throw syntaxError("f-string: empty expression not allowed");
    return source;
  }

  #endsField(character: string): boolean {
    const { body } = this.#piece;
    const next = body[this.position + 1];
    if (character === "}" || character === ":") return true;
    if (character === "!") return next !== "=";
    if (character !== "=") return false;
    const before = body[this.position - 1] ?? "";
    return next !== "=" && !"=!<>".includes(before);
  }

  #skipString(mark: string): void {
    const { body } = this.#piece;
    const long = mark.repeat(3);
    const full = body.startsWith(long, this.position) ? long : mark;
    const end = body.indexOf(full, this.position + full.length);
    if (end < 0) throw syntaxError("f-string: unterminated string");
    if (body.slice(this.position, end).includes("\\")) {
      throw syntaxError("f-string expression part cannot include a backslash");
    }
    this.position = end + full.length - 1;
  }

  #conversion(): string | undefined {
    const { body } = this.#piece;
    if (body[this.position] !== "!") return undefined;
    const letter = body[this.position + 1] ?? "";
    if (!/^[sra]$/.test(letter)) throw syntaxError("f-string: invalid conversion character");
    this.position += 2;
    return letter;
  }
}
