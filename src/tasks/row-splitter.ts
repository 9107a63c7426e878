/**
 * Cuts the text of a data file into the texts of its rows: a JSON list of rows, one row a line (JSONL), or objects that
 * are written over several lines. The beginning decides: `[` begins a list; a first line that ends within an object,
 * followed by an indented line or a key, begins such objects.
 */

/** The text of one row, or why it has none. */
export interface Piece {
  readonly text: string;
  /** Line on which the row begins, counted from 1. */
  readonly line: number;
  readonly problem?: PieceProblem;
}

export type PieceProblem = "row-too-long" | "cut-off" | "trailing-text";

/** Cuts text that comes in chunks of any size. */
export interface Splitter {
  push(text: string): Piece[];
  /** What is left when the text has ended. */
  end(): Piece[];
}

/** How much of a text is looked at before it is taken for lines. */
const longestLook = 1 << 16;

/**
 * A splitter at the beginning of a text; a byte order mark and blank lines do not count.
 *
 * @param limit Longest row in UTF-16 code units
 */
export function createSplitter(limit: number): Splitter {
  let waiting = "";
  let line = 1;
  let splitter: Splitter | undefined;
  const begin = (): Splitter => {
    if (waiting.startsWith("[")) return createListSplitter(limit, line);
    return isSpread(waiting) ? createObjectSplitter(limit, line) : createLineSplitter(limit, line);
  };
  return {
    push(chunk) {
      if (splitter !== undefined) return splitter.push(chunk);
      const all = waiting + chunk;
      waiting = all.replace(/^[\s\uFEFF]+/u, "");
      line += all.slice(0, all.length - waiting.length).split("\n").length - 1;
      if (!isDecided(waiting)) return [];
      splitter = begin();
      return splitter.push(waiting);
    },
    end() {
      if (waiting === "") return [];
      if (splitter !== undefined) return splitter.end();
      splitter = begin();
      return [...splitter.push(waiting), ...splitter.end()];
    },
  };
}

/** Whether enough is known: the first character, or of an object the first line and the beginning of the next. */
function isDecided(text: string): boolean {
  if (text === "") return false;
  if (!text.startsWith("{") || text.length > longestLook) return true;
  return /\n[ \t]*\S/u.test(text);
}

