/**
 * Verdicts without the official evaluator's plain mistakes, where they can be put right without changing the benchmark.
 * `docs/bfcl.md` lists the quirks; those that are put right here: offsets of bytes applied to characters in Java, and
 * positional arguments, which the official decoder drops silently.
 */
import type { JsonValue } from "../../spec/index.js";
import type { BfclBench } from "./bench.js";
import { formOf, judgingOf, languageOf } from "./category.js";
import { checkCalls } from "./check/calls-check.js";
import type { Fault } from "./check/fault.js";
import { bracketed } from "./decode/call.js";
import { attempt } from "./decode/decode.js";
import { javaCalls } from "./decode/java-calls.js";
import type { BfclItem } from "./item.js";
import { PythonError } from "./python/error.js";
import { parseExpression } from "./python/parse.js";
import type { Expression } from "./python/syntax.js";
import { strip, stripCharacters } from "./python/text.js";

/** What is wrong without the quirks; for everything else the official fault. */
export function judgeStrictly(
  bench: BfclBench,
  item: BfclItem,
  result: JsonValue,
  official: Fault | undefined,
): Fault | undefined {
  if (typeof result !== "string" || judgingOf(item.category) !== "calls") return official;
  if (languageOf(item.category) === "java") return judgeJava(bench, item, result);
  if (official !== undefined || languageOf(item.category) !== "python") return official;
  return hasPositional(result) ? { type: "simple_function_checker:positional_argument" } : undefined;
}

function judgeJava(bench: BfclBench, item: BfclItem, output: string): Fault | undefined {
  const decoded = attempt(() => javaCalls(bracketed(output), bench.parsers.java, false));
  if (!decoded.ok) return { type: "ast_decoder:decoder_failed" };
  if (decoded.calls === "no-calls") return { type: "ast_decoder:decoder_wrong_output_format" };
  const { docs, answers, category } = item;
  return checkCalls(decoded.calls, { docs, answers, language: "java", form: formOf(category) });
}

/** Whether a call of the output has an argument without a name: an official verdict has not looked at it. */
function hasPositional(output: string): boolean {
  try {
    const body = parseExpression(stripCharacters(strip(bracketed(output)), "'"));
    return callsOf(body).some((call) => call.kind === "call" && call.arguments.length > 0);
  } catch (error) {
    if (error instanceof PythonError) return false;
    throw error;
  }
}

function callsOf(body: Expression): readonly Expression[] {
  return body.kind === "list" || body.kind === "tuple" || body.kind === "set" ? body.items : [body];
}
