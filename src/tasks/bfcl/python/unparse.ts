/** The source of an expression in normal spelling, as `ast.unparse` of CPython 3.11 prints it. */

import { repr } from "./repr.js";
import { syntaxError } from "./scanner.js";
import type {
  BinaryOperator,
  ComprehensionClause,
  Expression,
  FormattedPart,
  LambdaParameter,
} from "./syntax.js";
import { PythonComplex } from "./value.js";

/** Levels of precedence, from the loosest. */
const LEVEL = {
  assignment: 1,
  tuple: 2,
  yield: 3,
  test: 4,
  or: 5,
  and: 6,
  not: 7,
  compare: 8,
  bitOr: 9,
  bitXor: 10,
  bitAnd: 11,
  shift: 12,
  arithmetic: 13,
  term: 14,
  factor: 15,
  power: 16,
  await: 17,
  atom: 18,
} as const;

const BINARY_LEVEL: Readonly<Record<BinaryOperator, number>> = {
  "+": LEVEL.arithmetic,
  "-": LEVEL.arithmetic,
  "*": LEVEL.term,
  "@": LEVEL.term,
  "/": LEVEL.term,
  "//": LEVEL.term,
  "%": LEVEL.term,
  "**": LEVEL.power,
  "<<": LEVEL.shift,
  ">>": LEVEL.shift,
  "&": LEVEL.bitAnd,
  "|": LEVEL.bitOr,
  "^": LEVEL.bitXor,
};

/** The text of an expression. @throws PythonError where CPython cannot print it either */
export function unparse(expression: Expression): string {
  return print(expression, LEVEL.test);
}

/** @param level Weaker operators need brackets. */
function print(expression: Expression, level: number): string {
  switch (expression.kind) {
    case "constant":
      return constantText(expression);
    case "formatted":
      return formattedText(expression.parts);
    case "name":
      return expression.name;
    case "attribute":
      return `${objectText(expression.object)}.${expression.name}`;
    case "call":
      return callText(expression);
    case "subscript":
      return `${print(expression.object, LEVEL.atom)}[${indexText(expression.index)}]`;
    case "slice":
      return sliceText(expression.bounds);
    case "list":
      return `[${itemsText(expression.items)}]`;
    case "set":
      return `{${itemsText(expression.items)}}`;
    case "tuple":
      return bracket(tupleText(expression.items), expression.items.length === 0 || level > LEVEL.tuple);
    case "dict":
      return `{${expression.entries.map(({ key, value }) => (key === undefined ? `**${print(value, LEVEL.bitOr)}` : `${print(key, LEVEL.test)}: ${print(value, LEVEL.test)}`)).join(", ")}}`;
    case "starred":
      return `*${print(expression.value, LEVEL.bitOr)}`;
    default:
      return operationText(expression, level);
  }
}

type Operation = Exclude<
  Expression,
  {
    kind:
      | "constant"
      | "formatted"
      | "name"
      | "attribute"
      | "call"
      | "subscript"
      | "slice"
      | "list"
      | "set"
      | "tuple"
      | "dict"
      | "starred";
  }
>;

function operationText(expression: Operation, level: number): string {
  switch (expression.kind) {
    case "unary": {
      const own = expression.operator === "not" ? LEVEL.not : LEVEL.factor;
      const space = expression.operator === "not" ? " " : "";
      return bracket(`${expression.operator}${space}${print(expression.operand, own)}`, level > own);
    }
    case "binary": {
      const own = BINARY_LEVEL[expression.operator];
      const [left, right] = expression.operator === "**" ? [own + 1, own] : [own, own + 1];
      const text = `${print(expression.left, left)} ${expression.operator} ${print(expression.right, right)}`;
      return bracket(text, level > own);
    }
    case "boolean": {
      const own = LEVEL[expression.operator];
      // CPython raises the level with every operand.
      const operands = expression.operands.map((operand, index) =>
        print(operand, Math.min(own + 1 + index, LEVEL.atom)),
      );
      return bracket(operands.join(` ${expression.operator} `), level > own);
    }
    case "compare": {
      const own = LEVEL.compare + 1;
      const rest = expression.rest.map(({ operator, operand }) => ` ${operator} ${print(operand, own)}`);
      return bracket(print(expression.first, own) + rest.join(""), level > LEVEL.compare);
    }
    default:
      return rareText(expression, level);
  }
}

