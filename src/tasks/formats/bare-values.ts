/** Calls in brackets as API-Bank writes them: some values have no quotation marks (`location=Los Angeles`). */
import type { ToolCall } from "../../spec/index.js";
import { parseCalls, parseLiteral } from "../../text/index.js";
import { bad, good, type Reading } from "../dialogue/problem.js";

/** The calls, and whether values were read as text that were not quoted. */
export interface BracketCalls {
  readonly calls: readonly ToolCall[];
  readonly bare: boolean;
}

/** A name, `=`, and words up to the next argument or the closing bracket. */
const bareArgument =
  /([\p{L}_][\p{L}\p{N}_]*)=(?!\s*['"[{(])([^()'"=[\]{}]+?)(?=\s*(?:,\s*[\p{L}_][\p{L}\p{N}_]*=|\)))/gu;

/** Texts longer than this are read as they are: nothing is repaired in them. */
const longestRepaired = 20_000;

/** The calls of a text. Rule: `broken-call`. */
export function readBracketCalls(
  text: string,
  names: readonly string[],
  field: string,
): Reading<BracketCalls> {
  const trimmed = text.trim();
  const parse = parseCalls(trimmed, names);
  if (parse.ok) return good({ calls: parse.calls, bare: false });
  const quoted = trimmed.length > longestRepaired ? trimmed : quoteBareValues(trimmed);
  const again = parseCalls(quoted, names);
  if (again.ok) return good({ calls: again.calls, bare: true });
  const message = `The calls break off at character ${parse.position}: ${parse.message}`;
  return bad(field, "broken-call", message);
}

/** A dictionary's text with quotation marks around values that are a bare word, such as the type in `{'type': str}`. */
export function quoteBareWords(text: string): string {
  if (text.length > longestRepaired) return text;
  return text.replace(
    /(['"]\s*:\s*)([\p{L}_][\p{L}\p{N}_.]*)(?=\s*[,}])/gu,
    (whole, key: string, word: string) => (parseLiteral(word).ok ? whole : `${key}"${word}"`),
  );
}

function quoteBareValues(text: string): string {
  return text.replace(bareArgument, (whole, name: string, value: string) =>
    parseLiteral(value).ok ? whole : `${name}=${JSON.stringify(value)}`,
  );
}
