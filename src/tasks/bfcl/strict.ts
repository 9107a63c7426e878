/**
 * Verdicts without the official evaluator's plain mistakes. `docs/bfcl.md` lists its quirks, and which are put right here.
 */
import type { JsonValue } from "../../spec/index.js";
import { isJsonList } from "../json-text.js";
import type { BfclBench } from "./bench.js";
import { formOf, judgingOf, languageOf } from "./category.js";
import { checkCalls } from "./check/calls-check.js";
import type { Fault } from "./check/fault.js";
import { bracketed, type DecodedCall } from "./decode/call.js";
import { attempt, decodeOutput } from "./decode/decode.js";
import { javaCalls } from "./decode/java-calls.js";
import { callsOf, readCalls } from "./decode/python-calls.js";
import { decodeToolCalls } from "./decode/tool-calls.js";
import type { BfclItem } from "./item.js";
import { judgeTranscript } from "./judge-transcript.js";
import { startAllowance } from "./python/allowance.js";
import { PythonError } from "./python/error.js";
import { BUILTINS_ONLY, evaluate } from "./python/evaluate.js";
import type { CallExpression, Expression } from "./python/syntax.js";

/** What is judged. */
export interface StrictRequest {
  readonly bench: BfclBench;
  readonly item: BfclItem;
  readonly result: JsonValue;
  readonly native: boolean | undefined;
}

/** What is wrong without the quirks; for everything else the official fault. */
export function judgeStrictly(request: StrictRequest, official: Fault | undefined): Fault | undefined {
  startAllowance();
  const { bench, item, result, native } = request;
  switch (judgingOf(item.category)) {
    case "multi-turn":
      return judgeTranscript(result, item, bench.setting, { native, strict: true });
    case "calls":
      return judgeCallsStrictly(request);
    default:
      return official;
  }
}

function judgeCallsStrictly({ bench, item, result, native }: StrictRequest): Fault | undefined {
  const language = languageOf(item.category);
  const isText = typeof result === "string" && native !== true;
  const decoded = isText ? attempt(() => readStrictly(result, item, bench)) : decodeToolCalls(result);
  if (!decoded.ok) return { type: "ast_decoder:decoder_failed" };
  if (decoded.calls === "no-calls") return { type: "ast_decoder:decoder_wrong_output_format" };
  const { docs, answers, category } = item;
  const underscores = isJsonList(result);
  const form = formOf(category);
  const fault = checkCalls(decoded.calls, { docs, answers, language, form, underscores, strict: true });
  if (fault !== undefined || !isText || language !== "python") return fault;
  return hasPositional(result) ? { type: "simple_function_checker:positional_argument" } : undefined;
}

function readStrictly(
  output: string,
  { category }: BfclItem,
  { parsers }: BfclBench,
): readonly DecodedCall[] | "no-calls" {
  const language = languageOf(category);
  if (language === "python") return callsOf(withSanity(readCalls(bracketed(output))));
  if (language === "java") return javaCalls(bracketed(output), parsers.java, true);
  const decoded = decodeOutput(output, { language, parsers });
  if (decoded.ok) return decoded.calls;
  throw new PythonError("SyntaxError", decoded.message);
}

/** The same expression with unary operators computed as Python does. @throws PythonError for a keyword that is repeated */
function withSanity(expression: Expression): Expression {
  switch (expression.kind) {
    case "unary":
      return { kind: "constant", value: evaluate(expression, BUILTINS_ONLY) };
    case "list":
    case "tuple":
    case "set":
      return { kind: expression.kind, items: expression.items.map(withSanity) };
    case "dict": {
      const entries = expression.entries.map(({ key, value }) => ({
        key: key === undefined ? undefined : withSanity(key),
        value: withSanity(value),
      }));
      return { kind: "dict", entries };
    }
    case "call":
      return saneCall(expression);
    default:
      return expression;
  }
}

function saneCall(call: CallExpression): CallExpression {
  const names = call.keywords.map(({ name }) => name).filter((name) => name !== undefined);
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) throw new PythonError("SyntaxError", `keyword argument repeated: ${repeated}`);
  return { ...call, keywords: call.keywords.map(({ name, value }) => ({ name, value: withSanity(value) })) };
}

/** Whether a call of the output has an argument without a name: nobody has looked at it. */
function hasPositional(output: string): boolean {
  const body = readCalls(bracketed(output));
  const calls = body.kind === "list" || body.kind === "tuple" || body.kind === "set" ? body.items : [body];
  return calls.some((call) => call.kind === "call" && call.arguments.length > 0);
}
