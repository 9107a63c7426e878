/** From a model's output to its calls. */
import { PythonError } from "../python/error.js";
import { errorText } from "../python/repr.js";
import { bracketed, type CallLanguage, type DecodeResult } from "./call.js";
import { javaCalls } from "./java-calls.js";
import { javascriptCalls } from "./javascript-calls.js";
import { pythonCalls } from "./python-calls.js";
import type { SyntaxParsers } from "./syntax-node.js";

/** How outputs are decoded. */
export interface DecodeOptions {
  readonly language: CallLanguage;
  readonly parsers: SyntaxParsers;
}

/** The calls of a prompting-mode output. Never throws. */
export function decodeOutput(output: string, { language, parsers }: DecodeOptions): DecodeResult {
  return attempt(() => {
    const text = bracketed(output);
    if (language === "python") return pythonCalls(text);
    return language === "java" ? javaCalls(text, parsers.java) : javascriptCalls(text, parsers.javascript);
  });
}

/** Runs a decoder; what goes wrong is a value. */
export function attempt(decode: () => Extract<DecodeResult, { ok: true }>["calls"]): DecodeResult {
  try {
    return { ok: true, calls: decode() };
  } catch (error) {
    if (error instanceof PythonError) return { ok: false, message: `${error.kind}: ${errorText(error)}` };
    // A text nested beyond what the stack holds.
    if (error instanceof RangeError)
      return { ok: false, message: "RecursionError: the text is nested too deeply" };
    throw error;
  }
}
