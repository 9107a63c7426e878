/** What checking a data file tells. */
import type { Rejection } from "../../spec/index.js";
import type { FormatName } from "../formats/format.js";
import type { LengthSummary } from "./measures.js";

/** One thing that was found, and what to do about it. */
export interface Finding extends Rejection {
  /** Whether a row or answer was set aside for it, or it is a remark. */
  readonly kind: "set-aside" | "remark";
  readonly fix: string;
}

/** A rule with its places. */
export interface ReasonCount {
  readonly rule: string;
  readonly count: number;
  /** What to do. */
  readonly fix: string;
  /** The first places, in the order of the file. */
  readonly first: readonly Rejection[];
}

/** How often something occurs. */
export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/**
 * The report on a data file. Always `rows.read = rows.imported + rows.setAside`, `answers.read = answers.examples +
 * answers.setAside`, and the counts of `setAside` add up to the rows and answers set aside.
 */
export interface DataCheck {
  readonly file: string;
  /** The format that was given or detected; `null` where no row is in a known one. */
  readonly format: FormatName | null;
  readonly rows: {
    readonly read: number;
    readonly imported: number;
    readonly setAside: number;
    /** Imported rows without a call in what is trained. */
    readonly withoutCall: number;
  };
  /** Fields of the imported rows that the format does not read, with the number of rows that have them. */
  readonly unusedFields: readonly NamedCount[];
  readonly duplicates: {
    /** Imported rows that repeat an earlier one: word for word, and nearly. */
    readonly exact: number;
    readonly near: number;
    /** Imported rows with the first request of an earlier one. */
    readonly sameRequest: number;
    /** Imported rows that were compared: the first two million. */
    readonly compared: number;
  };
  readonly answers: {
    /** Answers of the assistant in the imported rows: those that became examples, and those set aside. */
    readonly read: number;
    readonly examples: number;
    readonly setAside: number;
    /** Examples whose gold answer calls. */
    readonly withCalls: number;
    /** Examples whose gold answer is text. */
    readonly text: number;
    /** Calls in all gold answers. */
    readonly calls: number;
  };
  /** Reasons for setting rows or single answers aside; the most frequent first. */
  readonly setAside: readonly ReasonCount[];
  /** Remarks on rows that were imported; the most frequent first. */
  readonly findings: readonly ReasonCount[];
  /** Imported rows by class of difficulty: easy, medium, hard. */
  readonly classes: readonly NamedCount[];
  /** Examples by category. */
  readonly categories: readonly NamedCount[];
  readonly lengths: readonly LengthSummary[];
}
