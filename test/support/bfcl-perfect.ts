/**
 * A scripted model that knows the answers: for each item the calls that pass, found by trying the allowed values in every
 * way of writing them that the official decoders might take. Where none of them passes, what the judge said of the nearest.
 */
import type { ChatToolCall, JsonValue } from "../../src/spec/index.js";
import { languageOf } from "../../src/tasks/bfcl/category.js";
import type { CallAnswer } from "../../src/tasks/bfcl/check/call-check.js";
import type { FunctionDoc, ParameterDoc } from "../../src/tasks/bfcl/check/function-doc.js";
import {
  type BfclBench,
  type BfclItem,
  classDocuments,
  judgeItem,
  judgingOf,
  type ModelAnswer,
} from "../../src/tasks/bfcl/index.js";
import { nativeName } from "../../src/tasks/bfcl/native-tools.js";
import { BUILTINS_ONLY, evaluate } from "../../src/tasks/bfcl/python/evaluate.js";
import { writeJson } from "../../src/tasks/bfcl/python/json-text.js";
import { parseExpression } from "../../src/tasks/bfcl/python/parse.js";
import { repr } from "../../src/tasks/bfcl/python/repr.js";
import { unparse } from "../../src/tasks/bfcl/python/unparse.js";
import { PythonDict, type PythonValue } from "../../src/tasks/bfcl/python/value.js";

/** How the model speaks. */
export type Speech = "text" | "native";

/** An item's answers, step by step, or why there is none that passes. */
export interface Script {
  readonly answers: readonly ModelAnswer[];
  /** The official error type of the best try; absent where an answer passes. */
  readonly impossible?: string;
  /** True where calls as they would be written first do not pass, but others do. @default false */
  readonly contrived?: true;
}

/** The text of an argument; `undefined` leaves it out. */
type Candidate = string | undefined;

/** Tries of one call at most. */
const MOST_TRIES = 3000;

/** The script of an item. @param functionDocs Documents of the simulated classes, by file. */
export function perfectScript(
  bench: BfclBench,
  item: BfclItem,
  functionDocs: ReadonlyMap<string, string>,
  speech: Speech,
): Script {
  switch (judgingOf(item.category)) {
    case "irrelevance":
      return { answers: [{ text: "None of the functions fits." }] };
    case "relevance":
      return { answers: [spoken([{ name: item.docs[0]!.name, args: [] }], speech)] };
    case "multi-turn":
      return { answers: transcript(item, functionDocs, speech) };
    case "calls":
      return callsScript(bench, item, speech);
  }
}

/** A call with its arguments as texts. */
interface WrittenCall {
  readonly name: string;
  readonly args: readonly (readonly [name: string, value: string])[];
}

function callsScript(bench: BfclBench, item: BfclItem, speech: Speech): Script {
  const tried = item.answers.map((answer) => solve(bench, item, answer, speech));
  const answers = [
    spoken(
      tried.map(({ call }) => call),
      speech,
    ),
  ];
  const impossible = tried.find(({ passes }) => !passes)?.fault;
  if (impossible !== undefined) return { answers, impossible };
  return tried.some(({ fault }) => fault !== undefined) ? { answers, contrived: true } : { answers };
}

/** One call alone, judged as a simple item: the call that passes, or the plain one; and the fault of the plain one. */
function solve(
  bench: BfclBench,
  item: BfclItem,
  answer: CallAnswer,
  speech: Speech,
): { readonly call: WrittenCall; readonly passes: boolean; readonly fault?: string } {
  const language = languageOf(item.category);
  const doc = item.category.includes("simple")
    ? item.docs[0]!
    : item.docs.find(({ name }) => name === answer.name)!;
  const category = language === "python" ? "simple_python" : item.category;
  const alone: BfclItem = { ...item, category, docs: [doc], answers: [answer] };
  const parameters = [...answer.parameters.entries()].map(([name, options]) => ({
    name: String(name),
    candidates: candidatesOf(String(name), options, doc, language, speech),
  }));
  const places = parameters.map(() => 0);
  let fault: string | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const call = writeCall(answer.name, parameters, places);
    const found = judgeItem(bench, alone, resultOf([call], speech));
    if (found === undefined) return { call, passes: true, ...(fault !== undefined && { fault }) };
    fault ??= found.type;
    if (!advance(parameters, places, found.parameter)) break;
  }
  const call = writeCall(
    answer.name,
    parameters,
    parameters.map(() => 0),
  );
  return { call, passes: false, ...(fault !== undefined && { fault }) };
}

