/**
 * Words as NLTK's tokenizer cuts them (the Penn Treebank rules with NLTK 3.8's changes, without the sentence splitter): what
 * the official search engine does to a query. Rules are applied in order; each puts spaces round what it finds.
 */
import { digit, strip, whiteSpace, wordCharacter } from "../python/text.js";

/** The words of a text. */
export function treebankWords(text: string): readonly string[] {
  const opened = applyRules(text, openingQuotes);
  const punctuated = applyRules(separateLastStop(opened), punctuation);
  const closed = applyRules(` ${punctuated} `, closing);
  return closed.split(new RegExp(`[${whiteSpace}]+`, "u")).filter((word) => word !== "");
}

type Rule = readonly [pattern: RegExp, replacement: string];

const openingQuotes: readonly Rule[] = [
  [/([«“‘„]|`+)/gu, " $1 "],
  [/^"/u, "``"],
  [/(``)/gu, " $1 "],
  [/([ ([{<])("|'{2})/gu, "$1 `` "],
  [new RegExp(`(')(?!re|ve|ll|m|t|s|d|n)([${wordCharacter}])(?![${wordCharacter}])`, "giu"), "$1 $2"],
];

const punctuation: readonly Rule[] = [
  [new RegExp(`([:,])((?!${digit})[^])`, "gu"), " $1 $2"],
  [/([:,])$/u, " $1 "],
  [/\.{2,}/gu, " $& "],
  [/[;@#$%&]/gu, " $& "],
  [/[?!]/gu, " $& "],
  [/([^'])' /gu, "$1 ' "],
  [/[*]/gu, " $& "],
  [/[\][(){}<>]/gu, " $& "],
  [/--/gu, " -- "],
];

const contraction = (first: string, second: string): Rule => [
  new RegExp(`(?<![${wordCharacter}])(${first})(${second})(?![${wordCharacter}])`, "giu"),
  " $1 $2 ",
];

const closing: readonly Rule[] = [
  [/([»”’])/gu, " $1 "],
  [/''/gu, " '' "],
  [/"/gu, " '' "],
  [/([^' ])('[sS]|'[mM]|'[dD]|') /gu, "$1 $2 "],
  [/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /gu, "$1 $2 "],
  contraction("can", "not"),
  contraction("d", "'ye"),
  contraction("gim", "me"),
  contraction("gon", "na"),
  contraction("got", "ta"),
  contraction("lem", "me"),
  contraction("more", "'n"),
  [new RegExp(`(?<![${wordCharacter}])(wan)(na)(?=[${whiteSpace}])`, "giu"), " $1 $2 "],
  [new RegExp(` ('t)(is)(?![${wordCharacter}])`, "giu"), " $1 $2 "],
  [new RegExp(` ('t)(was)(?![${wordCharacter}])`, "giu"), " $1 $2 "],
];

function applyRules(text: string, rules: readonly Rule[]): string {
  return rules.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

const closers = /^[\])}>"'»”’ ]*$/u;

/** A full stop at the end of the text, perhaps before closing marks, is a word; looked for from the end, so in one pass. */
function separateLastStop(text: string): string {
  const stop = text.lastIndexOf(".");
  const before = text[stop - 1];
  const after = strip(text.slice(stop + 1));
  if (stop < 1 || before === "." || !closers.test(after)) return text;
  return `${text.slice(0, stop)} . ${after} `;
}
