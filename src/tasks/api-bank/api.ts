/** What an API is to the runner and the judge: its parameters, what it does, what its checker compares. */
import type { Check } from "./check.js";
import { textOf } from "./python/access.js";
import type { PythonDictionary, PythonValue } from "./python/value.js";
import type { World } from "./world.js";

/** One API. */
export interface ApiDefinition {
  readonly name: string;
  /** Parameters that every call needs, in order. */
  readonly required: readonly string[];
  /** Parameters that are None where a call leaves them out. */
  readonly defaulted?: readonly string[];
  /** Parameters that appear in the result's input only where given. */
  readonly optional?: readonly string[];
  /** `without-name`: the result does not say which API gave it. `without-input`: its input is None. */
  readonly result?: "without-name" | "without-input";
  /** The output. @throws PythonError for what becomes the exception of the result, ServiceOffline without its service */
  run(input: Input, world: World): PythonValue;
  /** The official checker. */
  readonly check: Check;
  /** The checker without its mistakes, where it has some. */
  readonly strictCheck?: Check;
}

/** The arguments of a call, cast. */
export interface Input {
  /** The value; None where it was left out. */
  value(name: string): PythonValue;
  /** The value as text. @throws PythonError for anything else */
  text(name: string): string;
  /** True where the call gives it. */
  has(name: string): boolean;
}

/** An API needs a service that is not there: a web service, or a search that was not set up. */
export class ServiceOffline extends Error {
  /** Outputs that the service could give; absent: any. */
  readonly possible: readonly PythonValue[] | undefined;

  constructor(service: string, possible?: readonly PythonValue[]) {
    super(`${service} is not available`);
    this.name = new.target.name;
    this.possible = possible;
  }
}

/** The arguments in this dictionary. */
export function inputOf(values: PythonDictionary): Input {
  return {
    value: (name) => values.get(name) ?? null,
    text: (name) => textOf(values.get(name) ?? null),
    has: (name) => values.has(name),
  };
}
