/** Decoded outputs: what a model's text says it calls. */
import { PythonError } from "../python/error.js";
import type { PythonDict } from "../python/value.js";

/** One call: a name, and arguments by name (`None` for those that have none). */
export interface DecodedCall {
  readonly name: string;
  readonly arguments: PythonDict;
}

/** The programming language of a category's calls. */
export type CallLanguage = "python" | "java" | "javascript";

/** The calls of an output, `"no-calls"` for a decoded text without the form of a list of calls, or a failure. */
export type DecodeResult =
  | { readonly ok: true; readonly calls: readonly DecodedCall[] | "no-calls" }
  | { readonly ok: false; readonly message: string };

/**
 * The text between which the calls stand: back-ticks, line ends and spaces taken off both ends, then square brackets
 * added where they are missing. Nothing else is removed.
 */
export function bracketed(output: string): string {
  let start = 0;
  let end = output.length;
  while (start < end && isFence(output.charCodeAt(start))) start++;
  while (end > start && isFence(output.charCodeAt(end - 1))) end--;
  const text = output.slice(start, end);
  const opened = text.startsWith("[") ? text : `[${text}`;
  return opened.endsWith("]") ? opened : `${opened}]`;
}

function isFence(code: number): boolean {
  return code === 96 || code === 10 || code === 32;
}

/** Adds an argument. @throws PythonError where the call has one of this name already */
export function giveOnce(args: PythonDict, name: string | null, value: string): void {
  if (args.has(name)) {
    throw new PythonError("Exception", "Multiple arguments with the same name are not supported.");
  }
  args.set(name, value);
}
