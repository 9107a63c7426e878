/** `itool grade`: judges a result file in a benchmark's official format, one verdict line for each result line. */
import { ConfigError, type GradeSummary } from "../../spec/index.js";
import { type GradedLines, gradeResults } from "../../stages/grade.js";
import { requireFile, requireFolder } from "../input-files.js";
import { openApiBankGrader } from "./grade/api-bank.js";
import { openBfclGrader } from "./grade/bfcl.js";
import type { GraderOpener, GraderSettings } from "./grade/settings.js";

/** Benchmarks whose result files can be judged: one line each. */
export const BENCHMARK: Readonly<Record<string, GraderOpener>> = {
  bfcl: openBfclGrader,
  "api-bank": openApiBankGrader,
};

/** Options of the command. */
export interface GradeOptions extends GraderSettings {
  readonly benchmark: string;
  /** Result file: one JSON object a line. */
  readonly results: string;
  /** File of the verdicts. */
  readonly out: string;
}

/** What a grading came to. */
export interface Grading extends GradedLines {
  readonly benchmark: string;
  readonly summary: GradeSummary;
}

/**
 * Judges every line of `results` and writes the verdicts to `out`.
 *
 * @throws ConfigError for an unknown benchmark, or files that are not there
 */
export async function runGrade(options: GradeOptions): Promise<Grading> {
  const { benchmark, data, results, out } = options;
  const open = Object.hasOwn(BENCHMARK, benchmark) ? BENCHMARK[benchmark] : undefined;
  if (open === undefined) {
    const known = Object.keys(BENCHMARK).join(", ");
    throw new ConfigError(`--benchmark is ${benchmark}; known are ${known}.`, { benchmark });
  }
  requireFolder(data, "--data", "Give the folder of the benchmark's official data.");
  requireFile(results, "--results", "Give a result file: one JSON object a line.");
  const grader = await open(options);
  const counts = await gradeResults(results, out, grader);
  return { benchmark, ...counts, summary: await grader.summary() };
}

/** What is written to stdout with `--json`. */
export function gradingData({ benchmark, lines, unreadable, summary }: Grading): object {
  return { benchmark, lines, unreadable, ...summary.data };
}

/** The grading for people. */
export function renderGrading({ lines, unreadable, summary }: Grading): string {
  const bad =
    unreadable === 0 ? "" : `\n${unreadable} of ${lines} lines are no JSON; they were judged wrong.`;
  return `${summary.text}${bad}`;
}
