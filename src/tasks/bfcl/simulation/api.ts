/** What all simulated classes share: methods by name with Python's way of binding arguments, and a state to compare. */
import type { CallArguments } from "../python/builtins.js";
import { equals } from "../python/equality.js";
import { PythonError } from "../python/error.js";
import { PythonRandom } from "../python/random.js";
import { PythonDict, type PythonValue } from "../python/value.js";

/** A parameter: a name, and a default where it may be left out. */
export type ParameterSpec = string | readonly [name: string, fallback: PythonValue];

/** A method of a class: its parameters in the order of its signature, and what it does with their values. */
export interface ApiMethod<Self> {
  readonly parameters: readonly ParameterSpec[];
  readonly run: (api: Self, values: readonly PythonValue[]) => PythonValue;
}

/** An instance of a simulated class. */
export interface SimulatedApi {
  /** Python's name of the class. */
  readonly className: string;
  /** Names of the methods that can be called. */
  readonly methodNames: ReadonlySet<string>;
  /** Calls a method of that name. @throws PythonError as Python would */
  call(name: string, args: CallArguments): PythonValue;
  /** The attributes that the official checker compares. */
  publicState(): readonly (readonly [name: string, value: PythonValue])[];
  /** The names of the attributes that differ from another instance of the class. */
  differences(other: SimulatedApi): string[];
}

/** The methods of a class, made once; binds arguments as Python does. */
export class MethodTable<Self> {
  readonly #className: string;
  readonly #methods: ReadonlyMap<string, ApiMethod<Self>>;
  readonly names: ReadonlySet<string>;

  constructor(
    className: string,
    methods: Readonly<
      Record<string, readonly [parameters: readonly ParameterSpec[], run: ApiMethod<Self>["run"]]>
    >,
  ) {
    this.#className = className;
    this.#methods = new Map(
      Object.entries(methods).map(([name, [parameters, run]]) => [name, { parameters, run }]),
    );
    this.names = new Set(this.#methods.keys());
  }

  call(api: Self, name: string, args: CallArguments): PythonValue {
    const method = this.#methods.get(name);
    if (method === undefined) {
      throw new PythonError("AttributeError", `'${this.#className}' object has no attribute '${name}'`);
    }
    return method.run(api, bind(`${this.#className}.${name}()`, method.parameters, args));
  }
}

function bind(called: string, parameters: readonly ParameterSpec[], args: CallArguments): PythonValue[] {
  const names = parameters.map((parameter) => (typeof parameter === "string" ? parameter : parameter[0]));
  const values: (PythonValue | undefined)[] = names.map((_, index) => args.positional[index]);
  for (const [name, value] of args.named) {
    const index = names.indexOf(name);
    if (index < 0) throw typeError(`${called} got an unexpected keyword argument '${name}'`);
    if (index < args.positional.length)
      throw typeError(`${called} got multiple values for argument '${name}'`);
    values[index] = value;
  }
  if (args.positional.length > names.length) throw tooMany(called, parameters, args.positional.length);
  const missing = names.filter(
    (_, index) => values[index] === undefined && typeof parameters[index] === "string",
  );
  if (missing.length > 0)
    throw typeError(`${called} missing ${missing.length} required positional ${listed(missing)}`);
  return values.map((value, index) => value ?? (value === null ? null : defaultOf(parameters[index]!)));
}

function defaultOf(parameter: ParameterSpec): PythonValue {
  return typeof parameter === "string" ? null : parameter[1];
}

/** `self` counts as an argument. */
function tooMany(called: string, parameters: readonly ParameterSpec[], given: number): PythonError {
  const most = parameters.length + 1;
  const least = parameters.filter((parameter) => typeof parameter === "string").length + 1;
  const taken = least === most ? `${most}` : `from ${least} to ${most}`;
  const noun = most === 1 ? "argument" : "arguments";
  return typeError(`${called} takes ${taken} positional ${noun} but ${given + 1} were given`);
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  if (quoted.length === 1) return `argument: ${quoted[0]}`;
  if (quoted.length === 2) return `arguments: ${quoted.join(" and ")}`;
  return `arguments: ${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)}`;
}

function typeError(message: string): PythonError {
  return new PythonError("TypeError", message);
}

/** An instance whose public attributes are plain values. */
export abstract class ValueApi implements SimulatedApi {
  abstract readonly className: string;
  abstract readonly methodNames: ReadonlySet<string>;
  abstract call(name: string, args: CallArguments): PythonValue;
  abstract publicState(): readonly (readonly [name: string, value: PythonValue])[];

  differences(other: SimulatedApi): string[] {
    const theirs = new Map(other.publicState());
    return this.publicState()
      .filter(([name, value]) => !equals(value, theirs.get(name) ?? null))
      .map(([name]) => name);
  }
}

/** A dict with these names. */
export function record(fields: Readonly<Record<string, PythonValue>>): PythonDict {
  return PythonDict.from(fields);
}

/** `{"error": message}`. */
export function failure(message: string): PythonDict {
  return PythonDict.from({ error: message });
}

/** A field of an initial state, or its default. */
export function configured(config: PythonDict, name: string, fallback: PythonValue): PythonValue {
  const value = config.get(name);
  return value === undefined ? fallback : value;
}

/** The generator of an initial state; its seed is a whole number in all official data. */
export function configuredRandom(config: PythonDict, fallback: bigint): PythonRandom {
  const seed = configured(config, "random_seed", fallback);
  return new PythonRandom(typeof seed === "bigint" ? seed : fallback);
}