/** The beginning of an object that goes on in the next line. */
function isSpread(text: string): boolean {
  return /^\{(?:[^\n]{0,65536}[[{,])?[ \t\r]*\n(?:[ \t]+\S|")/u.test(text);
}

/** Text that is gathered up to a limit. */
interface Gatherer {
  add(text: string): void;
  /** What was gathered since the last call, or the problem of its length. */
  take(line: number): Piece;
  blank(): boolean;
}

function createGatherer(limit: number): Gatherer {
  let parts: string[] = [];
  let length = 0;
  return {
    add(text) {
      length += text.length;
      if (length <= limit) parts.push(text);
      else parts = [];
    },
    take(line) {
      const piece: Piece =
        length > limit ? { text: "", line, problem: "row-too-long" } : { text: parts.join(""), line };
      parts = [];
      length = 0;
      return piece;
    },
    blank: () => length <= limit && parts.every((part) => part.trim() === ""),
  };
}

function createLineSplitter(limit: number, firstLine: number): Splitter {
  const gathered = createGatherer(limit);
  let line = firstLine;
  const finish = (): Piece[] => {
    const blank = gathered.blank();
    const piece = gathered.take(line);
    line += 1;
    return blank ? [] : [piece];
  };
  return {
    push(text) {
      const [first = "", ...rest] = text.split("\n");
      gathered.add(first);
      return rest.flatMap((next) => {
        const done = finish();
        gathered.add(next);
        return done;
      });
    },
    end: finish,
  };
}

/** Where in JSON text a reader stands. */
interface JsonState {
  depth: number;
  inString: boolean;
  escaped: boolean;
}

/** What the reader of a list has seen. */
interface ListState extends JsonState {
  /** Rows of the list so far. */
  rows: number;
  /** Whether the row under way has a character yet that is not blank. */
  started: boolean;
  line: number;
  /** Line of the first character of the row under way. */
  startLine: number;
  place: "before" | "inside" | "after" | "ignored";
}

function createListSplitter(limit: number, firstLine: number): Splitter {
  const gathered = createGatherer(limit);
  const state: ListState = {
    depth: 0,
    inString: false,
    escaped: false,
    rows: 0,
    started: false,
    line: firstLine,
    startLine: firstLine,
    place: "before",
  };
  return {
    push: (text) => splitList(text, state, gathered),
    end: () => {
      if (state.place === "after" || state.place === "ignored") return [];
      return [{ text: "", line: state.startLine, problem: "cut-off" }];
    },
  };
}

/** Cuts a chunk at the commas and the closing bracket of the outermost list. */
function splitList(text: string, state: ListState, gathered: Gatherer): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (let index = 0; index < text.length && state.place !== "ignored"; index += 1) {
    const character = text[index]!;
    if (character === "\n") state.line += 1;
    if (state.place === "before") {
      state.place = "inside";
      start = index + 1;
    } else if (state.place === "after") {
      if (character.trim() === "") continue;
      state.place = "ignored";
      pieces.push({ text: "", line: state.line, problem: "trailing-text" });
    } else if (isRowEnd(character, state)) {
      gathered.add(text.slice(start, index));
      pieces.push(...finishRow(character, state, gathered));
      start = index + 1;
    } else if (!state.started && character.trim() !== "") {
      state.started = true;
      state.startLine = state.line;
    }
  }
  if (state.place === "inside") gathered.add(text.slice(start));
  return pieces;
}

/** Advances over one character inside the list; true at a comma or bracket that ends a row. */
function isRowEnd(character: string, state: ListState): boolean {
  if (!state.inString && state.depth === 0 && (character === "," || character === "]")) return true;
  advance(character, state);
  return false;
}

/** Keeps count of strings and brackets. */
function advance(character: string, state: JsonState): void {
  if (state.inString) {
    if (state.escaped) state.escaped = false;
    else if (character === "\\") state.escaped = true;
    else if (character === '"') state.inString = false;
  } else if (character === '"') state.inString = true;
  else if (character === "[" || character === "{") state.depth += 1;
  else if ((character === "]" || character === "}") && state.depth > 0) state.depth -= 1;
}

/** An empty list has no row; a comma with nothing after it announces one that is missing. */
function finishRow(character: string, state: ListState, gathered: Gatherer): Piece[] {
  const emptyList = character === "]" && state.rows === 0 && !state.started;
  const piece = gathered.take(state.started ? state.startLine : state.line);
  state.rows += 1;
  state.started = false;
  if (character === "]") state.place = "after";
  return emptyList ? [] : [piece];
}

/** Objects one after the other, each over any number of lines. */
function createObjectSplitter(limit: number, firstLine: number): Splitter {
  const gathered = createGatherer(limit);
  const state: JsonState = { depth: 0, inString: false, escaped: false };
  let line = firstLine;
  let startLine = firstLine;
  const push = (text: string): Piece[] => {
    const pieces: Piece[] = [];
    let start = 0;
    for (let index = 0; index < text.length; index += 1) {
      const character = text[index]!;
      const before = state.depth;
      if (character === "\n") line += 1;
      advance(character, state);
      if (before === 0 && state.depth === 1) startLine = line;
      if (before !== 1 || state.depth !== 0) continue;
      gathered.add(text.slice(start, index + 1));
      pieces.push(gathered.take(startLine));
      start = index + 1;
    }
    gathered.add(text.slice(start));
    return pieces;
  };
  return {
    push,
    end: () => (gathered.blank() ? [] : [{ text: "", line: startLine, problem: "cut-off" }]),
  };
}
