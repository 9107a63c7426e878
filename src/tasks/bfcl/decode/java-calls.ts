/**
 * Calls in Java. The first method invocation of the text counts; only `name=value` arguments, bare identifiers and class
 * literals are taken, and every value is a text. Offsets are bytes applied to characters, as in the official decoder.
 */
import { PythonError } from "../python/error.js";
import { PythonDict } from "../python/value.js";
import { type DecodedCall, giveOnce } from "./call.js";
import { childrenOf, hasErrorNode, type SyntaxNode, type SyntaxParser } from "./syntax-node.js";

/** Deeper trees make Python's recursion fail. */
const DEEPEST = 900;

/**
 * The call of a bracketed text, or `"no-calls"` where it holds none.
 *
 * @param strict Takes the text of a node where it really stands, short texts too, and the bodies of anonymous classes; the
 * official decoder does not.
 * @throws PythonError where the text does not parse, or has an argument twice
 */
export function javaCalls(text: string, parse: SyntaxParser, strict = false): DecodedCall[] | "no-calls" {
  const source = text.slice(1, -1);
  const root = parse(source);
  if (hasErrorNode(root) || (!strict && isTooShortToMend(source, root)))
    throw new PythonError("SyntaxError", "Error parsing java the source code.");
  const found = findInvocation(root, 0);
  return found === undefined ? "no-calls" : [new JavaReader(sliceOf(source, !strict), strict).call(found)];
}

/** The bytes of a source up to which the pinned parser finds an error node cheaper than a missing semicolon. */
const SHORTEST_MENDED = 10;

/**
 * A call has no semicolon, so the parser adds one, or makes everything an error. It weighs skipped bytes; ours counts two
 * a character, and would mend even the shortest sources, which the official parser gives up.
 */
function isTooShortToMend(source: string, { hasError }: SyntaxNode): boolean {
  return hasError && Buffer.byteLength(source.trim()) <= SHORTEST_MENDED;
}

/** Cuts a node's text out of the source. */
type Slice = (node: SyntaxNode) => string;

function sliceOf(source: string, byteOffsets: boolean): Slice {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII
  if (!byteOffsets || /^[\x00-\x7f]*$/.test(source))
    return ({ startIndex, endIndex }) => source.slice(startIndex, endIndex);
  const characters = [...source];
  const bytes = byteOffsetsOf(source);
  return ({ startIndex, endIndex }) => characters.slice(bytes[startIndex], bytes[endIndex]).join("");
}

/** The UTF-8 offset of each UTF-16 unit, and of the end. */
function byteOffsetsOf(source: string): number[] {
  const offsets = [0];
  let bytes = 0;
  for (const character of source) {
    if (character.length === 2) offsets.push(bytes);
    bytes += Buffer.byteLength(character);
    offsets.push(bytes);
  }
  return offsets;
}

function findInvocation(node: SyntaxNode, depth: number): SyntaxNode | undefined {
  if (depth > DEEPEST) throw new PythonError("RecursionError", "maximum recursion depth exceeded");
  if (node.type === "method_invocation") return node;
  for (const child of childrenOf(node)) {
    const found = findInvocation(child, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

const verbatim = new Set(["identifier", "class_literal", "type_identifier", "method_invocation"]);

class JavaReader {
  readonly #text: Slice;
  readonly #keepsBodies: boolean;

  constructor(text: Slice, keepsBodies: boolean) {
    this.#text = text;
    this.#keepsBodies = keepsBodies;
  }

  call(invocation: SyntaxNode): DecodedCall {
    const method = this.#text(required(invocation.childForFieldName("name")));
    const object = invocation.childForFieldName("object");
    const name = object === null ? method : `${this.#text(object)}.${method}`;
    const list = invocation.childForFieldName("arguments");
    return { name, arguments: list === null ? new PythonDict() : this.#arguments(list) };
  }

  #arguments(list: SyntaxNode): PythonDict {
    const args = new PythonDict();
    for (const child of childrenOf(list)) {
      if (child.type === "assignment_expression") {
        const [name, , value] = childrenOf(child);
        giveOnce(args, this.#text(required(name)), this.#value(required(value), false, 0));
      } else if (child.type === "identifier" || child.type === "class_literal") {
        giveOnce(args, null, this.#text(child));
      }
    }
    return args;
  }

  /** @param nested Whether the node is part of a value: literals then keep their quotation marks. */
  #value(node: SyntaxNode, nested: boolean, depth: number): string {
    if (depth > DEEPEST) throw new PythonError("RecursionError", "maximum recursion depth exceeded");
    if (node.type === "string_literal" || node.type === "character_literal") {
      return nested ? this.#text(node) : cutEnds(this.#text(node));
    }
    if (verbatim.has(node.type) || node.childCount === 0) return this.#text(node);
    const inner = (child: SyntaxNode | null) => this.#value(required(child), true, depth + 1);
    if (node.type === "array_creation_expression") {
      return `new ${inner(node.childForFieldName("type"))}[]${inner(node.childForFieldName("value"))}`;
    }
    if (node.type === "object_creation_expression") return this.#creation(node, inner);
    return childrenOf(node).map(inner).join("");
  }

  #creation(node: SyntaxNode, inner: (child: SyntaxNode | null) => string): string {
    if (this.#keepsBodies && childrenOf(node).some(({ type }) => type === "class_body"))
      return this.#text(node);
    const type = inner(node.childForFieldName("type"));
    const list = node.childForFieldName("arguments");
    const items =
      list === null ? [] : childrenOf(list).filter((child) => ![",", "(", ")"].includes(child.type));
    return `new ${type}(${items.map(inner).join(", ")})`;
  }
}

/** The text without its first and last character. */
function cutEnds(text: string): string {
  return [...text].slice(1, -1).join("");
}

function required(node: SyntaxNode | null | undefined): SyntaxNode {
  if (node === null || node === undefined)
    throw new PythonError("AttributeError", "'NoneType' object has no attribute 'type'");
  return node;
}
