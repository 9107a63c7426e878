/**
 * The official calculator, as it behaves: the four operators, brackets that may stand beside each other but not in each
 * other, no decimals, no sign before a number. A formula is taken apart into numbers and characters and reduced step by
 * step; nothing is evaluated by JavaScript.
 *
 * The official program replaces parts of one list until no operator is left, each time at the place before the first
 * operator. Where that operator comes first, the place before it is the last of the list (index −1), the operator stays
 * and the program never ends; that is an exception of its own here.
 */
import type { ApiDefinition } from "../api.js";
import { all, asText, outcome, same } from "../check.js";
import { PythonError, raise } from "../python/error.js";

const compact = (formula: string) => formula.replaceAll(" ", "");

export const calculatorApi: ApiDefinition = {
  name: "Calculator",
  required: ["formula"],
  run: (input) => calculate(input.text("formula")),
  check: all(same("formula", asText(compact)), outcome),
};

/** A number, or a character of the formula. */
type Token = number | string;

/**
 * The value of a formula in one pass over its characters for each kind of operator.
 *
 * @throws PythonError for a formula that the official program refuses, fails on, or never ends with
 */
export function calculate(formula: string): number {
  const text = compact(formula);
  if (!isValid(text)) raise("invalid formula");
  const value = reduce(removeBrackets(tokensOf(text)))[0];
  return typeof value === "number" ? value : raiseIndex();
}

/** Known characters, as many brackets of either kind, an operator, and not just operators but for one character. */
function isValid(text: string): boolean {
  if (!/^[0-9+\-*/()]+$/.test(text)) return false;
  const count = (character: string) => text.split(character).length - 1;
  if (count("(") !== count(")")) return false;
  const operators = count("+") + count("-") + count("*") + count("/");
  return operators > 0 && operators + 1 !== text.length;
}

function tokensOf(text: string): readonly Token[] {
  return (text.match(/[0-9]+|[^0-9]/g) ?? []).map((part) => (/[0-9]/.test(part) ? Number(part) : part));
}

/** Each "(" goes with the first ")" of what is left; one before it, or another "(" between, is an error there. */
function removeBrackets(tokens: readonly Token[]): readonly Token[] {
  const left: Token[] = [];
  let position = 0;
  while (position < tokens.length) {
    const token = tokens[position]!;
    if (token !== "(") {
      if (token === ")") raiseIndex();
      left.push(token);
      position += 1;
      continue;
    }
    const close = tokens.indexOf(")", position);
    const inside = tokens.slice(position + 1, close);
    if (inside.includes("(")) throw new PythonError("ValueError", "')' is not in list");
    left.push(reduce(inside)[0] ?? raiseIndex());
    position = close + 1;
  }
  return left;
}

function raiseIndex(): never {
  throw new PythonError("IndexError", "list index out of range");
}

/** Products and quotients from left to right, then sums and differences. */
function reduce(tokens: readonly Token[]): readonly Token[] {
  return reduceOperators(reduceOperators(tokens, "*/"), "+-");
}

function reduceOperators(tokens: readonly Token[], operators: string): readonly Token[] {
  const done: Token[] = [];
  for (let position = 0; position < tokens.length; position += 1) {
    const token = tokens[position]!;
    if (typeof token === "number" || !operators.includes(token)) {
      done.push(token);
      continue;
    }
    const right = tokens[position + 1] ?? raiseIndex();
    const before = done.pop();
    if (before === undefined) return refuseToEnd(token, tokens.at(-1)!, right);
    done.push(apply(token, before, right));
    position += 1;
  }
  return done;
}

/** The first step may still fail; after it the official program goes round for ever. */
function refuseToEnd(operator: string, last: Token, right: Token): never {
  apply(operator, last, right);
  return raise("the official calculator never ends with an operator before the first number");
}

function apply(operator: string, left: Token, right: Token): Token {
  if (typeof left === "number" && typeof right === "number") return compute(operator, left, right);
  const [one, other] = [left, right].map((token) => (typeof token === "number" ? "float" : "str"));
  if (operator === "*") {
    const factor = one === "str" ? other : one;
    throw new PythonError("TypeError", `can't multiply sequence by non-int of type '${factor}'`);
  }
  if (operator === "+" && one === "str") {
    if (other === "str") return `${left}${right}`;
    throw new PythonError("TypeError", 'can only concatenate str (not "float") to str');
  }
  throw new PythonError("TypeError", `unsupported operand type(s) for ${operator}: '${one}' and '${other}'`);
}

function compute(operator: string, left: number, right: number): number {
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  if (operator === "*") return left * right;
  if (right !== 0) return left / right;
  throw new PythonError("ZeroDivisionError", "float division by zero");
}
