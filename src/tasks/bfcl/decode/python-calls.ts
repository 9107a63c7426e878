/**
 * Calls in Python, decoded with the official decoder's quirks: positional arguments vanish, a bare name is a text, any
 * unary operator negates, operators are evaluated, a call without keywords is its own source.
 */
import { unary } from "../python/arithmetic.js";
import { asNumber } from "../python/equality.js";
import { PythonError } from "../python/error.js";
import { BUILTINS_ONLY, evaluate } from "../python/evaluate.js";
import { parseExpression } from "../python/parse.js";
import type { CallExpression, Expression } from "../python/syntax.js";
import { strip, stripCharacters } from "../python/text.js";
import { unparse } from "../python/unparse.js";
import { ELLIPSIS, PythonComplex, PythonDict, PythonTuple, type PythonValue } from "../python/value.js";
import type { DecodedCall } from "./call.js";

/** The calls of a bracketed text. @throws PythonError where the text is no list, tuple or set of calls, nor a call */
export function pythonCalls(text: string): DecodedCall[] {
  return callsOf(readCalls(text));
}

/** A bracketed text as the expression that it is. @throws PythonError */
export function readCalls(text: string): Expression {
  return parseExpression(stripCharacters(strip(text), "'"));
}

/** The calls of an expression. @throws PythonError as `pythonCalls` */
export function callsOf(body: Expression): DecodedCall[] {
  if (body.kind === "call") return [callOf(body)];
  if (body.kind !== "list" && body.kind !== "tuple" && body.kind !== "set") {
    throw new PythonError("AttributeError", `a ${body.kind} has no elements`);
  }
  return body.items.map((item) => {
    if (item.kind === "call") return callOf(item);
    throw new PythonError("TypeError", `a ${item.kind} stands where a call should`);
  });
}

function callOf({ function: called, keywords }: CallExpression): DecodedCall {
  const args = new PythonDict();
  for (const { name, value } of keywords) args.set(name ?? null, argumentOf(value));
  return { name: nameOf(called), arguments: args };
}

/** The names of an attribute chain; what is neither attribute nor name at its end is left out. */
function nameOf(called: Expression): string {
  const parts: string[] = [];
  let part = called;
  for (; part.kind === "attribute"; part = part.object) parts.push(part.name);
  if (part.kind === "name") parts.push(part.name);
  return parts.length === 1 ? parts[0]! : parts.reverse().join(".");
}

function argumentOf(expression: Expression): PythonValue {
  switch (expression.kind) {
    case "constant":
      return expression.value === ELLIPSIS ? "..." : expression.value;
    case "name":
      return expression.name;
    case "list":
      return expression.items.map(argumentOf);
    case "tuple":
      return new PythonTuple(expression.items.map(argumentOf));
    case "dict":
      return dictOf(expression);
    case "unary":
      return negated(expression.operand);
    case "binary":
      return evaluate(expression, BUILTINS_ONLY);
    case "call":
      return callValue(expression);
    case "subscript":
      return `${unparse(expression.object)}[${unparse(expression.index)}]`;
    default:
      throw new PythonError("Exception", `Unsupported AST type: ${expression.kind}`);
  }
}

function dictOf({ entries }: Extract<Expression, { kind: "dict" }>): PythonDict {
  const dict = new PythonDict();
  for (const { key, value } of entries) {
    if (key === undefined) throw new PythonError("Exception", "Unsupported AST type: NoneType");
    dict.set(argumentOf(key), argumentOf(value));
  }
  return dict;
}

/** `+5` is −5 and `not True` is −1: whatever the operator, the constant is negated. */
function negated(operand: Expression): PythonValue {
  if (operand.kind !== "constant") throw new PythonError("AttributeError", "only constants can be negated");
  const { value } = operand;
  if (asNumber(value) === undefined && !(value instanceof PythonComplex)) {
    throw new PythonError("TypeError", "bad operand type for unary -");
  }
  return unary("-", value);
}

function callValue(expression: CallExpression): PythonValue {
  if (expression.keywords.length === 0) return unparse(expression);
  const { name, arguments: args } = callOf(expression);
  return PythonDict.of([[name, args]]);
}
