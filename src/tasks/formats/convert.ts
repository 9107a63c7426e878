/** A dialogue in another format. Every row that is written has been read back and compared: none is changed in silence. */
import type { JsonObject } from "../../spec/index.js";
import type { Dialogue } from "../dialogue/dialogue.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import { createNotes } from "../dialogue/read-notes.js";
import { sameEssence } from "./essence.js";
import { type FormatName, sourceRow } from "./format.js";
import { formatOf } from "./formats.js";

/** A row, and its JSON text. */
export interface WrittenRow {
  readonly value: JsonObject;
  readonly text: string;
}

/**
 * The row in a format. Rules: `not-expressible` (the format has no place for something of it, or would read it back as
 * something else).
 */
export function writeRow(dialogue: Dialogue, name: FormatName): Reading<WrittenRow> {
  const format = formatOf(name);
  const written = format.write(dialogue);
  if (!written.ok) return written;
  const text = JSON.stringify(written.value);
  const again = format.read(sourceRow(written.value, text), createNotes());
  if (!again.ok) {
    const { rule, message } = again.problem;
    return bad("", "not-expressible", `${format.title} does not read the row back (${rule}: ${message})`);
  }
  if (sameEssence(dialogue, again.value)) return good({ value: written.value, text });
  const message = `${format.title} reads the row back as something else; choose another format for this row.`;
  return bad("", "not-expressible", message);
}
