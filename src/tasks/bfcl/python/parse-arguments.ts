/** What stands in brackets after an expression: the arguments of a call, an index or slices. */

import type { ExpressionReader } from "./expression-reader.js";
import { parseClauses } from "./parse-comprehension.js";
import { syntaxError } from "./scanner.js";
import type { CallExpression, Expression } from "./syntax.js";

/** The call of what was read, from its opening bracket on. */
export function parseCall(reader: ExpressionReader, called: Expression): CallExpression {
  const { scanner } = reader;
  scanner.open();
  const args: Expression[] = [];
  const keywords: { name: string | undefined; value: Expression }[] = [];
  const call: CallExpression = { kind: "call", function: called, arguments: args, keywords };
  while (!scanner.close(")")) {
    if (args.length + keywords.length > 0) {
      scanner.expect(",");
      if (scanner.close(")")) break;
    }
    parseArgument(reader, args, keywords);
  }
  return call;
}

function parseArgument(
  reader: ExpressionReader,
  args: Expression[],
  keywords: { name: string | undefined; value: Expression }[],
): void {
  const { scanner } = reader;
  if (scanner.code === 42) {
    parseUnpacking(reader, args, keywords);
    return;
  }
  const name = takeKeywordName(reader);
  if (name !== undefined) {
    keywords.push({ name, value: reader.expression() });
    return;
  }
  const value = reader.named();
  const clauses = parseClauses(reader, value);
  if (clauses === undefined) {
    if (keywords.length > 0) throw syntaxError("positional argument follows keyword argument");
    args.push(value);
    return;
  }
  if (args.length + keywords.length > 0 || scanner.code !== 41) {
    throw syntaxError("Generator expression must be parenthesized");
  }
  args.push({ kind: "comprehension", form: "generator", element: value, value: undefined, clauses });
}

function parseUnpacking(
  reader: ExpressionReader,
  args: Expression[],
  keywords: { name: string | undefined; value: Expression }[],
): void {
  const { scanner } = reader;
  if (scanner.take("**")) {
    keywords.push({ name: undefined, value: reader.expression() });
    return;
  }
  if (keywords.some(({ name }) => name === undefined)) {
    throw syntaxError("iterable argument unpacking follows keyword argument unpacking");
  }
  scanner.take("*");
  args.push({ kind: "starred", value: reader.expression() });
}

/** Moves over `name=`. */
function takeKeywordName(reader: ExpressionReader): string | undefined {
  const { scanner } = reader;
  const start = scanner.position;
  const name = scanner.takeName();
  if (name !== undefined && scanner.code === 61 && !scanner.at("==")) {
    scanner.take("=");
    return name;
  }
  scanner.position = start;
  return undefined;
}

/** The subscript of what was read, from its opening bracket on. */
export function parseSubscript(reader: ExpressionReader, object: Expression): Expression {
  const { scanner } = reader;
  scanner.open();
  const first = parseSlice(reader);
  if (scanner.close("]")) {
    const index: Expression = first.kind === "starred" ? { kind: "tuple", items: [first] } : first;
    return { kind: "subscript", object, index };
  }
  const items = [first];
  while (!scanner.close("]")) {
    scanner.expect(",");
    if (scanner.close("]")) break;
    items.push(parseSlice(reader));
  }
  return { kind: "subscript", object, index: { kind: "tuple", items } };
}

function parseSlice(reader: ExpressionReader): Expression {
  const { scanner } = reader;
  const starred = reader.star();
  if (starred !== undefined) return starred;
  const lower = scanner.code === 58 ? undefined : reader.named();
  if (scanner.code !== 58) {
    if (lower === undefined) throw syntaxError();
    return lower;
  }
  if (lower?.kind === "assignment") throw syntaxError();
  scanner.take(":");
  const upper = parseBound(reader);
  const step = scanner.take(":") ? parseBound(reader) : undefined;
  return { kind: "slice", bounds: [lower, upper, step] };
}

function parseBound(reader: ExpressionReader): Expression | undefined {
  const { code } = reader.scanner;
  return code === 58 || code === 44 || code === 93 ? undefined : reader.expression();
}
