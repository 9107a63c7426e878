import { describe, expect, it } from "vitest";
import { toolLibraryOf } from "../benchmark.js";
import { fixtureBank } from "../fixture-bank.js";
import { createEmbeddingFinder } from "./embedding-search.js";
import { createLexicalFinder } from "./lexical-search.js";
import { embeddedText, toolEntries } from "./tool-library.js";

const library = toolLibraryOf(fixtureBank());

/** Counts of letters: a model of sorts. */
function letters(text: string): number[] {
  const counts = Array<number>(26).fill(0);
  for (const letter of text.toLowerCase()) {
    const index = letter.charCodeAt(0) - 97;
    if (index >= 0 && index < 26) counts[index]! += 1;
  }
  return counts;
}

describe("searching tools", () => {
  it("has every API but ToolSearcher, in words glued to the description", () => {
    const entries = new Map(toolEntries(library).map((entry) => [entry.name, entry]));
    expect(entries.size).toBe(52);
    expect(embeddedText(entries.get("DocumentQA")!)).toBe("document q aDoes what DocumentQA says.");
  });

  it.each<[string, string | undefined]>([
    ["symptom search", "SymptomSearch"],
    ["SymptomSearch", "SymptomSearch"],
    ["cancel_timed_switch", "CancelTimedSwitch"],
    ["zzz", undefined],
    ["", undefined],
  ])("by words: %s → %s", async (keywords, name) => {
    expect(await createLexicalFinder(library).find(keywords)).toBe(name);
  });

  it("by the highest cosine, embedding the library once", async () => {
    const asked: number[] = [];
    const embed = async (texts: readonly string[]) => {
      asked.push(texts.length);
      return texts.map(letters);
    };
    const finder = createEmbeddingFinder(library, { name: "letters", embed });
    expect(await finder.find("wikidoeswhatwikisays")).toBe("Wiki");
    expect(await finder.find("123")).toBeUndefined();
    expect(asked).toEqual([52, 1, 1]);
    expect(finder.name).toBe("embeddings of letters");
  });
});
