/** The library that ToolSearcher searches: every API but itself, by a text of its name and description. */
import { itemOf, textOf } from "../python/access.js";
import { copyValue, type PythonDictionary, type PythonValue } from "../python/value.js";

/** Descriptions by name. */
export type ToolLibrary = ReadonlyMap<string, PythonDictionary>;

/** One API of the library. */
export interface ToolEntry {
  readonly name: string;
  /** The name cut at its capitals, in lower case. */
  readonly words: string;
  readonly description: string;
}

/** The APIs that can be found, in the order of the descriptions. */
export function toolEntries(library: ToolLibrary): readonly ToolEntry[] {
  return [...library]
    .filter(([name]) => name !== "ToolSearcher")
    .map(([name, value]) => ({
      name,
      words: wordsOf(name),
      description: textOf(itemOf(value, "description")),
    }));
}

/** The text that the official program embeds: words and description without a space between them. */
export function embeddedText({ words, description }: ToolEntry): string {
  return words + description;
}

/**
 * What ToolSearcher returns where this API ranks first: its description; where the API takes a token, the pair of
 * GetUserToken (with the embedded text that the official program leaves in it) and the API.
 */
export function toolOutput(name: string, library: ToolLibrary): PythonValue {
  const best = copyValue(library.get(name) ?? null);
  const parameters = itemOf(best, "input_parameters");
  const tokens = library.get("GetUserToken");
  if (!(parameters instanceof Map && parameters.has("token")) || tokens === undefined) return best;
  const entry = {
    name: "GetUserToken",
    words: wordsOf("GetUserToken"),
    description: textOf(itemOf(tokens, "description")),
  };
  return [new Map([...tokens, ["desc_for_search", embeddedText(entry)]]), best];
}

/** The outputs for every API of the library. */
export function possibleOutputs(library: ToolLibrary): readonly PythonValue[] {
  return toolEntries(library).map(({ name }) => toolOutput(name, library));
}

/** The names of the APIs in an output, whatever their descriptions say. */
export function toolNames(output: PythonValue): PythonValue[] {
  const tools = Array.isArray(output) ? output : output === null ? [] : [output];
  return tools.map((tool) => itemOf(tool, "name"));
}

function wordsOf(name: string): string {
  return [...name]
    .map((character) => (/\p{Lu}/u.test(character) ? ` ${character.toLowerCase()}` : character))
    .join("")
    .trim();
}
