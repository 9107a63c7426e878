/** Judging result files: every line gets a verdict, in the order of the file, whatever stands in it. */
import type { JsonValue, ResultGrader, Verdict } from "../spec/index.js";
import { encodeRow, readLines, writeAtomically } from "../store/index.js";

/** The error type of a line that is not JSON: it is judged wrong and counted, never dropped. */
export const NOT_JSON = "result_line:not_json";

/** How many lines were judged, and how many were no JSON. */
export interface GradedLines {
  readonly lines: number;
  readonly unreadable: number;
}

/**
 * Writes one verdict a line of the result file (empty lines are none) to `out`, whole or not at all.
 *
 * @throws StoreError where a file cannot be read or written
 */
export async function gradeResults(results: string, out: string, grader: ResultGrader): Promise<GradedLines> {
  const counts = { lines: 0, unreadable: 0 };
  await writeAtomically(out, verdictLines(results, grader, counts));
  return counts;
}

async function* verdictLines(
  results: string,
  grader: ResultGrader,
  counts: { lines: number; unreadable: number },
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const { bytes } of readLines(results)) {
    const text = decoder.decode(bytes).trim();
    if (text === "") continue;
    counts.lines += 1;
    const row = readJson(text);
    if (row === undefined) counts.unreadable += 1;
    yield encodeRow(row === undefined ? unreadable : await grader.grade(row));
  }
}

const unreadable: Verdict = { id: null, valid: false, error_type: NOT_JSON };

function readJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
