/** What an importer notes beside the row itself: remarks, and the repairs it made where it may repair. */
import type { Problem } from "./problem.js";

/** A change that repaired a row. */
export interface Repair {
  readonly field: string;
  /** The rule that the row broke before. */
  readonly rule: string;
  readonly before: string;
  readonly after: string;
}

/** Collects while a row is read. */
export interface ReadNotes {
  /** Whether mechanical damage is repaired; otherwise it sets the row aside. */
  readonly mayRepair: boolean;
  readonly findings: Problem[];
  readonly repairs: Repair[];
}

/** Nothing noted yet. */
export function createNotes(mayRepair = false): ReadNotes {
  return { mayRepair, findings: [], repairs: [] };
}

/** Notes a repair, with texts clipped to what a person reads. */
export function noteRepair(notes: ReadNotes, repair: Repair): void {
  notes.repairs.push({ ...repair, before: clipText(repair.before), after: clipText(repair.after) });
}

const longestShown = 200;

/** The text, cut to so many characters. */
export function clipText(text: string, longest: number = longestShown): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/** Notes that a number outside of arguments may have lost digits. Rule: `inexact-number`. */
export function noteInexact(notes: ReadNotes, field: string): void {
  const message =
    "An integer beyond 2^53 loses digits where it does not stand in arguments; write it as a string.";
  notes.findings.push({ field, rule: "inexact-number", message });
}
