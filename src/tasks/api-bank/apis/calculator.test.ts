import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PythonError } from "../python/error.js";
import { calculate } from "./calculator.js";

function outcome(formula: string): number | string {
  try {
    return calculate(formula);
  } catch (error) {
    if (error instanceof PythonError) return error.message;
    throw error;
  }
}

const endless = "the official calculator never ends with an operator before the first number";

/** The official procedure on one list that is replaced part by part, with Python's slices; `endless` after many steps. */
function reference(formula: string): number | string {
  const text = formula.replaceAll(" ", "");
  const count = (part: string) => text.split(part).length - 1;
  const operators = count("+") + count("-") + count("*") + count("/");
  const known = text !== "" && /^[-0-9+*/()]*$/.test(text);
  if (!known || count("(") !== count(")") || operators === 0 || operators + 1 === text.length)
    return "invalid formula";
  try {
    const value = reduceList(
      [...text.matchAll(/\d+|\D/g)].map(([part]) => (/\d/.test(part) ? Number(part) : part)),
    );
    return typeof value === "number" ? value : "list index out of range";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
}

type Part = number | string;

function reduceList(list: Part[], steps = { left: 20 }): Part {
  while (list.includes("(")) {
    const left = list.indexOf("(");
    const right = list.indexOf(")");
    if (right < 0) throw new Error("')' is not in list");
    const value = reduceList(list.slice(left + 1, Math.max(right, left + 1)), steps);
    list.splice(left, Math.max(0, right + 1 - left), value);
  }
  for (const kind of ["*/", "+-"]) {
    for (let at = indexOf(list, kind); at >= 0; at = indexOf(list, kind)) {
      if (steps.left-- === 0) throw new Error(endless);
      const before = list.at(at - 1)!;
      const after = list[at + 1];
      if (after === undefined) throw new Error("list index out of range");
      const start = at === 0 ? list.length - 1 : at - 1;
      list.splice(start, Math.max(0, at + 2 - start), step(String(list[at]), before, after));
    }
  }
  const [first] = list;
  if (first === undefined) throw new Error("list index out of range");
  return first;
}

function indexOf(list: readonly Part[], kind: string): number {
  return list.findIndex((part) => typeof part === "string" && part.length === 1 && kind.includes(part));
}

function step(operator: string, left: Part, right: Part): Part {
  if (typeof left === "string" || typeof right === "string") {
    const name = (part: Part) => (typeof part === "string" ? "str" : "float");
    if (operator === "*") {
      throw new Error(
        `can't multiply sequence by non-int of type '${name(typeof left === "string" ? right : left)}'`,
      );
    }
    if (operator === "+" && typeof left === "string") {
      if (typeof right === "string") return left + right;
      throw new Error('can only concatenate str (not "float") to str');
    }
    throw new Error(`unsupported operand type(s) for ${operator}: '${name(left)}' and '${name(right)}'`);
  }
  if (operator === "/" && right === 0) throw new Error("float division by zero");
  return { "+": left + right, "-": left - right, "*": left * right, "/": left / right }[operator]!;
}

describe("calculate", () => {
  it.each<[string, number | string]>([
    ["(23+7)*3-42/6", 83],
    ["8 - 2 - 1", 5],
    ["2*3/4", 1.5],
    ["1+2*3", 7],
    ["(5)(3+1)", 5],
    ["1.5+1", "invalid formula"],
    ["5", "invalid formula"],
    ["5*", "invalid formula"],
    ["2**3", "can't multiply sequence by non-int of type 'float'"],
    ["5+-3", "unsupported operand type(s) for +: 'float' and 'str'"],
    ["((1+2)*3)", "')' is not in list"],
    ["()+1", "list index out of range"],
    [")1+2(", "list index out of range"],
    ["10/0", "float division by zero"],
    ["-10", endless],
    ["-5+3", endless],
    ["process.exit(1)", "invalid formula"],
    ["", "invalid formula"],
  ])("%s gives %s", (formula, expected) => expect(outcome(formula)).toBe(expected));

  it("does what replacing parts of one list does, for any formula", () => {
    const part = fc.constantFrom("1", "20", "3", "0", "+", "-", "*", "/", "(", ")", "(1+2)", "(3*4)", " ");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const formula = parts.join("");
        expect(outcome(formula)).toEqual(reference(formula));
      }),
      { numRuns: 3000 },
    );
  });

  it("takes long and deep formulas", () => {
    expect(calculate(`1${"+1".repeat(200_000)}`)).toBe(200_001);
    expect(calculate(`${"(1+1)*".repeat(1000)}1`)).toBe(2 ** 1000);
    expect(outcome(`${"(".repeat(100_000)}1+1${")".repeat(100_000)}`)).toBe("')' is not in list");
  });
});
