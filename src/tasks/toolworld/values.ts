/** Values of arguments: plain ones, which a model can copy, and those that need work. */
import type { Attribute } from "./attribute.js";
import { type DrawnValue, type NameOrder, plainValue, type ValueContext } from "./plain-values.js";
import { alwaysWorks, type WorkOrNone, worksOf } from "./work.js";
import { workedValue } from "./worked-values.js";

/**
 * Draws a value. With `work` the request says it in another form than the call needs, if this kind of value knows
 * the work; otherwise both are the same.
 */
export function drawValue(
  attribute: Attribute,
  work: WorkOrNone,
  context: ValueContext,
  order?: NameOrder,
): DrawnValue {
  const known = work !== "none" && worksOf(attribute.kind).includes(work);
  if (known || alwaysWorks(attribute.kind)) {
    const done = known ? work : worksOf(attribute.kind)[0]!;
    return workedValue(attribute, done, context, order);
  }
  return plainValue(attribute.kind, context, order);
}
