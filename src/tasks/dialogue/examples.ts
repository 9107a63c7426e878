/**
 * A dialogue → one `Example` for every trained answer. The class of difficulty is decided on the row, before it is split,
 * with the source text of its tool list (paper §3.1; method.md §2).
 */
import { classifyDifficulty } from "../../method/index.js";
import type { Difficulty, Example, Message } from "../../spec/index.js";
import { categorize } from "./category.js";
import type { Dialogue, DialogueTurn } from "./dialogue.js";
import { goldOf } from "./gold.js";

/** What the class of difficulty rests on, and the class. */
export interface RowFacts {
  readonly toolCount: number;
  /** Characters (Unicode code points) of the tool list exactly as the source writes it. */
  readonly toolTextLength: number;
  /** Most calls in one assistant turn. */
  readonly callCount: number;
  readonly difficulty: Difficulty;
}

/** Where a dialogue comes from. */
export interface DialoguePlace {
  readonly file: string;
  readonly row: number;
  /** One category for all examples, instead of those of `meta` or the derived ones. */
  readonly category?: string;
}

/** The facts of a row. */
export function factsOf({ tools, toolText, turns }: Dialogue): RowFacts {
  const size = {
    toolCount: tools.length,
    toolTextLength: codePoints(toolText),
    callCount: turns.reduce((most, turn) => Math.max(most, turn.calls.length), 0),
  };
  return { ...size, difficulty: classifyDifficulty(size) };
}

/** The examples of a dialogue in order, with the ids `file#row.turn`. */
export function examplesOf(dialogue: Dialogue, facts: RowFacts, place: DialoguePlace): readonly Example[] {
  return dialogue.turns.flatMap((turn, index) => {
    if (turn.message.role !== "assistant" || !turn.trained || turn.omitted !== undefined) return [];
    return [exampleOf(dialogue, turn, index, facts, place)];
  });
}

function exampleOf(
  { instruction, tools, turns, meta }: Dialogue,
  turn: DialogueTurn,
  index: number,
  { difficulty }: RowFacts,
  { file, row, category }: DialoguePlace,
): Example {
  const { calls, response, position, field } = turn;
  const before = turns.slice(0, index);
  const messages = before.map(({ message }) => message);
  const known = meta?.answers.get(position);
  const calledBefore = before.some((earlier) => earlier.calls.length > 0);
  return {
    id: `${file}#${row}.${position}`,
    tools,
    messages: [...systemMessage(instruction), ...messages],
    response,
    calls,
    gold: known?.gold ?? goldOf(calls, tools),
    difficulty,
    category:
      category ?? meta?.category ?? categorize({ messages, calls, toolCount: tools.length, calledBefore }),
    tags: known?.tags ?? [],
    origin: { file, row, turn: position, field },
  };
}

function systemMessage(instruction: string): readonly Message[] {
  return instruction === "" ? [] : [{ role: "system", content: instruction }];
}

/** Counts without making a list of them. */
function codePoints(text: string): number {
  let pairs = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0xd800 && code < 0xdc00 && isLow(text.charCodeAt(index + 1))) pairs += 1;
  }
  return text.length - pairs;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}