function rareText(
  expression: Exclude<Operation, { kind: "unary" | "binary" | "boolean" | "compare" }>,
  level: number,
): string {
  switch (expression.kind) {
    case "conditional": {
      const body = print(expression.body, LEVEL.or);
      const text = `${body} if ${print(expression.test, LEVEL.or)} else ${print(expression.otherwise, LEVEL.test)}`;
      return bracket(text, level > LEVEL.test);
    }
    case "lambda": {
      const parameters = expression.parameters.map(parameterText).join(", ");
      const text = `lambda${parameters === "" ? "" : ` ${parameters}`}: ${print(expression.body, LEVEL.test)}`;
      return bracket(text, level > LEVEL.test);
    }
    case "assignment":
      return bracket(
        `${expression.name} := ${print(expression.value, LEVEL.atom)}`,
        level > LEVEL.assignment,
      );
    case "await":
    case "yield":
    case "yield from": {
      const own = expression.kind === "await" ? LEVEL.await : LEVEL.yield;
      const value = expression.value === undefined ? "" : ` ${print(expression.value, LEVEL.atom)}`;
      return bracket(`${expression.kind}${value}`, level > own);
    }
    case "comprehension": {
      const value = expression.value === undefined ? "" : `: ${print(expression.value, LEVEL.test)}`;
      const text = `${print(expression.element, LEVEL.test)}${value}${expression.clauses.map(clauseText).join("")}`;
      if (expression.form === "list") return `[${text}]`;
      return expression.form === "generator" ? `(${text})` : `{${text}}`;
    }
  }
}

function bracket(text: string, needed: boolean): string {
  return needed ? `(${text})` : text;
}

function constantText({ value, unicode }: Extract<Expression, { kind: "constant" }>): string {
  if (typeof value === "object" && value !== null && "type" in value) return "...";
  const text = `${unicode ? "u" : ""}${repr(value)}`;
  const isFloat = typeof value === "number" || value instanceof PythonComplex;
  return isFloat ? text.replaceAll("inf", "1e309").replaceAll("nan", "(1e309-1e309)") : text;
}

/** An integer needs a space before the point of an attribute. */
function objectText(object: Expression): string {
  const isInteger =
    object.kind === "constant" && (typeof object.value === "bigint" || typeof object.value === "boolean");
  return `${print(object, LEVEL.atom)}${isInteger ? " " : ""}`;
}

function callText({
  function: called,
  arguments: args,
  keywords,
}: Extract<Expression, { kind: "call" }>): string {
  const parts = args.map((argument) => print(argument, LEVEL.test));
  for (const { name, value } of keywords) {
    parts.push(`${name === undefined ? "**" : `${name}=`}${print(value, LEVEL.test)}`);
  }
  return `${print(called, LEVEL.atom)}(${parts.join(", ")})`;
}

function indexText(index: Expression): string {
  return index.kind === "tuple" && index.items.length > 0 ? tupleText(index.items) : print(index, LEVEL.test);
}

function sliceText([lower, upper, step]: Extract<Expression, { kind: "slice" }>["bounds"]): string {
  const text = (bound: Expression | undefined) => (bound === undefined ? "" : print(bound, LEVEL.test));
  return `${text(lower)}:${text(upper)}${step === undefined ? "" : `:${text(step)}`}`;
}

function itemsText(items: readonly Expression[]): string {
  return items.map((item) => print(item, LEVEL.test)).join(", ");
}

function tupleText(items: readonly Expression[]): string {
  return items.length === 1 ? `${print(items[0]!, LEVEL.test)},` : itemsText(items);
}

function parameterText({ prefix, name, default: fallback }: LambdaParameter): string {
  return `${prefix}${name}${fallback === undefined ? "" : `=${print(fallback, LEVEL.test)}`}`;
}

function clauseText({ isAsync, target, source, conditions }: ComprehensionClause): string {
  const tests = conditions.map((condition) => ` if ${print(condition, LEVEL.or)}`).join("");
  return ` ${isAsync ? "async " : ""}for ${print(target, LEVEL.tuple)} in ${print(source, LEVEL.or)}${tests}`;
}

/** An f-string in the first quotation marks that none of its parts holds. */
function formattedText(parts: readonly FormattedPart[]): string {
  const texts = parts.map(partText);
  const body = texts.join("");
  const mark = ["'", '"', '"""', "'''"].find((candidate) => !body.includes(candidate));
  if (mark === undefined) throw syntaxError("Unable to find quotation marks for an f-string");
  return `f${mark}${body}${mark}`;
}

function partText(part: FormattedPart): string {
  if (typeof part === "string") {
    const text = part.replaceAll("{", "{{").replaceAll("}", "}}").replaceAll("\\", "\\\\");
    return text.replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r");
  }
  const value = print(part.value, LEVEL.or);
  if (value.includes("\\")) throw syntaxError("Unable to avoid backslash in f-string expression part");
  const format = part.format === undefined ? "" : `:${part.format.map(partText).join("")}`;
  const conversion = part.conversion === undefined ? "" : `!${part.conversion}`;
  return `{${value.startsWith("{") ? " " : ""}${value}${conversion}${format}}`;
}
