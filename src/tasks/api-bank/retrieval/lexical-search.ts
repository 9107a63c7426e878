/** The default search for tools: BM25 over the names and descriptions, words in lower case. */
import type { ToolFinder } from "../../../spec/index.js";
import { wordCharacter } from "../python/text.js";
import { createBm25 } from "./bm25.js";
import { type ToolLibrary, toolEntries } from "./tool-library.js";

/** The API whose text scores best, the first of equals; none where no word of the keywords occurs. */
export function createLexicalFinder(library: ToolLibrary): ToolFinder {
  const entries = toolEntries(library);
  const score = createBm25(entries.map(({ words, description }) => wordsIn(`${words} ${description}`)));
  const find = (keywords: string) => {
    const scores = score(wordsIn(splitCapitals(keywords)));
    const best = scores.reduce((top, value, index) => (value > (scores[top] ?? 0) ? index : top), -1);
    return entries[best]?.name;
  };
  return { name: "BM25", find: async (keywords) => find(keywords) };
}

const word = new RegExp(`[${wordCharacter}]+`, "gu");

function wordsIn(text: string): readonly string[] {
  return (text.match(word) ?? [])
    .flatMap((part) => part.toLowerCase().split("_"))
    .filter((part) => part !== "");
}

/** Keywords may be the name of an API. */
function splitCapitals(keywords: string): string {
  return keywords.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
}
