/** Why a call is wrong: the official error types. */
import type { Deficiency } from "../../../spec/index.js";

/** The official evaluator's error types. */
export type FaultType =
  `${"simple_function_checker" | "multiple_function_checker" | "parallel_function_checker_no_order" | "type_error" | "value_error" | "ast_decoder" | "irrelevance_error" | "relevance_error" | "multi_turn" | "dict_checker" | "list_dict_checker" | "result_line" | "checker"}:${string}`;

/** What is wrong, and where it is known, with which function and parameter. */
export interface Fault {
  readonly type: FaultType;
  readonly tool?: string;
  readonly parameter?: string;
  /** The fault that was found first inside of a parallel answer, for the classes of deficiencies. */
  readonly cause?: Fault;
  /** The class of the deficiency, where more is known than the type says. */
  readonly deficiency?: Deficiency;
}

/** Nothing is wrong, or something is. */
export type Check = Fault | undefined;
