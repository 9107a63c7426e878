import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDialogue, type DialogueShape } from "../../../test/support/dialogue-arbitrary.js";
import { importReading } from "../dialogue/import-reading.js";
import { createNotes } from "../dialogue/read-notes.js";
import { writeRow } from "./convert.js";
import { sameEssence } from "./essence.js";
import { FORMAT_NAMES, type FormatName, sourceRow } from "./format.js";
import { formatOf, recognizeRow } from "./formats.js";

const multi: DialogueShape = {
  requests: 3,
  instruction: true,
  textAnswers: true,
  textBesideCalls: false,
  reasoning: false,
  history: false,
};
const single: DialogueShape = { ...multi, requests: 1, instruction: false, textAnswers: false };

/** What each format has a place for. */
const shapes: Readonly<Record<FormatName, DialogueShape>> = {
  toolace: multi,
  sharegpt: { ...multi, reasoning: true },
  "openai-chat": { ...multi, reasoning: true, textBesideCalls: true },
  hermes: { ...multi, reasoning: true, textBesideCalls: true },
  xlam: single,
  "seal-tools": single,
  alpaca: { ...multi, reasoning: true, textBesideCalls: true, requests: 2, history: true },
  "api-bank": { ...multi, requests: 2, instruction: false, history: true },
};

const readBack = (name: FormatName, text: string) => {
  const reading = formatOf(name).read(sourceRow(JSON.parse(text), text), createNotes());
  if (!reading.ok) throw new Error(`${reading.problem.rule}: ${reading.problem.message}`);
  return reading.value;
};

describe.each(FORMAT_NAMES)("%s", (name) => {
  it("imports what it exported: every dialogue of its kind, twice the same bytes", () => {
    fc.assert(
      fc.property(anyDialogue(shapes[name]), (dialogue) => {
        const written = writeRow(dialogue, name);
        if (!written.ok) throw new Error(written.problem.message);
        expect(recognizeRow(written.value.value)).toBe(name);
        const again = readBack(name, written.value.text);
        expect(sameEssence(dialogue, again)).toBe(true);
        expect(writeRow(again, name)).toEqual(written);
      }),
      { numRuns: 60 },
    );
  });

  it("takes any dialogue, or says why not", () => {
    const everything = { ...multi, textBesideCalls: true, reasoning: true };
    fc.assert(
      fc.property(anyDialogue(everything), (dialogue) => {
        const written = writeRow(dialogue, name);
        if (written.ok) expect(sameEssence(dialogue, readBack(name, written.value.text))).toBe(true);
        else
          expect(written.problem).toMatchObject({
            rule: "not-expressible",
            message: expect.stringMatching(/\S/),
          });
      }),
      { numRuns: 40 },
    );
  });

  it("keeps the examples through a change of format where it takes the row", () => {
    fc.assert(
      fc.property(anyDialogue(single), (dialogue) => {
        const written = writeRow(dialogue, name);
        if (!written.ok) return;
        const examplesOf = (value: typeof dialogue) => {
          const result = importReading({ ok: true, value }, createNotes(), { file: "f", row: 0 });
          return result.ok ? result.examples.map(({ response }) => response) : [];
        };
        expect(examplesOf(readBack(name, written.value.text))).toEqual(examplesOf(dialogue));
      }),
      { numRuns: 40 },
    );
  });
});
