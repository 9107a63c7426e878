import type { JsonValue } from "./json.js";

/** The judgement of one line of a result file, in the form of the official evaluators: one line of the output. */
export interface Verdict {
  /** The id of the result line, as given; `null` where the line has none. */
  readonly id: JsonValue;
  readonly valid: boolean;
  /** `null` exactly when `valid`. */
  readonly error_type: string | null;
}

/** Judges the lines of a result file one by one. */
export interface ResultGrader {
  /** The verdict on a line. Defined for every value: what is no result at all is invalid and says so. */
  grade(row: JsonValue): Verdict | Promise<Verdict>;
  /** What the verdicts so far amount to: scores and deficiencies, as data and as text for people. */
  summary(): GradeSummary | Promise<GradeSummary>;
}

/** What a result file amounts to. */
export interface GradeSummary {
  readonly data: Readonly<Record<string, unknown>>;
  readonly text: string;
}
