/** One call against one answer. */
import { JAVA_TYPES, javaValue, strictJavaValue } from "../convert/java-values.js";
import { JAVASCRIPT_TYPES, javascriptValue } from "../convert/javascript-values.js";
import type { CallLanguage, DecodedCall } from "../decode/call.js";
import { type PythonDict, PythonTuple, type PythonValue } from "../python/value.js";
import type { Check, Fault, FaultType } from "./fault.js";
import type { FunctionDoc, ParameterDoc } from "./function-doc.js";
import { checkType, type ExpectedType } from "./type-check.js";
import { allowsNothing, checkDict, checkDictList, checkList, checkOther, checkText } from "./value-check.js";

/** The answers of a call: allowed values by parameter. */
export interface CallAnswer {
  readonly name: string;
  readonly parameters: PythonDict;
}

/** Python's names of the schemas' types. */
const PYTHON_TYPES: Readonly<Record<string, string>> = {
  string: "str",
  integer: "int",
  float: "float",
  boolean: "bool",
  array: "list",
  tuple: "list",
  dict: "dict",
  any: "str",
};

const NESTED_PYTHON = new Set(["array", "tuple"]);
const NESTED_OTHER = new Set(["Array", "ArrayList", "array"]);

/** How a call is checked. */
export interface CallCheckOptions {
  /** How the function is called, where a model could not write the documented name. */
  readonly name?: string;
  /** Without the official checker's quirks. @default false */
  readonly strict?: boolean;
}

/**
 * What is wrong with a call, the first thing in the official order: name, required parameters, then each parameter given,
 * then the parameters left out.
 *
 */
export function checkCall(
  call: DecodedCall,
  doc: FunctionDoc,
  answer: CallAnswer,
  language: CallLanguage,
  { name = doc.name, strict = false }: CallCheckOptions = {},
): Check {
  if (call.name !== name) return { type: "simple_function_checker:wrong_func_name", tool: doc.name };
  for (const parameter of doc.required) {
    if (!call.arguments.has(parameter))
      return faultOf(doc, "simple_function_checker:missing_required", parameter);
  }
  for (const [parameter, value] of call.arguments.entries()) {
    const fault = checkArgument(parameter, value, doc, answer, { language, strict });
    if (fault !== undefined) return faultOf(doc, fault, parameter);
  }
  for (const [parameter, options] of answer.parameters.entries()) {
    if (!call.arguments.has(parameter) && !allowsNothing(options)) {
      return faultOf(doc, "simple_function_checker:missing_optional", parameter);
    }
  }
  return undefined;
}

function faultOf(doc: FunctionDoc, type: FaultType, parameter: PythonValue): Fault {
  const fault = { type, tool: doc.name };
  return typeof parameter === "string" ? { ...fault, parameter } : fault;
}

function checkArgument(
  name: PythonValue,
  value: PythonValue,
  doc: FunctionDoc,
  answer: CallAnswer,
  { language, strict }: { readonly language: CallLanguage; readonly strict: boolean },
): FaultType | undefined {
  const parameter = typeof name === "string" ? doc.parameters.get(name) : undefined;
  const options = answer.parameters.get(name);
  if (parameter === undefined || options === undefined) return "simple_function_checker:unexpected_param";
  const allowed = Array.isArray(options) ? options : [options];
  // `""` means "may be left out": a text of nothing but signs is not that.
  const answers = strict && value !== "" && typeof value === "string" ? allowed.filter(isSaid) : allowed;
  if (language === "python") {
    const expected = expectedType(parameter, PYTHON_TYPES, NESTED_PYTHON);
    return expected === undefined
      ? UNKNOWN_TYPE
      : checkValue(pythonArgument(value, parameter), answers, expected);
  }
  const types = language === "java" ? JAVA_TYPES : JAVASCRIPT_TYPES;
  const expected = expectedType(parameter, types, NESTED_OTHER);
  if (expected === undefined) return UNKNOWN_TYPE;
  if (typeof value !== "string") return language === "java" ? "type_error:java" : "type_error:js";
  const convert = language === "javascript" ? javascriptValue : strict ? strictJavaValue : javaValue;
  const itemType = NESTED_OTHER.has(parameter.type) ? parameter.itemType : undefined;
  return checkValue(convert(value, parameter.type, itemType), answers, expected);
}

function isSaid(option: PythonValue): boolean {
  return option !== "";
}

/** The official evaluator has no verdict on a schema whose types it does not know; nothing in its data has one. */
const UNKNOWN_TYPE: FaultType = "checker:unknown_type";

function expectedType(
  { type, itemType }: ParameterDoc,
  types: Readonly<Record<string, string>>,
  nested: ReadonlySet<string>,
): ExpectedType | undefined {
  const own = Object.hasOwn(types, type) ? types[type] : undefined;
  if (own === undefined) return undefined;
  if (!nested.has(type)) return { type: own };
  const item = itemType !== undefined && Object.hasOwn(types, itemType) ? types[itemType] : undefined;
  return item === undefined ? undefined : { type: own, itemType: item };
}

/** A tuple is a list where the schema wants a tuple, an integer a float where it wants a float. */
function pythonArgument(value: PythonValue, { type }: ParameterDoc): PythonValue {
  if (type === "tuple" && value instanceof PythonTuple) return [...value.items];
  return type === "float" && typeof value === "bigint" ? Number(value) : value;
}

function checkValue(
  value: PythonValue,
  answers: readonly PythonValue[],
  expected: ExpectedType,
): FaultType | undefined {
  const typed = checkType(value, answers, expected);
  if (!typed.ok) return typed.fault;
  if (typed.variable) return checkOther(value, answers);
  if (expected.type === "dict") return checkDict(value, answers);
  if (expected.type === "list") {
    return expected.itemType === "dict" ? checkDictList(value, answers) : checkList(value, answers);
  }
  return expected.type === "str" ? checkText(value, answers) : checkOther(value, answers);
}
