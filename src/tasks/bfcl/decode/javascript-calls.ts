/**
 * Calls in JavaScript. The first call that is a statement of its own counts; only `name=value` arguments, bare identifiers
 * and `true` are taken, and every value is its source.
 */
import { PythonError } from "../python/error.js";
import { PythonDict } from "../python/value.js";
import { type DecodedCall, giveOnce } from "./call.js";
import { childrenOf, hasErrorNode, type SyntaxNode, type SyntaxParser } from "./syntax-node.js";

/** The call of a bracketed text, or `"no-calls"`. @throws PythonError where it does not parse, or has an argument twice */
export function javascriptCalls(text: string, parse: SyntaxParser): DecodedCall[] | "no-calls" {
  const source = text.slice(1, -1);
  const root = parse(source);
  if (hasErrorNode(root)) throw new PythonError("SyntaxError", "Error js parsing the source code.");
  const textOf = ({ startIndex, endIndex }: SyntaxNode) => source.slice(startIndex, endIndex);
  const call = root.type === "program" ? findCall(root) : undefined;
  if (call === undefined) return "no-calls";
  const [called, list] = childrenOf(call);
  return [
    { name: textOf(called!), arguments: list === undefined ? new PythonDict() : argumentsOf(list, textOf) },
  ];
}

function findCall(program: SyntaxNode): SyntaxNode | undefined {
  return childrenOf(program)
    .filter(({ type }) => type === "expression_statement")
    .flatMap(childrenOf)
    .find(({ type }) => type === "call_expression");
}

function argumentsOf(list: SyntaxNode, textOf: (node: SyntaxNode) => string): PythonDict {
  const args = new PythonDict();
  for (const child of childrenOf(list)) {
    if (child.type === "assignment_expression") {
      const [name, , value] = childrenOf(child);
      giveOnce(args, textOf(name!), withoutQuotes(textOf(value!)));
    } else if (child.type === "identifier" || child.type === "true") giveOnce(args, null, textOf(child));
  }
  return args;
}

/** Takes off the quotation marks of a text that begins and ends with the same kind. */
export function withoutQuotes(text: string): string {
  const [first] = text;
  const quoted = (first === '"' || first === "'") && text.endsWith(first);
  return quoted ? text.slice(1, -1) : text;
}
