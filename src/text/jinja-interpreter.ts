/**
 * Runs parsed templates as Python's Jinja does where @huggingface/jinja differs: `x.items` on a dict is the method, also
 * where the dict has a key of that name (Python looks for attributes first). Tools have parameters named `items`, `keys`,
 * `values` and `get`, and templates ask `properties.items()`.
 */
import { Environment, Interpreter } from "@huggingface/jinja";

// The package's own declarations of these do not resolve under our module settings: what is used of them is said here.

/** A node of a parsed template. */
export interface JinjaNode {
  readonly type: string;
}

/** A value while a template runs. */
interface JinjaValue {
  readonly type: string;
  readonly value: unknown;
  readonly builtins: ReadonlyMap<string, JinjaValue>;
}

/** Variables by name. */
interface JinjaEnvironment {
  set(name: string, value: unknown): unknown;
}

interface JinjaInterpreter {
  run(program: JinjaNode): JinjaValue;
  evaluate(node: JinjaNode | undefined, environment: JinjaEnvironment): JinjaValue;
}

const NewEnvironment: new () => JinjaEnvironment = Environment;
const BaseInterpreter: new (environment: JinjaEnvironment) => JinjaInterpreter = Interpreter;

/** Methods of Python's dicts that templates may call. */
const DICT_METHODS: ReadonlySet<unknown> = new Set(["get", "items", "keys", "values"]);
/** What the sandbox of transformers allows. */
const LONGEST_RANGE = 100_000;

/** The text of a template with these variables. */
export function renderJinja(program: JinjaNode, variables: Readonly<Record<string, unknown>>): string {
  const environment = new NewEnvironment();
  for (const [name, value] of [...CONSTANTS, ...Object.entries(variables)]) environment.set(name, value);
  return String(new PythonInterpreter(environment).run(program).value);
}

const CONSTANTS: readonly (readonly [string, unknown])[] = [
  ["false", false],
  ["False", false],
  ["true", true],
  ["True", true],
  ["none", null],
  ["None", null],
  ["range", range],
];

function range(first: number, second?: number | null, step: number = 1): number[] {
  const [start, stop] = second === undefined || second === null ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (step === 0 || !(count <= LONGEST_RANGE))
    throw new RangeError(`a range has more than ${LONGEST_RANGE} numbers, or none`);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

/** A node whose value is known. */
class KnownValue implements JinjaNode {
  readonly type = "KnownValue";
  readonly value: JinjaValue;

  constructor(value: JinjaValue) {
    this.value = value;
  }
}

class PythonInterpreter extends BaseInterpreter {
  override evaluate(node: JinjaNode | undefined, environment: JinjaEnvironment): JinjaValue {
    if (node instanceof KnownValue) return node.value;
    if (node?.type !== "MemberExpression") return super.evaluate(node, environment);
    const called = methodOf(node);
    if (called === undefined) return super.evaluate(node, environment);
    const object = this.evaluate(called.object, environment);
    const method = object.type === "ObjectValue" ? object.builtins.get(called.name) : undefined;
    const known = { ...node, object: new KnownValue(object) };
    return method ?? super.evaluate(known, environment);
  }
}

/** The object and name of `object.name`, where that is a method of dicts. */
function methodOf(node: JinjaNode): { readonly object: JinjaNode; readonly name: string } | undefined {
  if (!("object" in node) || !("property" in node) || !("computed" in node)) return undefined;
  const { object, property, computed } = node;
  if (computed === true || !isNode(object) || !isNode(property) || !("value" in property)) return undefined;
  const { value: name } = property;
  return typeof name === "string" && DICT_METHODS.has(name) ? { object, name } : undefined;
}

function isNode(value: unknown): value is JinjaNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
