/** The texts of an example that stand above a tree or a pair. */

import { clipText } from "./clip-text.js";
import type { ClippedText } from "./report-data.js";
import type { ReportInput } from "./report-input.js";

/** Longest prompt shown, in UTF-16 code units. */
export const promptLimit = 6000;
/** Longest response, request or fragment shown. */
export const responseLimit = 1500;

/** The last user turn and the gold response; no field where the example is not at hand, no request without a user turn. */
export function exampleView(
  exampleId: string,
  input: Pick<ReportInput, "example">,
): { readonly request?: ClippedText; readonly gold?: ClippedText } {
  const example = input.example?.(exampleId);
  if (example === undefined) return {};
  const gold = clipText(example.response, responseLimit);
  const request = example.messages.findLast((message) => message.role === "user");
  return request === undefined ? { gold } : { gold, request: clipText(request.content, responseLimit) };
}
