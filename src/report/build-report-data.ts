/**
 * Records of a run → what the report shows. Reads every long series once, from front to back, and keeps a bounded part
 * of it, so that a run of any size gives a page of about the same size. The same records give the same data, whatever
 * the order of trees and pairs.
 */
import { collectImports } from "./import-view.js";
import { summarizePerplexity } from "./perplexity-change.js";
import type { ReportData } from "./report-data.js";
import type { ReportInput } from "./report-input.js";
import { collectRounds } from "./round-view.js";
import { collectCurves } from "./training-curves.js";

/** The data of the page. Rejects only with what the given iterables and functions throw. */
export async function buildReportData(input: ReportInput): Promise<ReportData> {
  return {
    version: 1,
    title: input.title,
    facts: input.facts ?? [],
    evaluations: input.evaluations,
    comparisons: input.comparisons,
    benchmarks: input.benchmarks ?? [],
    training: await collectCurves(input.steps),
    perplexities: input.perplexities.map(summarizePerplexity),
    rounds: await collectRounds(input),
    imports: await collectImports(input.sources ?? [], input.rejections),
    stages: input.stages,
    settings: input.settings,
  };
}
