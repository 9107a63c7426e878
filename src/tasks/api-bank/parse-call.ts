/**
 * The call in a model's output, read as the official parser does: two patterns searched in the text, nothing evaluated.
 *
 * The official patterns backtrack; here each is a scan from left to right that finds the same match in time linear in the
 * text (every look ahead asks for the last place of a character, which is computed once).
 */
import { whiteSpace, wordCharacter } from "./python/text.js";

/** A name and its parameters in the order of first mention, all as text; of a repeated one the last value counts. */
export interface ParsedCall {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The first call of the output, or `undefined`: no "[", word, "(", text, ")]" on one line. Defined for every text.
 *
 * @param isList Names parameters whose value, quoted or not, goes from "[" to the "]" that closes it, as the official
 *   parser does not read it. @default none
 */
export function parseApiCall(
  output: string,
  isList: (apiName: string, parameter: string) => boolean = () => false,
): ParsedCall | undefined {
  const found = findCall(output);
  if (found === undefined) return undefined;
  const { name, inside } = found;
  return { name, parameters: readParameters(inside, (parameter) => isList(name, parameter)) };
}

const callStart = new RegExp(`\\[([${wordCharacter}]+)\\(`, "gu");

/** The first "[word(" that has a ")]" behind it on its line; the text between goes to the last such ")]". */
function findCall(output: string): { readonly name: string; readonly inside: string } | undefined {
  callStart.lastIndex = 0;
  let lineEnd = -1;
  let close = -1;
  for (let match = callStart.exec(output); match !== null; match = callStart.exec(output)) {
    const start = match.index + match[0].length;
    if (start > lineEnd) {
      lineEnd = endOfLine(output, start);
      close = output.lastIndexOf(")]", lineEnd - 2);
    }
    if (close >= start) return { name: match[1]!, inside: output.slice(start, close) };
  }
  return undefined;
}

/** Only a line feed ends a line for the pattern: not a carriage return, not U+2028. */
function endOfLine(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

const assignment = new RegExp(`([${wordCharacter}]+)[${whiteSpace}]*(?:=[${whiteSpace}]*)?`, "uy");
const word = new RegExp(`[${wordCharacter}]+`, "uy");

/** What the scan of the parameters needs to know of the whole text. */
interface Scan {
  readonly text: string;
  readonly lastQuote: number;
  readonly lastBracket: number;
  readonly isList: (parameter: string) => boolean;
  /** Offset of each "[" that is closed → offset of the "]" that closes it; made when first needed. */
  closings?: ReadonlyMap<number, number>;
}

/**
 * Three forms at each place: word = quoted text, word = "[" to the last "]", word = word. A word that begins none of them
 * is passed over whole: its tail would fail at the same place.
 */
function readParameters(text: string, isList: (parameter: string) => boolean): ReadonlyMap<string, string> {
  const scan: Scan = {
    text,
    lastQuote: Math.max(text.lastIndexOf("'"), text.lastIndexOf('"')),
    lastBracket: text.lastIndexOf("]"),
    isList,
  };
  const parameters = new Map<string, string>();
  const nextWord = new RegExp(word.source, "gu");
  for (let match = nextWord.exec(text); match !== null; match = nextWord.exec(text)) {
    const value = readAssignment(scan, match[0], match.index);
    if (value === undefined) continue;
    parameters.set(match[0], value.text);
    nextWord.lastIndex = value.end;
  }
  return parameters;
}

/** A value and the offset behind it. */
interface Value {
  readonly text: string;
  readonly end: number;
}

function readAssignment(scan: Scan, name: string, start: number): Value | undefined {
  assignment.lastIndex = start;
  const head = assignment.exec(scan.text);
  if (head === null || !head[0].includes("=")) return undefined;
  const at = start + head[0].length;
  const list = scan.isList(name) ? readList(scan, at) : undefined;
  return list ?? readQuoted(scan, at) ?? readBracketed(scan, at) ?? readWord(scan, at);
}

/** A list with or without quotation marks round it. */
function readList(scan: Scan, at: number): Value | undefined {
  const { text } = scan;
  const start = isQuote(text[at]) ? at + 1 : at;
  scan.closings ??= closingsOf(text);
  const close = scan.closings.get(start);
  if (close === undefined) return undefined;
  const end = close + (start > at && isQuote(text[close + 1]) ? 2 : 1);
  return { text: text.slice(start, close + 1), end };
}

function closingsOf(text: string): ReadonlyMap<number, number> {
  const open: number[] = [];
  const closings = new Map<number, number>();
  for (const { index, 0: bracket } of text.matchAll(/[[\]]/g)) {
    if (bracket === "[") open.push(index);
    else closings.set(open.pop() ?? -1, index);
  }
  return closings;
}

/** At least one character of any kind, then up to the next quotation mark of either kind. */
function readQuoted({ text, lastQuote }: Scan, at: number): Value | undefined {
  if (!isQuote(text[at])) return undefined;
  const first = text.codePointAt(at + 1);
  const earliest = at + 1 + (first !== undefined && first > 0xffff ? 2 : 1);
  if (lastQuote < earliest) return undefined;
  let end = earliest;
  while (!isQuote(text[end])) end += 1;
  return { text: text.slice(at + 1, end), end: end + 1 };
}

function readBracketed({ text, lastBracket }: Scan, at: number): Value | undefined {
  if (text[at] !== "[" || lastBracket <= at) return undefined;
  return { text: text.slice(at, lastBracket + 1), end: lastBracket + 1 };
}

function readWord({ text }: Scan, at: number): Value | undefined {
  word.lastIndex = at;
  const match = word.exec(text);
  return match === null ? undefined : { text: match[0], end: at + match[0].length };
}

function isQuote(character: string | undefined): boolean {
  return character === "'" || character === '"';
}
