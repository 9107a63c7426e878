/** Runs one call as the official tool manager does: cast the arguments, bind them, run, put exceptions into the result. */
import { type ApiDefinition, inputOf } from "./api.js";
import type { ApiDescription } from "./descriptions.js";
import { PythonError } from "./python/error.js";
import { pythonText } from "./python/print.js";
import { readInteger } from "./python/text.js";
import { dictionaryOf, type PythonDictionary, type PythonValue } from "./python/value.js";
import type { World } from "./world.js";

/** A call to run. */
export interface ApiCall {
  readonly definition: ApiDefinition;
  readonly description: ApiDescription;
  /** Arguments by name, before casting. */
  readonly parameters: ReadonlyMap<string, PythonValue>;
}

/**
 * The result: `api_name` (most APIs), `input`, `output`, `exception`.
 *
 * @throws PythonError where the official program raises outside the API: an unknown name, a text that is no integer, a
 *   missing parameter; ServiceOffline
 */
export function callApi(call: ApiCall, world: World): PythonDictionary {
  const { definition } = call;
  const input = bind(call, cast(call));
  const name = definition.result === "without-name" ? {} : { api_name: definition.name };
  const outcome = run(call, input, world);
  return dictionaryOf({ ...name, input: definition.result === "without-input" ? null : input, ...outcome });
}

/** Output and exception. */
function run({ definition }: ApiCall, input: PythonDictionary, world: World) {
  try {
    return { output: definition.run(inputOf(input), world), exception: null };
  } catch (error) {
    if (error instanceof PythonError) return { output: null, exception: error.message };
    throw error;
  }
}

function cast({ description, parameters }: ApiCall): PythonDictionary {
  const values: PythonDictionary = new Map();
  for (const [name, value] of parameters) {
    const type = description.types.get(name);
    if (type === undefined)
      throw new PythonError("AssertionError", `invalid parameter name. parameter: ${name}`);
    values.set(name, castValue(value, type));
  }
  return values;
}

/** The types of levels 1 and 2; floats are declared at level 3 only. */
function castValue(value: PythonValue, type: string): PythonValue {
  if (type === "int") return castInteger(value);
  if (type === "bool") return value === "True";
  if (type === "str" || type === "list" || type === "list(str)") return value;
  throw new PythonError("Exception", "invalid parameter type.");
}

function castInteger(value: PythonValue): PythonValue {
  if (typeof value === "bigint") return value;
  const integer = typeof value === "string" ? readInteger(value) : undefined;
  if (integer !== undefined) return integer;
  throw new PythonError("AssertionError", `invalid parameter type. parameter: ${pythonText(value)}`);
}

/** The input that the result shows: required parameters, those with defaults, then the optional ones in the order given. */
function bind({ definition }: ApiCall, values: PythonDictionary): PythonDictionary {
  const { name, required, defaulted = [], optional = [] } = definition;
  const known = new Set([...required, ...defaulted, ...optional]);
  const unknown = [...values.keys()].find((key) => !known.has(String(key)));
  if (unknown !== undefined) {
    throw new PythonError("TypeError", `${name}.call() got an unexpected keyword argument '${unknown}'`);
  }
  const missing = required.filter((key) => !values.has(key));
  if (missing.length > 0) throw new PythonError("TypeError", missingText(name, missing));
  const given = [...values.keys()].map(String).filter((key) => optional.includes(key));
  return new Map([...required, ...defaulted, ...given].map((key) => [key, values.get(key) ?? null]));
}

function missingText(name: string, missing: readonly string[]): string {
  const quoted = missing.map((parameter) => `'${parameter}'`);
  const last = quoted.at(-1)!;
  const list = quoted.length < 3 ? quoted.join(" and ") : `${quoted.slice(0, -1).join(", ")}, and ${last}`;
  return `${name}.call() missing ${missing.length} required positional argument${missing.length > 1 ? "s" : ""}: ${list}`;
}
