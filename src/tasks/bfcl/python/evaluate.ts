/**
 * Values of expressions: literals, operators, and calls of functions that the caller hands in. No other function exists,
 * so nothing that a model writes can reach anything else. What is rarely written (comprehensions, lambdas, f-strings) is
 * an error.
 */
import { requireAllowance } from "./allowance.js";
import { binary, unary } from "./arithmetic.js";
import { builtin, type CallArguments, iterate, type PythonFunction } from "./builtins.js";
import { equals, includes, ordered, truth } from "./equality.js";
import { PythonError } from "./error.js";
import { method } from "./methods.js";
import type { Bound, CallExpression, CompareOperator, Expression } from "./syntax.js";
import {
  PythonBytes,
  PythonDict,
  PythonObject,
  PythonSet,
  PythonTuple,
  type PythonValue,
  typeName,
} from "./value.js";

/** What names mean. */
export interface Scope {
  /** The method of an object that has a name, or `undefined` where there is no object of that name. */
  method(object: string, name: string): PythonFunction | undefined;
}

/** Nothing but the built-in functions. */
export const BUILTINS_ONLY: Scope = { method: () => undefined };

/** The value of an expression. @throws PythonError as Python would, or where the expression is not simulated */
export function evaluate(expression: Expression, scope: Scope): PythonValue {
  switch (expression.kind) {
    case "constant":
      return expression.value;
    case "call":
      return call(expression, scope);
    case "list":
      return items(expression.items, scope);
    case "tuple":
      return new PythonTuple(items(expression.items, scope));
    case "set":
      return new PythonSet(items(expression.items, scope));
    case "dict":
      return dict(expression.entries, scope);
    case "unary":
      return expression.operator === "not"
        ? !truth(evaluate(expression.operand, scope))
        : unary(expression.operator, evaluate(expression.operand, scope));
    case "binary":
      return binary(evaluate(expression.left, scope), expression.operator, evaluate(expression.right, scope));
    case "name":
      throw undefinedName(expression.name);
    default:
      return rare(expression, scope);
  }
}

function rare(expression: Expression, scope: Scope): PythonValue {
  switch (expression.kind) {
    case "boolean": {
      let value: PythonValue = null;
      for (const operand of expression.operands) {
        value = evaluate(operand, scope);
        if (truth(value) === (expression.operator === "or")) return value;
      }
      return value;
    }
    case "conditional":
      return evaluate(
        truth(evaluate(expression.test, scope)) ? expression.body : expression.otherwise,
        scope,
      );
    case "compare": {
      let left = evaluate(expression.first, scope);
      for (const { operator, operand } of expression.rest) {
        const right = evaluate(operand, scope);
        if (!compare(left, operator, right)) return false;
        left = right;
      }
      return true;
    }
    case "subscript":
      return subscript(evaluate(expression.object, scope), expression.index, scope);
    case "attribute":
      if (expression.object.kind === "name") throw undefinedName(expression.object.name);
      throw noAttribute(evaluate(expression.object, scope), expression.name);
    default:
      throw new PythonError("Exception", `${expression.kind} expressions are not simulated`);
  }
}

function undefinedName(name: string): PythonError {
  return new PythonError("NameError", `name '${name}' is not defined`);
}

function noAttribute(value: PythonValue, name: string): PythonError {
  return new PythonError("AttributeError", `'${typeName(value)}' object has no attribute '${name}'`);
}

function items(expressions: readonly Expression[], scope: Scope): PythonValue[] {
  return expressions.flatMap((item) =>
    item.kind === "starred" ? iterate(evaluate(item.value, scope)) : [evaluate(item, scope)],
  );
}

function dict(entries: Extract<Expression, { kind: "dict" }>["entries"], scope: Scope): PythonDict {
  const result = new PythonDict();
  for (const { key, value } of entries) {
    if (key !== undefined) result.set(evaluate(key, scope), evaluate(value, scope));
    else for (const [name, item] of mapping(evaluate(value, scope))) result.set(name, item);
  }
  return result;
}

function mapping(value: PythonValue): Iterable<readonly [PythonValue, PythonValue]> {
  if (value instanceof PythonDict) return value.entries();
  throw new PythonError("TypeError", `'${typeName(value)}' object is not a mapping`);
}

function call(expression: CallExpression, scope: Scope): PythonValue {
  const called = functionOf(expression.function, scope);
  return called(callArguments(expression, scope));
}

function functionOf(expression: Expression, scope: Scope): PythonFunction {
  if (expression.kind === "name") {
    const found = builtin(expression.name);
    if (found === undefined) throw undefinedName(expression.name);
    return found;
  }
  if (expression.kind === "attribute") {
    const { object, name } = expression;
    const known = object.kind === "name" ? scope.method(object.name, name) : undefined;
    if (known !== undefined) return known;
    if (object.kind === "name") throw undefinedName(object.name);
    const value = evaluate(object, scope);
    const found = method(value, name);
    if (found === undefined) throw noAttribute(value, name);
    return found;
  }
  throw new PythonError("TypeError", `'${typeName(evaluate(expression, scope))}' object is not callable`);
}

