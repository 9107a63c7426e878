/**
 * One ToolACE row → one `Example` for every assistant turn, or one rejection.
 *
 * The class of difficulty is decided on the row, before it is split, with the source text of its tool list (paper §3.1;
 * method.md §2).
 */
import { classifyDifficulty } from "../../method/index.js";
import type { Difficulty, Example, Message, Rejection } from "../../spec/index.js";
import type { Row } from "../rows.js";
import { categorize } from "./category.js";
import { goldOf } from "./gold.js";
import type { Problem } from "./problem.js";
import { type RowContent, readRow } from "./read-row.js";

/** How rows are imported. */
export interface ToolaceOptions {
  /** Name of the file, for origins, ids and rejections. */
  readonly file: string;
  /** One category for all examples, instead of those of `meta` or the derived ones. */
  readonly category?: string;
}

/** What the class of difficulty rests on, and the class. */
export interface RowFacts {
  readonly toolCount: number;
  /** Characters (Unicode code points) of the tool list exactly as the source writes it. */
  readonly toolTextLength: number;
  /** Most calls in one assistant turn. */
  readonly callCount: number;
  readonly difficulty: Difficulty;
}

/** What became of a row. */
export type RowImport =
  | {
      readonly ok: true;
      readonly facts: RowFacts;
      readonly examples: readonly Example[];
      /** Single answers that are no examples; they stay in the dialogue before later answers. */
      readonly omitted: readonly Rejection[];
      /** Remarks on what was imported all the same. */
      readonly findings: readonly Rejection[];
    }
  | { readonly ok: false; readonly rejection: Rejection };

/**
 * Imports one row. Never throws, whatever the value. Examples have the ids `file#row.turn`, `turn` being the position of
 * the assistant turn in `conversations`. The rules of the rejections are those of `readRow`; of `omitted` those of
 * `textProblem`.
 */
export function importToolaceRow({ row, value }: Row, options: ToolaceOptions): RowImport {
  const locate = ({ field, rule, message }: Problem): Rejection => ({
    file: options.file,
    row,
    field,
    rule,
    message,
  });
  const reading = readRow(value);
  if (!reading.ok) return { ok: false, rejection: locate(reading.problem) };
  const content = reading.value;
  const facts = factsOf(content);
  return {
    ok: true,
    facts,
    examples: content.turns.flatMap((_, turn) => exampleOf(content, turn, facts.difficulty, row, options)),
    omitted: content.turns.flatMap(({ omitted }) => (omitted === undefined ? [] : [locate(omitted)])),
    findings: content.findings.map(locate),
  };
}

function factsOf({ prompt, tools, turns }: RowContent): RowFacts {
  const size = {
    toolCount: tools.length,
    toolTextLength: [...prompt.toolText].length,
    callCount: Math.max(...turns.map((turn) => turn.calls.length)),
  };
  return { ...size, difficulty: classifyDifficulty(size) };
}

/** The example of one turn; none where the turn is not an assistant's or was left out. */
function exampleOf(
  { prompt, tools, turns, meta }: RowContent,
  turn: number,
  difficulty: Difficulty,
  row: number,
  { file, category }: ToolaceOptions,
): readonly Example[] {
  const current = turns[turn];
  if (current === undefined || current.message.role !== "assistant" || current.omitted !== undefined)
    return [];
  const { message, calls } = current;
  const before = turns.slice(0, turn);
  const messages = before.map((earlier) => earlier.message);
  const known = meta?.answers.get(turn);
  const calledBefore = before.some((earlier) => earlier.calls.length > 0);
  return [
    {
      id: `${file}#${row}.${turn}`,
      tools,
      messages: [...systemMessage(prompt.instruction), ...messages],
      response: message.content,
      calls,
      gold: known?.gold ?? goldOf(calls, tools),
      difficulty,
      category:
        category ?? meta?.category ?? categorize({ messages, calls, toolCount: tools.length, calledBefore }),
      tags: known?.tags ?? [],
      origin: { file, row, turn },
    },
  ];
}

function systemMessage(instruction: string): readonly Message[] {
  return instruction === "" ? [] : [{ role: "system", content: instruction }];
}
