/**
 * The verdict on one output: parse, cast, run on fresh databases, compare with the recorded result.
 *
 * Official judging is the default, with its mistakes. Strict judging mends what is plainly wrong: the calls before the
 * sample are made first, lists are read as lists, two broken comparisons compare what they mean to.
 */
import { deriveSeed } from "../../method/index.js";
import { parseLiteral } from "../../text/index.js";
import { ServiceOffline } from "./api.js";
import { apiDefinitions } from "./apis/index.js";
import { callApi } from "./call-api.js";
import type { ApiDescription } from "./descriptions.js";
import type { ApiTurn } from "./dialogue.js";
import { type ParsedCall, parseApiCall } from "./parse-call.js";
import { itemOf } from "./python/access.js";
import { PythonError } from "./python/error.js";
import { literalToPython } from "./python/literal.js";
import { type PythonDictionary, type PythonValue, pythonEqual } from "./python/value.js";
import type { ApiBankSample } from "./samples.js";
import {
  createWorld,
  type Databases,
  type IdSource,
  randomIds,
  type ToolSearch,
  type World,
} from "./world.js";

/**
 * What is wrong: the categories of the official evaluator of result files, and three for what stops it or cannot be known:
 * a text that is no integer, a checker that fails, an answer that only a service could give.
 */
export type ApiBankCategory =
  | "CORRECT"
  | "NO_API_CALL"
  | "API_NAME_MISMATCH"
  | "INVALID_INPUT_PARAMETER"
  | "INVALID_PARAMETER_TYPE"
  | "MISS_INPUT_ARGUMENT"
  | "HAS_EXCEPTION"
  | "OUTPUT_MISMATCH"
  | "INPUT_MISMATCH"
  | "KEY_ERROR"
  | "CHECKER_ERROR"
  | "SERVICE_OFFLINE";

/** The verdict. */
export interface ApiBankVerdict {
  /** `null`: the recorded answer of a service that is not here would decide. It counts as wrong. */
  readonly correct: boolean | null;
  readonly category: ApiBankCategory;
  /** For people: why, in the words of the official program where it has some. */
  readonly error?: string;
  readonly call?: ParsedCall;
  /** What the call gave. */
  readonly result?: PythonDictionary;
}

/** What verdicts depend on. */
export interface JudgeOptions {
  readonly databases: Databases;
  readonly descriptions: ReadonlyMap<string, ApiDescription>;
  /** Absent: calls of ToolSearcher that might be right are undecided. */
  readonly searchTools?: ToolSearch;
  /** @default false */
  readonly strict?: boolean;
}

/** The verdict on an output, which may be any text. Never throws for what a model can write; deterministic. */
export function judgeOutput(sample: ApiBankSample, output: string, options: JudgeOptions): ApiBankVerdict {
  const call = parseApiCall(output, options.strict === true ? listParametersOf(options) : undefined);
  if (call === undefined) return { correct: false, category: "NO_API_CALL", error: "No API call found" };
  const { target } = sample;
  if (call.name !== target.apiName) {
    const error = `API Name Mismatch: ${call.name} vs ${target.apiName}`;
    return { correct: false, category: "API_NAME_MISMATCH", error, call };
  }
  return { ...judgeCall(sample, call, options), call };
}

/** The keywords that an output would search tools for, where it is asked to. */
export function keywordsOf(sample: ApiBankSample, output: string): string | undefined {
  if (sample.target.apiName !== "ToolSearcher") return undefined;
  const call = parseApiCall(output);
  return call?.name === "ToolSearcher" ? call.parameters.get("keywords") : undefined;
}

/** The calls of a dialogue made in order on one world: each result, or the error outside the API. */
export function executeTurns(
  turns: readonly ApiTurn[],
  options: JudgeOptions,
  ids: IdSource,
): readonly (PythonDictionary | PythonError | ServiceOffline)[] {
  const world = worldOf(options, ids);
  return turns.map(({ apiName, parameters }) => {
    const named = [...parameters].map(([key, value]): [string, PythonValue] => [String(key), value]);
    return attempt(() => runCall(apiName, new Map(named), options, world));
  });
}

function judgeCall(sample: ApiBankSample, call: ParsedCall, options: JudgeOptions): ApiBankVerdict {
  const ids = randomIds(deriveSeed(0, "api-bank", sample.id));
  const world = worldOf(options, ids);
  if (options.strict === true) replay(sample, options, world);
  const result = attempt(() => runCall(call.name, readArguments(call, options), options, world));
  if (result instanceof PythonError) return raisedOutside(result);
  if (result instanceof ServiceOffline) return withoutService(sample, call, result, options);
  return compare(sample.target, result, options);
}

function runCall(
  name: string,
  parameters: ReadonlyMap<string, PythonValue>,
  { descriptions }: JudgeOptions,
  world: World,
): PythonDictionary {
  const [definition, description] = [apiDefinitions.get(name), descriptions.get(name)];
  if (definition === undefined || description === undefined) {
    throw new PythonError("Exception", "invalid tool name.");
  }
  return callApi({ definition, description, parameters }, world);
}

function listParametersOf({ descriptions }: JudgeOptions): (apiName: string, parameter: string) => boolean {
  return (apiName, parameter) => isListType(descriptions.get(apiName)?.types.get(parameter));
}

