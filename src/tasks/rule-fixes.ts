/** What to do about each rule: one sentence a rule, the same in reports and in docs/data-formats.md. */

const fixes: ReadonlyMap<string, string> = new Map([
  // While the file is read.
  ["json", "repair or remove the row"],
  ["encoding", "convert the file to UTF-8 (iconv does), or repair the row"],
  ["repeated-key", "keep one of the members with the same key"],
  ["row-too-long", "split it; in a program, raise `maximumRowLength`"],
  ["cut-off", "fetch the file again"],
  ["trailing-text", "remove it"],
  // In the row.
  ["row-type", "write an object"],
  ["unknown-format", "name the format with --format, or convert the file to one that is known"],
  ["other-format", "put rows of one format in one file, or name the format with --format"],
  ["field-type", "write the field as the format has it"],
  ["json-field", "write valid JSON"],
  ["double-encoded", "decode it once; `itool data check --repair` does"],
  ["careless-conversion", "import the original file"],
  ["other-syntax", "write the calls as the format has them"],
  ["tool-list", "restore the list"],
  ["tool-name", "name it; rename or remove one"],
  ["no-turns", "remove the row"],
  ["no-answer", "remove the row"],
  ["too-many-turns", "split the dialogue"],
  ["role", "rename the role"],
  ["role-order", "put the turns in order; remove the results"],
  ["empty-turn", "write it, or remove the row"],
  ["content-part", "leave the part out, or remove the row"],
  ["meta", "generate the row again, or remove `meta`"],
  ["call-form", 'write `{"name": …, "arguments": {…}}`'],
  ["call-grammar", "rename the argument or the tool"],
  ["broken-call", "write the calls as the format has them"],
  ["cut-name", "import the original file"],
  ["unknown-tool", "list the tool, or correct the name"],
  ["unknown-argument", "rename or remove the argument"],
  ["repeated-argument", "keep one"],
  ["missing-argument", "add it"],
  ["argument-type", "correct the value or the schema; `itool data check --repair` mends numbers in text"],
  ["argument-enum", "take one of the allowed values"],
  // Answers.
  ["empty-answer", "write an answer, or remove the turn"],
  ["mixed-answer", "keep the calls or the text"],
  ["unclosed-thoughts", "write </think> where they end, or remove the turn"],
  ["too-long", "use a model with a longer context, or leave the example out"],
  ["template", "see the message, which is the template's own"],
  // Findings.
  ["damaged-words", "repair the descriptions where they matter"],
  ["ungrounded-value", "look at the row; an invented value teaches inventing"],
  ["ungrounded-number", "look at the row; an invented number teaches inventing"],
  ["values-not-looked-up", "nothing, or shorten the dialogue"],
  ["inexact-number", "write the number as a string"],
  ["unquoted-value", "put the value in quotation marks"],
  ["call-reference", "nothing, or fill in the value that the earlier call gives"],
  ["text-beside-calls", "nothing, or remove the text"],
  ["reasoning", "nothing; the thoughts stay in the dialogue's file"],
  ["unknown-property", "complete the schema"],
  ["missing-property", "complete the value"],
  ["repeated-property", "keep one"],
  ["tool-results", "check the tool turn"],
  ["unanswered", "nothing, or add the answer"],
  ["duplicate-row", "keep one of them"],
  ["near-duplicate", "look at both; keep one where they teach the same"],
  // Writing.
  ["not-expressible", "choose another format for this row"],
]);

/** All rules, in the order of the table. */
export const RULES: readonly string[] = [...fixes.keys()];

/** What to do about a rule; empty for a name that is none. */
export function fixOf(rule: string): string {
  return fixes.get(rule) ?? "";
}
