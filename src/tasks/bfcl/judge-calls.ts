/** Verdicts on single-turn outputs. */
import type { JsonValue } from "../../spec/index.js";
import { isJsonList } from "../json-text.js";
import { formOf, judgingOf, languageOf } from "./category.js";
import { checkCalls } from "./check/calls-check.js";
import type { Check } from "./check/fault.js";
import { decodeOutput } from "./decode/decode.js";
import type { SyntaxParsers } from "./decode/syntax-node.js";
import { decodeToolCalls } from "./decode/tool-calls.js";
import type { BfclItem } from "./item.js";

/**
 * What is wrong with an output of a single-turn item; nothing where it is right.
 * @param native Whether texts are answers of native tool calling, which hold no calls.
 */
export function judgeCalls(
  result: JsonValue,
  item: BfclItem,
  parsers: SyntaxParsers,
  native = isJsonList(result),
): Check {
  const judging = judgingOf(item.category);
  const language = judging === "calls" ? languageOf(item.category) : "python";
  const decoded =
    typeof result === "string" && !native
      ? decodeOutput(result, { language, parsers })
      : decodeToolCalls(result);
  if (judging !== "calls") {
    const called = decoded.ok && decoded.calls !== "no-calls" && decoded.calls.length > 0;
    if (judging === "irrelevance") return called ? { type: "irrelevance_error:decoder_success" } : undefined;
    return called ? undefined : { type: "relevance_error:decoder_failed" };
  }
  if (!decoded.ok) return { type: "ast_decoder:decoder_failed" };
  if (decoded.calls === "no-calls") return { type: "ast_decoder:decoder_wrong_output_format" };
  const { docs, answers, category } = item;
  return checkCalls(decoded.calls, { docs, answers, language, form: formOf(category), underscores: native });
}