function isListType(type: string | undefined): boolean {
  return type?.startsWith("list") === true;
}

/** Arguments are text; strict judging reads those that are declared as lists. */
function readArguments(
  call: ParsedCall,
  { strict, descriptions }: JudgeOptions,
): ReadonlyMap<string, PythonValue> {
  if (strict !== true) return call.parameters;
  const types = descriptions.get(call.name)?.types;
  return new Map([...call.parameters].map(([name, text]) => [name, readList(text, types?.get(name))]));
}

function readList(text: string, type: string | undefined): PythonValue {
  if (!isListType(type)) return text;
  const parse = parseLiteral(text);
  return parse.ok ? literalToPython(parse.literal) : text;
}

/** Makes the recorded calls before the sample, with the lists and the random ids that were recorded. */
function replay({ dialogue, turn }: ApiBankSample, options: JudgeOptions, world: World): void {
  for (const earlier of dialogue.turns.slice(0, turn)) {
    if (earlier.role !== "API" || earlier.apiName === "ToolSearcher") continue;
    const parameters = new Map([...earlier.parameters].map(([key, value]) => [String(key), String(value)]));
    const call = { name: earlier.apiName, parameters };
    const recorded = { ...world, ids: recordedIds(earlier, world.ids) };
    attempt(() => runCall(call.name, readArguments(call, options), options, recorded));
    if (recorded.passwordReset !== undefined) world.passwordReset = recorded.passwordReset;
  }
}

function recordedIds({ result }: ApiTurn, otherwise: IdSource): IdSource {
  const output = result.get("output") ?? null;
  const token = output instanceof Map ? output.get("token") : undefined;
  // Given once: an id that is taken is asked for again, and must then be another.
  const appointments = typeof output === "string" ? [output] : [];
  return {
    token: () => (typeof token === "string" ? token : otherwise.token()),
    appointment: () => appointments.pop() ?? otherwise.appointment(),
  };
}

function worldOf({ databases, descriptions, searchTools }: JudgeOptions, ids: IdSource): World {
  const library = new Map([...descriptions].map(([name, { value }]) => [name, value]));
  return createWorld({ databases, library, ids, ...(searchTools && { searchTools }) });
}

function attempt<T>(run: () => T): T | PythonError | ServiceOffline {
  try {
    return run();
  } catch (error) {
    if (error instanceof PythonError || error instanceof ServiceOffline) return error;
    throw error;
  }
}

/** The official evaluator of result files knows two of these and stops at the others. */
function raisedOutside(error: PythonError): ApiBankVerdict {
  return { correct: false, category: categoryOutside(error), error: error.message };
}

function categoryOutside({ kind, message }: PythonError): ApiBankCategory {
  if (message.startsWith("invalid parameter name")) return "INVALID_INPUT_PARAMETER";
  return kind === "AssertionError" || kind === "Exception" ? "INVALID_PARAMETER_TYPE" : "MISS_INPUT_ARGUMENT";
}

/** Undecided exactly where an answer that the service could give would be right. */
function withoutService(
  sample: ApiBankSample,
  call: ParsedCall,
  offline: ServiceOffline,
  options: JudgeOptions,
): ApiBankVerdict {
  const recorded = sample.target.result;
  const answer = (output: PythonValue): PythonDictionary =>
    new Map<string, PythonValue>([
      ["api_name", call.name],
      ["input", new Map(call.parameters)],
      ["output", output],
      ["exception", recorded.get("exception") ?? null],
    ]);
  const possible = offline.possible ?? [recorded.get("output") ?? null];
  const helped = possible.some((output) => compare(sample.target, answer(output), options).correct === true);
  if (helped) return { correct: null, category: "SERVICE_OFFLINE", error: offline.message };
  return {
    correct: false,
    category: "OUTPUT_MISMATCH",
    error: `${offline.message}; wrong whatever it answers`,
  };
}

function compare(
  { apiName, result: recorded }: ApiTurn,
  result: PythonDictionary,
  { strict }: JudgeOptions,
): ApiBankVerdict {
  const definition = apiDefinitions.get(apiName)!;
  const check = (strict === true ? definition.strictCheck : undefined) ?? definition.check;
  const correct = attempt(() => check(result, recorded));
  if (correct instanceof PythonError) {
    const category = correct.kind === "KeyError" ? "KEY_ERROR" : "CHECKER_ERROR";
    return { correct: false, category, error: `${correct.kind}: ${correct.message}`, result };
  }
  if (correct instanceof ServiceOffline || !correct) return mismatch(result, recorded);
  return { correct: true, category: "CORRECT", result };
}

function mismatch(result: PythonDictionary, recorded: PythonDictionary): ApiBankVerdict {
  const exception = itemOf(result, "exception");
  if (typeof exception === "string" && exception !== "") {
    return { correct: false, category: "HAS_EXCEPTION", error: exception, result };
  }
  const outputs = pythonEqual(itemOf(result, "output"), recorded.get("output") ?? null);
  const category = outputs ? "INPUT_MISMATCH" : "OUTPUT_MISMATCH";
  const error = outputs
    ? "The input differs from the recorded one."
    : "The output differs from the recorded one.";
  return { correct: false, category, error, result };
}
