/**
 * Remarks on the meaning of a row. The form of ToolACE rows is clean; what noise there is lies in values that nobody
 * gave and in tool descriptions that a careless replacement of `date` by `string` has damaged. Such rows are imported.
 */
import type { Literal, Tool, ToolCall, ValueSchema } from "../../spec/index.js";
import { jsonToLiteral, literalsEqual, matchesEnum } from "../../text/index.js";
import type { Problem } from "./problem.js";

/** Words that only exist because `date` became `string` inside them: upstringd, valistring, start_string … */
const damagedWord = /\b(?:up|vali|candi|accommo|inti)string\w*|\b(?:start|end)_string\b|\bestrings?\b/iu;

/** A finding of the rule `damaged-words` where the tool list holds such a word. */
export function findDamagedWords(toolText: string): readonly Problem[] {
  const word = damagedWord.exec(toolText)?.[0];
  if (word === undefined) return [];
  const message = `${JSON.stringify(word)}: \`date\` seems to have been replaced by \`string\` in the tool list.`;
  return [{ field: "system", rule: "damaged-words", message }];
}

/**
 * Findings of the rule `ungrounded-value`: string arguments that occur nowhere before the call, upper and lower case
 * being the same, and are neither the default nor one of an enumeration. They were worked out (a date, a code) or invented.
 */
export function findUngroundedValues(
  calls: readonly ToolCall[],
  tools: readonly Tool[],
  before: readonly string[],
  path: string,
): readonly Problem[] {
  if (calls.length === 0) return [];
  const known = before.join("\n").toLowerCase();
  return calls.flatMap((call) => {
    const tool = tools.find((candidate) => candidate.name === call.name);
    return call.arguments
      .filter(({ name, value }) =>
        isUngrounded(value, known, tool?.parameters.find((one) => one.name === name)?.schema),
      )
      .map(({ name }) => ({
        field: path,
        rule: "ungrounded-value",
        message: `${call.name}: the value of ${name} occurs nowhere before the call.`,
      }));
  });
}

function isUngrounded(value: Literal, known: string, schema: ValueSchema | undefined): boolean {
  if (value.kind !== "string" || known.includes(value.value.toLowerCase())) return false;
  if (schema === undefined) return true;
  if (schema.default !== undefined && literalsEqual(value, jsonToLiteral(schema.default))) return false;
  return schema.enum === undefined || !matchesEnum(value, schema);
}
