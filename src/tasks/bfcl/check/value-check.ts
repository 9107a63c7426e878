/** Whether a value is one of the answers. Each check returns the official error type, or nothing. */
import { equals, includes } from "../python/equality.js";
import { PythonDict, PythonTuple, type PythonValue } from "../python/value.js";
import type { FaultType } from "./fault.js";
import { standardText } from "./standard-text.js";

/** A text: equal to an answer after standardising both. */
export function checkText(value: PythonValue, answers: readonly PythonValue[]): FaultType | undefined {
  if (typeof value !== "string") return "value_error:string";
  if (answers.includes(value)) return undefined;
  const standard = standardText(value);
  const found = answers.some((answer) => typeof answer === "string" && standardText(answer) === standard);
  return found ? undefined : "value_error:string";
}

/** A list: equal to an answer after standardising the texts that are items. `""` is an empty list. */
export function checkList(value: PythonValue, answers: readonly PythonValue[]): FaultType | undefined {
  const standard = standardItems(value);
  const found = answers.some((answer) => equals(standard, standardItems(answer)));
  return found ? undefined : "value_error:list/tuple";
}

function standardItems(value: PythonValue): PythonValue {
  if (typeof value === "string") return [...value].map(standardText);
  if (value instanceof PythonTuple) return value.items.map(standardItem);
  return Array.isArray(value) ? value.map(standardItem) : value;
}

function standardItem(value: PythonValue): PythonValue {
  return typeof value === "string" ? standardText(value) : value;
}

/** A dict: each value among the answers of its key; keys left out must allow `""`. The last answer's error counts. */
export function checkDict(value: PythonValue, answers: readonly PythonValue[]): FaultType | undefined {
  let fault: FaultType | undefined = "dict_checker:unclear";
  for (const answer of answers) {
    if (answer === "") continue;
    fault = checkAgainst(value, answer);
    if (fault === undefined) return undefined;
  }
  return fault;
}

function checkAgainst(value: PythonValue, answer: PythonValue): FaultType | undefined {
  if (!(value instanceof PythonDict) || !(answer instanceof PythonDict)) return "dict_checker:unclear";
  let fault: FaultType | undefined;
  for (const [key, item] of value.entries()) {
    fault = checkEntry(item, answer.get(key));
    if (fault !== undefined) break;
  }
  for (const [key, options] of answer.entries()) {
    // Also after a wrong value, whose error it replaces.
    if (!value.has(key) && !allowsNothing(options)) return "value_error:dict_key";
  }
  return fault;
}

function checkEntry(item: PythonValue, options: PythonValue | undefined): FaultType | undefined {
  if (options === undefined) return "value_error:dict_key";
  const standard = standardItem(item);
  const allowed = Array.isArray(options) ? options.map(standardItem) : standardItems(options);
  return Array.isArray(allowed) && includes(allowed, standard) ? undefined : "value_error:dict_value";
}

/** Whether `""` is among the options. */
export function allowsNothing(options: PythonValue): boolean {
  if (typeof options === "string") return true;
  return Array.isArray(options) && options.includes("");
}

/** A list of dicts: as many as an answer has, each like its partner. */
export function checkDictList(value: PythonValue, answers: readonly PythonValue[]): FaultType | undefined {
  let fault: FaultType | undefined = "list_dict_checker:unclear";
  for (const answer of answers) {
    fault = checkDicts(Array.isArray(value) ? value : [], itemsOf(answer));
    if (fault === undefined) return undefined;
  }
  return fault;
}

function itemsOf(answer: PythonValue): readonly PythonValue[] {
  if (Array.isArray(answer)) return answer;
  return typeof answer === "string" ? [...answer] : [];
}

function checkDicts(values: readonly PythonValue[], answers: readonly PythonValue[]): FaultType | undefined {
  if (values.length !== answers.length) return "value_error:list_dict_count";
  for (const [index, value] of values.entries()) {
    const fault = checkDict(value, [answers[index]!]);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Anything else: equal to an answer. */
export function checkOther(value: PythonValue, answers: readonly PythonValue[]): FaultType | undefined {
  return includes(answers, value) ? undefined : "value_error:others";
}