type Parameter = { readonly name: string; readonly candidates: readonly Candidate[] };

/** Another way for the parameter that was found wrong, else the next combination of all. */
function advance(parameters: readonly Parameter[], places: number[], wrong: string | undefined): boolean {
  const index = parameters.findIndex(({ name }) => name === wrong);
  if (index >= 0) {
    places[index]! += 1;
    return places[index]! < parameters[index]!.candidates.length;
  }
  for (const [place, { candidates }] of parameters.entries()) {
    places[place]! += 1;
    if (places[place]! < candidates.length) return true;
    places[place] = 0;
  }
  return false;
}

function writeCall(name: string, parameters: readonly Parameter[], places: readonly number[]): WrittenCall {
  return {
    name,
    args: parameters.flatMap((parameter, index) => {
      const value = parameter.candidates[places[index]!];
      return value === undefined ? [] : [[parameter.name, value] as const];
    }),
  };
}

function resultOf(calls: readonly WrittenCall[], speech: Speech): JsonValue {
  const { text, toolCalls } = spoken(calls, speech);
  return speech === "text" ? text : toolCalls!.map(({ name, arguments: args }) => ({ [name]: args }));
}

function spoken(calls: readonly WrittenCall[], speech: Speech): ModelAnswer {
  if (speech === "native") return { text: "", toolCalls: calls.map(toolCall) };
  const texts = calls.map(({ name, args }) => `${name}(${args.map((pair) => pair.join("=")).join(", ")})`);
  return { text: `[${texts.join(", ")}]` };
}

function toolCall({ name, args }: WrittenCall, index: number): ChatToolCall {
  const members = args.map(([key, value]) => `${JSON.stringify(key)}: ${value}`);
  return { id: `c${index}`, name: nativeName(name), arguments: `{${members.join(", ")}}` };
}

function candidatesOf(
  name: string,
  options: PythonValue,
  doc: FunctionDoc,
  language: ReturnType<typeof languageOf>,
  speech: Speech,
): Candidate[] {
  const listed = Array.isArray(options) ? options : [options];
  const values = listed.filter((option) => option !== "");
  const parameter = doc.parameters.get(name);
  const isDict = parameter?.type === "dict" || parameter?.itemType === "dict";
  const written = values.flatMap((option) =>
    language === "python"
      ? (isDict ? unfolded(option) : [option]).map((value) =>
          speech === "text" ? repr(value) : writeJson(value),
        )
      : sources(option, language, parameter, speech).map((source) =>
          speech === "text" ? source : JSON.stringify(source),
        ),
  );
  const empty = speech === "native" ? '""' : "''";
  return [...written, undefined, ...(listed.includes("") ? [empty] : [])];
}

/** Values of an answer whose dicts list the options of each key: with the keys that may be left out, and without. */
function unfolded(answer: PythonValue): PythonValue[] {
  if (Array.isArray(answer)) {
    const items = answer.map(unfolded);
    return [0, 1].map((place) => items.map((item) => item[Math.min(place, item.length - 1)]!));
  }
  if (!(answer instanceof PythonDict)) return [answer];
  const full = new PythonDict();
  const least = new PythonDict();
  for (const [key, options] of answer.entries()) {
    const list = Array.isArray(options) ? options : [options];
    const [value] = list.filter((option) => option !== "");
    if (value !== undefined) full.set(key, value);
    if (value !== undefined && !list.includes("")) least.set(key, value);
  }
  return [full, least];
}

/**
 * Ways of writing a value in Java or JavaScript: as the type asks first, last so that the official decoder of Java keeps the
 * code as it is (a text, or an object of which a method is called), which its converters read.
 */
function sources(
  value: PythonValue,
  language: "java" | "javascript",
  parameter?: ParameterDoc,
  speech: Speech = "text",
): string[] {
  if (typeof value === "string" && speech === "native") return [value, `"${value}"`];
  const code = codes(value, language).sort(
    (one, other) => Number(fits(other, language, parameter)) - Number(fits(one, language, parameter)),
  );
  if (language === "javascript" || (!Array.isArray(value) && !(value instanceof PythonDict))) return code;
  return [...code, ...code.map((text) => `"${text}"`), ...code.map((text) => `${text}.clone()`)];
}

