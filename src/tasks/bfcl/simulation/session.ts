/**
 * Instances of the classes of an item, and the execution of calls on them. Calls are texts of Python; they are parsed and
 * evaluated here, where only the instances' methods and a few harmless functions exist.
 */
import { DataError } from "../../../spec/index.js";
import type { PythonFunction } from "../python/builtins.js";
import { PythonError } from "../python/error.js";
import { evaluate, type Scope } from "../python/evaluate.js";
import { writeJson } from "../python/json-text.js";
import { parseExpression } from "../python/parse.js";
import { errorText, str } from "../python/repr.js";
import type { Expression } from "../python/syntax.js";
import { deepCopy, PythonDict, type PythonValue } from "../python/value.js";
import type { SimulatedApi } from "./api.js";
import { SIMULATED_CLASSES } from "./classes.js";
import type { SimulationProcess } from "./world.js";

/** What a session starts from. */
export interface SessionStart {
  /** In the order in which they are compared. */
  readonly classes: readonly string[];
  /** Initial states by class; not changed. */
  readonly initial: PythonDict;
  readonly process: SimulationProcess;
  /** Begins the names of the instances: texts that look like calls get them, so two sides need two owners. */
  readonly owner: string;
}

/** Names that are refused unread, as the official code does. */
const REFUSED = new Set(["kill", "exit", "quit", "remove", "unlink", "popen", "Popen", "run"]);

/** Characters of results that a session writes, at most; a call that fails for its size costs as much as it may. */
const MOST_OUTPUT = 100_000_000;
const COST_OF_EXCESS = 10_000_000;

/** One side of a transcript: its instances live through all turns. */
export class SimulationSession implements Scope {
  readonly instances: ReadonlyMap<string, SimulatedApi>;
  readonly #byInstance = new Map<string, SimulatedApi>();
  readonly #instanceOf = new Map<string, string>();
  #output = 0;

  /** @throws DataError for a class that is not known, PythonError for a state that Python refuses */
  constructor({ classes, initial, process, owner }: SessionStart) {
    const instances = new Map<string, SimulatedApi>();
    for (const name of classes) {
      const api = makeInstance(name, initial, process);
      const instance = `${owner}_${name}_instance`;
      instances.set(name, api);
      this.#byInstance.set(instance, api);
      for (const method of api.methodNames) this.#instanceOf.set(method, instance);
    }
    this.instances = instances;
  }

  method(object: string, name: string): PythonFunction | undefined {
    const api = this.#byInstance.get(object);
    return api === undefined ? undefined : (args) => api.call(name, args);
  }

  /** The result of a call as the text that the official code makes of it. Never throws. */
  execute(call: string): string {
    if (this.#output > MOST_OUTPUT) return "Error during execution: the session has written too much";
    const result = this.#attempt(call);
    this.#output += result.length;
    return result;
  }

  #attempt(call: string): string {
    try {
      const text = this.#withInstances(call);
      requireAllowed(text);
      return resultText(evaluate(parsed(text), this));
    } catch (error) {
      const exceeded = error instanceof RangeError || (error instanceof PythonError && error.isExcess);
      if (exceeded) this.#output += COST_OF_EXCESS;
      return `Error during execution: ${messageOf(error)}`;
    }
  }

  /** Names before a bracket get their instance, also inside of texts; others lose the space before the bracket. */
  #withInstances(call: string): string {
    return call.replace(/(?<![\p{L}\p{N}_])([a-zA-Z_][\p{L}\p{N}_]*)\s*(?=\()/gu, (_, name: string) => {
      const instance = this.#instanceOf.get(name);
      return instance === undefined ? name : `${instance}.${name}`;
    });
  }
}

function makeInstance(name: string, initial: PythonDict, process: SimulationProcess): SimulatedApi {
  const make = SIMULATED_CLASSES.get(name);
  if (make === undefined) {
    const known = [...SIMULATED_CLASSES.keys()].join(", ");
    throw new DataError(`The item involves the class ${name}, which is not simulated. Known are ${known}.`, {
      name,
    });
  }
  const config = deepCopy(initial.get(name) ?? new PythonDict());
  return make(config instanceof PythonDict ? config : new PythonDict(), process);
}

function requireAllowed(text: string): void {
  const before = text.split("(", 1)[0]!;
  const name = before.includes(".") ? before.split(".")[1]! : before;
  if (REFUSED.has(name)) throw new PythonError("Exception", `Function call ${name} is not allowed.`);
}

/** Dicts become JSON where they can; other values are printed. */
function resultText(value: PythonValue): string {
  if (typeof value === "string") return value;
  if (!(value instanceof PythonDict)) return str(value);
  try {
    return writeJson(value);
  } catch (error) {
    if (error instanceof PythonError) return str(value);
    throw error;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof PythonError) return errorText(error);
  if (error instanceof RangeError) return "maximum recursion depth exceeded";
  throw error;
}

/** Calls repeat, between the two sides and between transcripts of one item: the last ones stay parsed. */
const recent = new Map<string, Expression>();
const MOST_RECENT = 4096;

function parsed(text: string): Expression {
  const known = recent.get(text);
  if (known !== undefined) return known;
  const expression = parseExpression(text);
  if (recent.size >= MOST_RECENT) recent.clear();
  if (text.length < 2000) recent.set(text, expression);
  return expression;
}
