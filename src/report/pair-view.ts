/** A preference pair as text. */
import type { PreferencePair } from "../spec/index.js";
import { clipText } from "./clip-text.js";
import { exampleView, promptLimit, responseLimit } from "./example-view.js";
import type { PairView } from "./report-data.js";
import type { ReportInput } from "./report-input.js";

/** The view of a pair. Prompt and response so far are decoded from the ids, which say where one ends. */
export function toPairView(pair: PreferencePair, input: Pick<ReportInput, "decode" | "example">): PairView {
  const { prefix, promptLength } = pair;
  return {
    id: pair.id,
    exampleId: pair.exampleId,
    ...exampleView(pair.exampleId, input),
    prompt: clipText(input.decode(prefix.slice(0, promptLength)), promptLimit),
    prefix: clipText(input.decode(prefix.slice(promptLength)), responseLimit),
    chosen: clipText(pair.chosenText, responseLimit),
    rejected: clipText(pair.rejectedText, responseLimit),
    chosenValue: pair.chosenValue,
    rejectedValue: pair.rejectedValue,
  };
}
