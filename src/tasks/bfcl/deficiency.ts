/** From the official error types to the classes of deficiencies that this project counts. `docs/bfcl.md` has the table. */
import type { Deficiency } from "../../spec/index.js";
import type { BfclCategory } from "./category.js";
import type { Fault } from "./check/fault.js";

const CLASSES: Readonly<Record<string, Deficiency>> = {
  "ast_decoder:decoder_failed": "format",
  "ast_decoder:decoder_wrong_output_format": "format",
  "simple_function_checker:wrong_count": "call-count",
  "multiple_function_checker:wrong_count": "call-count",
  "parallel_function_checker_no_order:wrong_count": "call-count",
  "simple_function_checker:wrong_func_name": "function-name",
  "simple_function_checker:missing_required": "argument-count",
  "simple_function_checker:missing_optional": "argument-count",
  "simple_function_checker:unexpected_param": "argument-name",
  "irrelevance_error:decoder_success": "unexpected-call",
  "relevance_error:decoder_failed": "missing-call",
  "multi_turn:empty_turn_model_response": "missing-call",
  "multi_turn:force_terminated": "call-count",
  "multi_turn:inference_error": "format",
  "multi_turn:instance_state_mismatch": "argument-value",
  "multi_turn:execution_response_mismatch": "argument-value",
  "simple_function_checker:positional_argument": "argument-name",
};

/** The class of a fault: what it says itself, else that of its error type. */
export function deficiencyOf(fault: Fault): Deficiency {
  if (fault.deficiency !== undefined) return fault.deficiency;
  if (fault.cause !== undefined) return deficiencyOf(fault.cause);
  if (fault.type.startsWith("type_error:")) return "argument-type";
  if (/^(?:value_error|dict_checker|list_dict_checker):/.test(fault.type)) return "argument-value";
  return CLASSES[fault.type] ?? "format";
}

/** One failed item, for the tables of deficiencies. */
export interface CountedFault {
  readonly category: BfclCategory;
  readonly deficiency: Deficiency;
  readonly tool: string | undefined;
  readonly type: string;
}
