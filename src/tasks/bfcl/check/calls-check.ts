/** All calls of an output against all answers of an item. */
import type { CallLanguage, DecodedCall } from "../decode/call.js";
import { type CallAnswer, checkCall } from "./call-check.js";
import type { Check, Fault, FaultType } from "./fault.js";
import type { FunctionDoc } from "./function-doc.js";

/** What calls are checked against. */
export interface CallsAnswer {
  readonly docs: readonly FunctionDoc[];
  readonly answers: readonly CallAnswer[];
  readonly language: CallLanguage;
  /** Which checker: by the name of the category. */
  readonly form: "simple" | "multiple" | "parallel";
  /** True where the model could not write points in names and wrote underscores. */
  readonly underscores?: boolean;
  /** Without the official checker's quirks. @default false */
  readonly strict?: boolean;
}

/** The first thing that is wrong in the official order, or nothing. */
export function checkCalls(calls: readonly DecodedCall[], item: CallsAnswer): Check {
  if (item.form === "parallel") return checkParallel(calls, item);
  const wanted = item.form === "simple" ? 1 : item.answers.length;
  const checker = item.form === "simple" ? "simple_function_checker" : "multiple_function_checker";
  if (calls.length !== wanted) return wrongCount(`${checker}:wrong_count`, calls);
  const answer = item.answers[0]!;
  const doc = item.form === "simple" ? item.docs[0] : docOf(item, answer);
  return checkOne(calls[0]!, doc, answer, item);
}

function wrongCount(type: FaultType, calls: readonly DecodedCall[]): Fault {
  return { type, deficiency: calls.length === 0 ? "missing-call" : "call-count" };
}

function docOf({ docs }: CallsAnswer, answer: CallAnswer): FunctionDoc | undefined {
  return docs.find(({ name }) => name === answer.name);
}

function checkOne(
  call: DecodedCall,
  doc: FunctionDoc | undefined,
  answer: CallAnswer,
  { language, underscores, strict = false }: CallsAnswer,
): Check {
  if (doc === undefined) return { type: "checker:unknown_function", tool: answer.name };
  const name = underscores === true ? doc.name.replaceAll(".", "_") : doc.name;
  return checkCall(call, doc, answer, language, { name, strict });
}

/** Each answer takes the first call that passes and that none before it took; there is no going back. */
function checkParallel(calls: readonly DecodedCall[], item: CallsAnswer): Check {
  if (calls.length !== item.answers.length) {
    return wrongCount("parallel_function_checker_no_order:wrong_count", calls);
  }
  if (item.strict === true && hasMatching(calls, item)) return undefined;
  const taken = new Set<number>();
  for (const answer of item.answers) {
    const doc = docOf(item, answer);
    let cause: Fault | undefined;
    const index = calls.findIndex((call, place) => {
      if (taken.has(place)) return false;
      const fault = checkOne(call, doc, answer, item);
      // The nearest miss says most: a call of the right function before one of another.
      if (cause === undefined || cause.type === "simple_function_checker:wrong_func_name")
        cause = fault ?? cause;
      return fault === undefined;
    });
    if (index < 0) {
      const fault: Fault = {
        type: "parallel_function_checker_no_order:cannot_find_match",
        tool: answer.name,
      };
      return cause === undefined ? fault : { ...fault, cause };
    }
    taken.add(index);
  }
  return undefined;
}

/** Whether calls and answers can be paired so that every call passes, in whatever order they are tried. */
function hasMatching(calls: readonly DecodedCall[], item: CallsAnswer): boolean {
  const passes = item.answers.map((answer) => {
    const doc = docOf(item, answer);
    return calls.map((call) => checkOne(call, doc, answer, item) === undefined);
  });
  const answerOf = new Map<number, number>();
  const place = (answer: number, tried: Set<number>): boolean =>
    passes[answer]!.some((passed, call) => {
      if (!passed || tried.has(call)) return false;
      tried.add(call);
      const holder = answerOf.get(call);
      if (holder !== undefined && !place(holder, tried)) return false;
      answerOf.set(call, answer);
      return true;
    });
  return passes.every((_, answer) => place(answer, new Set()));
}
