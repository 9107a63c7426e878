/** Rows set aside → counts by rule, with the first few of each rule. */
import type { Rejection } from "../spec/index.js";
import type { ImportView, RuleView, SourceCount } from "./report-data.js";

/** Rejections shown for each rule. */
const shownPerRule = 5;
/** Longest message or field shown: both may quote the imported row. */
const textLimit = 400;

/** Counts all, shows the first few of each rule in the order they come. */
export async function collectImports(
  sources: readonly SourceCount[],
  rejections: Iterable<Rejection> | AsyncIterable<Rejection>,
): Promise<ImportView> {
  const rules = new Map<string, { count: number; readonly shown: Rejection[] }>();
  let rejected = 0;
  for await (const rejection of rejections) {
    const rule = rules.get(rejection.rule) ?? { count: 0, shown: [] };
    rules.set(rejection.rule, rule);
    rejected++;
    rule.count++;
    if (rule.shown.length < shownPerRule) rule.shown.push(shorten(rejection));
  }
  const views = [...rules].map(([rule, { count, shown }]): RuleView => ({ rule, count, shown }));
  views.sort((left, right) => right.count - left.count || (left.rule < right.rule ? -1 : 1));
  return { sources, rejected, rules: views };
}

function shorten(rejection: Rejection): Rejection {
  return { ...rejection, field: cut(rejection.field), message: cut(rejection.message) };
}

function cut(text: string): string {
  return text.length <= textLimit ? text : `${text.slice(0, textLimit)}…`;
}