function callArguments({ arguments: args, keywords }: CallExpression, scope: Scope): CallArguments {
  const positional = items(args, scope);
  const named = new Map<string, PythonValue>();
  const give = (name: PythonValue, value: PythonValue) => {
    if (typeof name !== "string") throw new PythonError("TypeError", "keywords must be strings");
    if (named.has(name)) throw new PythonError("SyntaxError", `keyword argument repeated: ${name}`);
    named.set(name, value);
  };
  for (const { name, value } of keywords) {
    if (name !== undefined) give(name, evaluate(value, scope));
    else for (const [key, item] of mapping(evaluate(value, scope))) give(key, item);
  }
  return { positional, named };
}

function compare(left: PythonValue, operator: CompareOperator, right: PythonValue): boolean {
  switch (operator) {
    case "==":
      return equals(left, right);
    case "!=":
      return !equals(left, right);
    case "is":
      return left === right;
    case "is not":
      return left !== right;
    case "in":
      return contains(right, left);
    case "not in":
      return !contains(right, left);
    default:
      return ordered(left, operator, right);
  }
}

/** `value in container`. @throws PythonError (`TypeError`) where the container is none */
export function contains(container: PythonValue, value: PythonValue): boolean {
  if (typeof container === "string") {
    if (typeof value === "string") return container.includes(value);
    const message = `'in <string>' requires string as left operand, not ${typeName(value)}`;
    throw new PythonError("TypeError", message);
  }
  if (container instanceof PythonDict || container instanceof PythonSet) return container.has(value);
  if (Array.isArray(container)) return includes(container, value);
  if (container instanceof PythonTuple) return includes(container.items, value);
  throw new PythonError("TypeError", `argument of type '${typeName(container)}' is not iterable`);
}

function subscript(object: PythonValue, index: Expression, scope: Scope): PythonValue {
  if (index.kind === "slice") return slice(object, index.bounds, scope);
  return item(object, evaluate(index, scope));
}

/** `object[index]`. @throws PythonError (`KeyError`, `IndexError`, `TypeError`) */
export function item(object: PythonValue, index: PythonValue): PythonValue {
  if (object instanceof PythonDict) return object.item(index);
  const values = sequence(object);
  if (values === undefined) {
    throw new PythonError("TypeError", `'${typeName(object)}' object is not subscriptable`);
  }
  const kind = typeName(object);
  if (typeof index !== "bigint" && typeof index !== "boolean") {
    const shown = kind === "str" ? "string" : kind;
    const suffix = kind === "str" ? `, not '${typeName(index)}'` : ` or slices, not ${typeName(index)}`;
    throw new PythonError("TypeError", `${shown} indices must be integers${suffix}`);
  }
  const place = Number(index);
  const found = values[place < 0 ? place + values.length : place];
  if (found === undefined)
    throw new PythonError("IndexError", `${kind === "str" ? "string" : kind} index out of range`);
  return found;
}

function sequence(value: PythonValue): readonly PythonValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof PythonTuple) return value.items;
  const copied = typeof value === "string" || value instanceof PythonBytes;
  if (!copied) return undefined;
  requireAllowance(typeof value === "string" ? value.length : value.bytes.length);
  return typeof value === "string" ? [...value] : value.bytes.map(BigInt);
}

function slice(object: PythonValue, bounds: readonly [Bound, Bound, Bound], scope: Scope): PythonValue {
  const values = sequence(object);
  if (values === undefined || object instanceof PythonObject) {
    throw new PythonError("TypeError", `'${typeName(object)}' object is not subscriptable`);
  }
  const [lower, upper, step] = bounds.map((bound) => sliceBound(bound, scope));
  const taken = sliceOf(values, lower, upper, step ?? 1);
  if (typeof object === "string") return taken.join("");
  if (object instanceof PythonTuple) return new PythonTuple(taken);
  return object instanceof PythonBytes ? new PythonBytes(taken.map(Number)) : taken;
}

function sliceBound(bound: Bound, scope: Scope): number | undefined {
  if (bound === undefined) return undefined;
  const value = evaluate(bound, scope);
  if (value === null) return undefined;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  throw new PythonError("TypeError", "slice indices must be integers or None or have an __index__ method");
}

function sliceOf(
  values: readonly PythonValue[],
  lower: number | undefined,
  upper: number | undefined,
  step: number,
): PythonValue[] {
  if (step === 0) throw new PythonError("ValueError", "slice step cannot be zero");
  const size = values.length;
  const clamp = (bound: number) =>
    Math.min(Math.max(bound < 0 ? bound + size : bound, step < 0 ? -1 : 0), step < 0 ? size - 1 : size);
  const start = lower === undefined ? (step < 0 ? size - 1 : 0) : clamp(lower);
  const end = upper === undefined ? (step < 0 ? -1 : size) : clamp(upper);
  requireAllowance(Math.abs(end - start));
  const taken: PythonValue[] = [];
  for (let place = start; step < 0 ? place > end : place < end; place += step) taken.push(values[place]!);
  return taken;
}
