/** What verdicts depend on besides the result: items, parsers, and the surroundings of the simulations. */
import { type BfclCategory, categoryOf } from "./category.js";
import type { SyntaxParsers } from "./decode/syntax-node.js";
import type { BfclItem, CategoryItems } from "./item.js";
import type { SimulationSetting } from "./judge-transcript.js";

/** Everything that verdicts depend on. */
export interface BfclBench {
  readonly categories: ReadonlyMap<BfclCategory, CategoryItems>;
  readonly parsers: SyntaxParsers;
  readonly setting: SimulationSetting;
}

/** The item of an id. */
export function itemOf({ categories }: BfclBench, id: string): BfclItem | undefined {
  const category = categoryOf(id);
  return category === undefined ? undefined : categories.get(category)?.item(id);
}
