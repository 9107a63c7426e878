/** What became of a row: examples and remarks, or one rejection. The same for every format. */
import type { Example, Rejection } from "../../spec/index.js";
import type { Dialogue } from "./dialogue.js";
import { examplesOf, factsOf, type RowFacts } from "./examples.js";
import type { Problem, Reading } from "./problem.js";
import { clipText, type ReadNotes, type Repair } from "./read-notes.js";

/** How rows are imported. */
export interface ImportPlace {
  /** Name of the file, for origins, ids and rejections. */
  readonly file: string;
  /** One category for all examples, instead of those of `meta` or the derived ones. */
  readonly category?: string;
}

/** What became of a row. */
export type RowImport =
  | {
      readonly ok: true;
      readonly dialogue: Dialogue;
      readonly facts: RowFacts;
      readonly examples: readonly Example[];
      /** Single answers that are no examples; they stay in the dialogue before later answers. */
      readonly omitted: readonly Rejection[];
      /** Remarks on what was imported all the same. */
      readonly findings: readonly Rejection[];
      /** Changes that were made to repair the row; none where repairs were not asked for. */
      readonly repairs: readonly Repair[];
    }
  | { readonly ok: false; readonly rejection: Rejection };

/** Messages may quote what a row holds, of any length. */
const longestMessage = 1000;

/** The import that a reading gives. */
export function importReading(
  reading: Reading<Dialogue>,
  notes: ReadNotes,
  place: ImportPlace & { readonly row: number },
): RowImport {
  const { file, row } = place;
  const locate = ({ field, rule, message }: Problem): Rejection => ({
    file,
    row,
    field,
    rule,
    message: clipText(message, longestMessage),
  });
  if (!reading.ok) return { ok: false, rejection: locate(reading.problem) };
  const dialogue = reading.value;
  const facts = factsOf(dialogue);
  return {
    ok: true,
    dialogue,
    facts,
    examples: examplesOf(dialogue, facts, place),
    omitted: dialogue.turns.flatMap(({ omitted }) => (omitted === undefined ? [] : [locate(omitted)])),
    findings: dialogue.findings.map(locate),
    repairs: notes.repairs,
  };
}
