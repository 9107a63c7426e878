/**
 * Holds the calls of an answer against the tools of its row.
 *
 * A call that breaks what its tool says at the level of names, top-level types and enumerations teaches something wrong
 * and sets its row aside. Disagreements inside nested values, where schemas of public data are often incomplete, are
 * only findings.
 */
import type { Argument, Literal, Tool, ToolCall } from "../../spec/index.js";
import { findByName, firstRepeated } from "../find-by-name.js";
import { checkValue } from "../value-check.js";
import type { Problem } from "./problem.js";
import { unknownTool } from "./unknown-tool.js";

/** What is wrong with a call, and whether its row can still be used. */
export interface CallProblem extends Problem {
  readonly fatal: boolean;
}

/**
 * Everything in which `calls` disagree with `tools`, in the order of the text. Rules: `unknown-tool`, `cut-name`,
 * `unknown-argument`, `repeated-argument`, `missing-argument`, `argument-type`, `argument-enum`; findings only:
 * `unknown-property`, `missing-property`, the two `argument-…` rules below the top level, and `call-reference`.
 *
 * @param isReference Tells values that stand for the result of another call: their type is not known.
 */
export function checkCalls(
  calls: readonly ToolCall[],
  tools: readonly Tool[],
  path: string,
  isReference: (value: Literal) => boolean = () => false,
): readonly CallProblem[] {
  return calls.flatMap((call) => {
    const tool = findByName(tools, call.name);
    if (tool !== undefined) return checkCall(call, tool, path, isReference);
    const names = tools.map(({ name }) => name);
    return [{ ...unknownTool(call.name, names, path), fatal: true }];
  });
}

function checkCall(
  call: ToolCall,
  tool: Tool,
  path: string,
  isReference: (value: Literal) => boolean,
): readonly CallProblem[] {
  const given = call.arguments.map((argument) => argument.name);
  const names = new Set(given);
  const repeated = names.size < given.length ? firstRepeated(given) : undefined;
  const missing = tool.parameters.filter(({ name, required }) => required === true && !names.has(name));
  return [
    ...call.arguments.flatMap((argument) =>
      isReference(argument.value) ? [reference(argument, tool, path)] : checkArgument(argument, tool, path),
    ),
    ...(repeated === undefined
      ? []
      : [fatal(path, "repeated-argument", `${tool.name}: ${repeated} is given more than once; keep one.`)]),
    ...missing.map(({ name }) =>
      fatal(path, "missing-argument", `${tool.name}: ${name} is required and absent; add it.`),
    ),
  ];
}

function checkArgument(argument: Argument, tool: Tool, path: string): readonly CallProblem[] {
  const parameter = findByName(tool.parameters, argument.name);
  if (parameter === undefined) {
    return [
      fatal(
        path,
        "unknown-argument",
        `${tool.name} has no parameter ${JSON.stringify(argument.name)}; rename or remove it.`,
      ),
    ];
  }
  return checkValue(argument.value, parameter.schema, parameter.name).map((violation) => ({
    field: path,
    rule: violation.rule,
    message: `${tool.name}: ${violation.message}`,
    fatal: violation.path === parameter.name && isRuleOfArguments(violation.rule),
  }));
}

function reference({ name }: Argument, tool: Tool, path: string): CallProblem {
  const message = `${tool.name}: ${name} stands for the result of another call; it is trained as that text.`;
  return { field: path, rule: "call-reference", message, fatal: false };
}

function isRuleOfArguments(rule: string): boolean {
  return rule === "argument-type" || rule === "argument-enum";
}

function fatal(field: string, rule: string, message: string): CallProblem {
  return { field, rule, message, fatal: true };
}
