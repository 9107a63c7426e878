/**
 * What rows have in common with other data, such as a benchmark: runs of n words, and tools. The other data may be in any
 * form: every text in its JSON counts, and every object with a name and parameters is a tool.
 */
import type { JsonObject, JsonValue, Tool } from "../spec/index.js";
import { toolFromJson } from "../text/index.js";
import type { Dialogue } from "./dialogue/dialogue.js";
import { hashText } from "./duplicates.js";
import { createHashTable } from "./hash-table.js";
import { field, isJsonList, isJsonObject } from "./json-text.js";
import { eachWord } from "./words.js";

/** What a row shares. */
export interface RowOverlap {
  /** Runs of n words in what users and assistants say, and how many of them stand in the other data too. */
  readonly runs: number;
  readonly sharedRuns: number;
  /** The first shared run and where it stands. */
  readonly example?: { readonly text: string; readonly field: string; readonly source: string };
  /** Tools of the row that the other data has: with the same parameters, or of the same name only. */
  readonly tools: readonly ToolOverlap[];
}

/** A tool that is in both. */
export interface ToolOverlap {
  readonly name: string;
  readonly kind: "same-tool" | "same-name";
  readonly source: string;
}

/** The other data. Grows by about 17 bytes a word. */
export interface OverlapIndex {
  /** Takes in everything that a value holds. @param source Name of its file */
  add(value: JsonValue, source: string): void;
  compare(dialogue: Dialogue): RowOverlap;
  size(): { readonly runs: number; readonly tools: number };
}

const deepest = 64;

/** An index with nothing in it. @param length Words of a run */
export function createOverlapIndex(length: number): OverlapIndex {
  const runs = createHashTable();
  const signatures = createHashTable();
  const names = createHashTable();
  const sources: string[] = [];
  const sourceOf = (index: number): string => sources[index] ?? "";
  const addText = (text: string): void =>
    eachRun(text, length, (hash) => void runs.findOrAdd(hash, sources.length - 1));
  const addTool = (tool: Tool): void => {
    signatures.findOrAdd(signatureOf(tool), sources.length - 1);
    names.findOrAdd(nameHash(tool), sources.length - 1);
  };
  return {
    add(value, source) {
      if (sources.at(-1) !== source) sources.push(source);
      walk(value, 0, addText, addTool);
    },
    compare(dialogue) {
      const shared = compareTexts(dialogue, length, (hash) => runs.find(hash));
      const tools = dialogue.tools.flatMap((tool): ToolOverlap[] => {
        const same = signatures.find(signatureOf(tool));
        const source = same ?? names.find(nameHash(tool));
        if (source === undefined) return [];
        const kind = same === undefined ? "same-name" : "same-tool";
        return [{ name: tool.name, kind, source: sourceOf(source) }];
      });
      const { found, ...counts } = shared;
      if (found === undefined) return { ...counts, tools };
      const { text, field: path, index } = found;
      return { ...counts, example: { text, field: path, source: sourceOf(index) }, tools };
    },
    size: () => ({ runs: runs.size(), tools: signatures.size() }),
  };
}

interface SharedTexts {
  readonly runs: number;
  readonly sharedRuns: number;
  readonly found: { readonly text: string; readonly field: string; readonly index: number } | undefined;
}

function compareTexts(
  { turns }: Dialogue,
  length: number,
  find: (hash: number) => number | undefined,
): SharedTexts {
  let runs = 0;
  let sharedRuns = 0;
  let found: SharedTexts["found"];
  for (const { message, field: path } of turns) {
    if (message.role === "tool") continue;
    eachRun(message.content, length, (hash, start, end) => {
      runs += 1;
      const index = find(hash);
      if (index === undefined) return;
      sharedRuns += 1;
      found ??= { text: message.content.slice(start, end), field: path, index };
    });
  }
  return { runs, sharedRuns, found };
}

/** Visits every run of so many words; a hash of 53 bits, and where the run stands. */
function eachRun(
  text: string,
  length: number,
  visit: (hash: number, start: number, end: number) => void,
): void {
  const hashes: number[] = [];
  const starts: number[] = [];
  eachWord(lowered(text), (hash, start, end) => {
    hashes.push(hash);
    starts.push(start);
    if (hashes.length < length) return;
    const first = hashes.length - length;
    visit(runHash(hashes, first), starts[first]!, end);
  });
}

/** Lower case without a change of length, so that places stay: some letters (İ) would grow. */
function lowered(text: string): string {
  const lowerCase = text.toLowerCase();
  return lowerCase.length === text.length
    ? lowerCase
    : text.replace(/[A-Z]+/gu, (part) => part.toLowerCase());
}

function runHash(hashes: readonly number[], first: number): number {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let index = first; index < hashes.length; index += 1) {
    const word = hashes[index]!;
    low = Math.imul(low ^ word, 0x01000193) ^ (low >>> 13);
    high = Math.imul(high ^ word, 0x5bd1e995) ^ (high >>> 15);
  }
  return (low >>> 0) * 2 ** 21 + (high >>> 11);
}

function walk(
  value: JsonValue,
  depth: number,
  addText: (text: string) => void,
  addTool: (tool: Tool) => void,
): void {
  if (depth > deepest) return;
  if (typeof value === "string") addText(value);
  else if (isJsonList(value)) for (const item of value) walk(item, depth + 1, addText, addTool);
  else if (isJsonObject(value)) {
    const tool = toolOf(value);
    if (tool !== undefined) addTool(tool);
    else for (const item of Object.values(value)) walk(item, depth + 1, addText, addTool);
  }
}

/** An object that describes a tool; its texts are no texts of a dialogue. */
function toolOf(value: JsonObject): Tool | undefined {
  const name = field(value, "name") ?? field(value, "apiCode") ?? field(value, "api_name");
  const parameters =
    field(value, "parameters") ?? field(value, "input_parameters") ?? field(value, "inputSchema");
  if (typeof name !== "string" || name === "" || !isJsonObject(parameters)) return undefined;
  return toolFromJson({ name, parameters });
}

/** The name in letters and digits, and the names of the parameters in order of letters. */
function signatureOf(tool: Tool): number {
  const parameters = tool.parameters.map(({ name }) => name.toLowerCase()).toSorted();
  return hashText(JSON.stringify([plainName(tool), parameters]));
}

function nameHash(tool: Tool): number {
  return hashText(plainName(tool));
}

function plainName({ name }: Tool): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
