/**
 * The one internal form of a row, whatever format it came in: instruction, tools, and a dialogue whose calls are read.
 * Importers make it, writers print it, `examples.ts` makes examples of it.
 */
import type { Message, Tool, ToolCall } from "../../spec/index.js";
import type { RowMeta } from "./meta.js";
import type { Problem } from "./problem.js";

/** A row that has been read and checked. */
export interface Dialogue {
  /** The system message without tools and call format; may be empty. */
  readonly instruction: string;
  readonly tools: readonly Tool[];
  /** The tool list exactly as the source writes it: its length is part of the class of difficulty. */
  readonly toolText: string;
  readonly turns: readonly DialogueTurn[];
  /** The answer that was preferred less than the last one; only in ranking rows. */
  readonly rejected?: DialogueTurn;
  /** What our own generator says of its rows. */
  readonly meta?: RowMeta;
  /** Remarks; the row is usable all the same. */
  readonly findings: readonly Problem[];
}

/** One turn of a dialogue. */
export interface DialogueTurn {
  /** The turn as a model reads it later: for calls beside text, the text and then the calls. */
  readonly message: Message;
  /** Position of the turn among those of the source: the `turn` of an example's id. */
  readonly position: number;
  /** Path of the turn in the source. */
  readonly field: string;
  /** Calls of an assistant's turn, in order; empty for all else. */
  readonly calls: readonly ToolCall[];
  /** What is trained: the calls in our grammar or the text. For other roles the content. */
  readonly response: string;
  /** What an assistant said beside its calls; empty where it said nothing. */
  readonly text: string;
  /** Thoughts before the answer, which are kept and not trained. */
  readonly reasoning?: string;
  /** Ids of the calls, where the source has them, one a call. */
  readonly callIds?: readonly string[];
  /** Names under which later calls use the results (Seal-Tools), one list a call. */
  readonly resultNames?: readonly (readonly string[])[];
  /** The call that a tool's turn answers, where the source says so. */
  readonly answers?: { readonly id?: string; readonly name?: string };
  /** False for an assistant's turn that is history only, such as those before the last of a ranking row. */
  readonly trained: boolean;
  /** Why an assistant's turn is no example. */
  readonly omitted?: Problem;
}

/** A turn as an importer finds it in its source: nothing is checked yet. */
export interface DraftTurn {
  readonly role: Message["role"];
  readonly position: number;
  readonly field: string;
  /** The content; for an assistant, what it says beside the calls in `calls`. */
  readonly text: string;
  /** Calls that the source writes apart from the text; absent where they may stand in the text itself. */
  readonly calls?: readonly ToolCall[];
  readonly reasoning?: string;
  readonly callIds?: readonly string[];
  readonly resultNames?: readonly (readonly string[])[];
  readonly answers?: { readonly id?: string; readonly name?: string };
  /** @default true */
  readonly trained?: boolean;
}