/** Whether a source looks like one of the type. */
function fits(source: string, language: "java" | "javascript", parameter: ParameterDoc | undefined): boolean {
  switch (parameter?.type) {
    case "long":
      return source.endsWith("L");
    case "Bigint":
      return source.endsWith("n");
    case "float":
      return (language === "java" ? /\.\d+f$/ : /\.\d+$/).test(source);
    case "double":
      return /\.\d+$/.test(source);
    case "Array":
      return source.startsWith("new String[]");
    default:
      return false;
  }
}

function codes(value: PythonValue, language: "java" | "javascript"): string[] {
  if (typeof value === "string") return [`"${value}"`, value, JSON.stringify(value), `'${value}'`];
  if (typeof value === "boolean") return [String(value)];
  if (typeof value === "bigint") return [`${value}`, `${value}L`, `${value}n`, `${value}.0f`, `${value}.0`];
  if (typeof value === "number") return [`${repr(value)}f`, repr(value), repr(value).replace(/\.0$/, "")];
  if (Array.isArray(value)) return lists(value, language);
  if (value instanceof PythonDict) return dicts(value, language);
  return [repr(value)];
}

function lists(items: readonly PythonValue[], language: "java" | "javascript"): string[] {
  const ways = [0, 1].map((way) =>
    items.map((item) => {
      const found = sources(item, language);
      return found[Math.min(way, found.length - 1)]!;
    }),
  );
  return ways.flatMap((texts) => {
    const joined = texts.join(", ");
    if (language === "javascript") return [`[${joined}]`, `new Array(${joined})`];
    const added = texts.map((text) => `add(${text});`).join(" ");
    return [
      `new ArrayList<>(Arrays.asList(${joined}))`,
      `new String[]{${joined}}`,
      `new ArrayList<String>() {{ ${added} }}`,
      `new ArrayList<String>()`,
    ];
  });
}

function dicts(dict: PythonDict, language: "java" | "javascript"): string[] {
  return unfolded(dict).flatMap((one) => {
    const entries = one instanceof PythonDict ? [...one.entries()] : [];
    const written = entries.map(([key, value]) => [String(key), sources(value, language)[0]!] as const);
    if (language === "javascript") return [`{${written.map((pair) => pair.join(": ")).join(", ")}}`];
    const puts = written.map(([key, value]) => `put("${key}", ${value});`).join(" ");
    return [`new HashMap<String, Object>() {{ ${puts} }}`, "new HashMap<String, Object>()"];
  });
}

/** All right calls of a turn in one step, then a text that ends the turn. */
function transcript(
  { multiTurn }: BfclItem,
  functionDocs: ReadonlyMap<string, string>,
  speech: Speech,
): ModelAnswer[] {
  const { truth, classes } = multiTurn!;
  const names = new Map<string, readonly string[]>();
  for (const doc of classDocuments(classes, functionDocs)) names.set(String(doc.name), parameterNames(doc));
  return truth.flatMap((calls) => {
    const end = { text: "Done." };
    return calls.length === 0
      ? [end]
      : [
          spoken(
            calls.map((call) => namedCall(call, names, speech)),
            speech,
          ),
          end,
        ];
  });
}

function parameterNames(doc: Readonly<Record<string, JsonValue>>): string[] {
  const { parameters } = JSON.parse(JSON.stringify(doc)) as { parameters: { properties: object } };
  return Object.keys(parameters.properties);
}

/** The right call with a name for every argument, as models must write it. */
function namedCall(
  source: string,
  names: ReadonlyMap<string, readonly string[]>,
  speech: Speech,
): WrittenCall {
  const call = parseExpression(source);
  if (call.kind !== "call" || call.function.kind !== "name")
    throw new Error(`${source} is no call of a name`);
  const { name } = call.function;
  const given = [
    ...call.arguments.map((value, index) => [names.get(name)![index]!, value] as const),
    ...call.keywords.map((keyword) => [keyword.name!, keyword.value] as const),
  ];
  const write = (text: string) => (speech === "text" ? text : jsonOf(text));
  return { name, args: given.map(([key, value]) => [key, write(unparse(value))]) };
}

/** A Python literal as JSON. */
function jsonOf(text: string): string {
  return writeJson(evaluate(parseExpression(text), BUILTINS_ONLY));
}
