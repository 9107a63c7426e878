/**
 * Remarks on the meaning of a row. The form of ToolACE rows is clean; what noise there is lies in values that nobody
 * gave and in tool descriptions that a careless replacement of `date` by `string` has damaged. Such rows are imported.
 */
import type { Literal, Tool, ToolCall, ValueSchema } from "../../spec/index.js";
import { jsonToLiteral, literalsEqual, matchesEnum } from "../../text/index.js";
import { findByName } from "../find-by-name.js";
import type { Problem } from "./problem.js";

/** Words that only exist because `date` became `string` inside them: upstringd, valistring, start_string … */
const damagedWord = /\b(?:up|vali|candi|accommo|inti)string\w*|\b(?:start|end)_string\b|\bestrings?\b/iu;

/** Most characters that are read to look up the values of one answer. */
const mostReading = 50_000_000;

/** A finding of the rule `damaged-words` where the tool list holds such a word. */
export function findDamagedWords(toolText: string): readonly Problem[] {
  const word = damagedWord.exec(toolText)?.[0];
  if (word === undefined) return [];
  const message = `${JSON.stringify(word)}: \`date\` seems to have been replaced by \`string\` in the tool list.`;
  return [{ field: "system", rule: "damaged-words", message }];
}

/**
 * Findings on arguments that occur nowhere before the call and are neither the default nor one of an enumeration: they
 * were worked out (a date, a code, a sum) or invented. Rules: `ungrounded-value` for strings, upper and lower case being
 * the same; `ungrounded-number` for numbers, which may stand there in digits, with or without thousands separators or a
 * fraction of zeros, or as a word up to twenty; `values-not-looked-up` where that would take too long.
 */
export function findUngroundedValues(
  calls: readonly ToolCall[],
  tools: readonly Tool[],
  before: readonly string[],
  path: string,
): readonly Problem[] {
  if (calls.length === 0) return [];
  const characters = before.reduce((sum, text) => sum + text.length, 0);
  const values = calls.reduce((sum, call) => sum + call.arguments.length, 0);
  if (characters * (1 + values) > mostReading) {
    const message = "The dialogue is too long to look for every value of these calls in it.";
    return [{ field: path, rule: "values-not-looked-up", message }];
  }
  const known = before.join("\n").toLowerCase();
  return calls.flatMap((call) => {
    const tool = findByName(tools, call.name);
    const schemaOf = (name: string) =>
      tool === undefined ? undefined : findByName(tool.parameters, name)?.schema;
    return call.arguments
      .filter(({ name, value }) => isUngrounded(value, known, schemaOf(name)))
      .map(({ name, value }) => ({
        field: path,
        rule: value.kind === "string" ? "ungrounded-value" : "ungrounded-number",
        message: `${call.name}: the value of ${name} occurs nowhere before the call.`,
      }));
  });
}

function isUngrounded(value: Literal, known: string, schema: ValueSchema | undefined): boolean {
  if (isKnown(value, known)) return false;
  if (schema === undefined) return true;
  if (schema.default !== undefined && literalsEqual(value, jsonToLiteral(schema.default))) return false;
  return schema.enum === undefined || !matchesEnum(value, schema);
}

/** Only strings and numbers can be looked for. */
function isKnown(value: Literal, known: string): boolean {
  if (value.kind === "string") return known.includes(value.value.toLowerCase());
  if (value.kind !== "integer" && value.kind !== "float") return true;
  const word = numberWords[Number(value.value)];
  return standsAlone(numberText(value), known) || (word !== undefined && known.includes(word));
}

const numberWords =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " ",
  );

/** The digits as they stand in a text without separators: `25000` for 25000.0. */
function numberText(value: Extract<Literal, { kind: "integer" | "float" }>): string {
  return String(value.value).replace(/^-/u, "");
}

/** Whether the number stands in the text, not as a part of a longer one. */
function standsAlone(digits: string, known: string): boolean {
  if (isPlace(digits, known)) return true;
  return digits.length > 3 && isPlace(digits, known.replace(/(\d),(?=\d{3})/gu, "$1"));
}

function isPlace(digits: string, known: string): boolean {
  for (let at = known.indexOf(digits); at >= 0; at = known.indexOf(digits, at + 1)) {
    const after = known.slice(at + digits.length, at + digits.length + 2);
    const before = known.slice(Math.max(0, at - 2), at);
    if (!/\d\.?$/u.test(before) && !/^(?:\d|\.[1-9])/u.test(after)) return true;
  }
  return false;
}
