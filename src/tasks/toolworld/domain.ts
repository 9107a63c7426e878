/**
 * Domains: a handful of tools that belong together, as data. A tool is a verb, an object and attributes; its names,
 * its schema and the requests for it are made from these by the generator.
 */
import type { Attribute } from "./attribute.js";
import type { VerbName } from "./verbs.js";

/** A tool before it is named and typed for one row. */
export interface ToolPlan {
  readonly domain: string;
  readonly verb: VerbName;
  /** The object with its article, as in a request: `a hotel room`. */
  readonly object: string;
  /** At most eight words. */
  readonly description: string;
  readonly required: readonly Attribute[];
  readonly optional: readonly Attribute[];
}

/** Tools that belong together. */
export interface Domain {
  readonly name: string;
  readonly tools: readonly ToolPlan[];
}

type DomainTool = Omit<ToolPlan, "domain">;

/** A domain of these tools. */
export function domain(name: string, ...tools: readonly DomainTool[]): Domain {
  return { name, tools: tools.map((plan) => ({ ...plan, domain: name })) };
}

/** A tool: verb, object, description, required attributes, optional ones. */
export function tool(
  verb: VerbName,
  object: string,
  description: string,
  required: readonly Attribute[],
  optional: readonly Attribute[] = [],
): DomainTool {
  return { verb, object, description, required, optional };
}

const ARTICLES = new Set(["a", "an", "the", "my", "our", "all", "some", "this"]);

/** The words of an object without its article: `a hotel room` gives `hotel`, `room`. */
export function objectWords(object: string): string[] {
  const parts = object.split(" ");
  return ARTICLES.has(parts[0]!) ? parts.slice(1) : parts;
}
