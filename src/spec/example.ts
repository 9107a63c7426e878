import type { ToolCall } from "./call.js";
import type { Literal } from "./literal.js";
import type { Message } from "./message.js";
import type { Tool } from "./tool.js";

/** Where an example was read. */
export interface Origin {
  readonly file: string;
  /** Row, counted from 0. */
  readonly row: number;
  /** Index of the assistant turn among the messages of the row, counted from 0. */
  readonly turn: number;
  /** Path of the answer in the row, e.g. `messages[2]`; absent for rows of the built-in world. */
  readonly field?: string;
}

/** The three classes of the curriculum (paper §3.1; our total rule: method.md §2). */
export type Difficulty = "easy" | "medium" | "hard";

/** An argument of the gold answer: any of the allowed values counts. */
export interface GoldArgument {
  readonly name: string;
  /** Never empty; the first is the one written in `Example.response`. */
  readonly allowed: readonly Literal[];
  /** True where the call is also right without this argument. */
  readonly optional: boolean;
}

/** A call of the gold answer. */
export interface GoldCall {
  readonly name: string;
  readonly arguments: readonly GoldArgument[];
}

/**
 * What a right answer is. `calls`: these calls, each once, in any order. `text`: no call at all (a refusal, a question
 * for a missing argument, or a summary of tool results).
 */
export type Gold =
  | { readonly kind: "calls"; readonly calls: readonly GoldCall[] }
  | { readonly kind: "text" };

/** One decision of the assistant, with everything that it may look at. The unit of training, search and evaluation. */
export interface Example {
  /** Unique in a run; joins files. */
  readonly id: string;
  readonly tools: readonly Tool[];
  /** The dialogue before the response: never empty, ends with a user or tool turn. */
  readonly messages: readonly Message[];
  /** The gold response as text: what supervised training trains on. */
  readonly response: string;
  /** The calls in `response`; empty where it is text. */
  readonly calls: readonly ToolCall[];
  readonly gold: Gold;
  readonly difficulty: Difficulty;
  /** What a table of scores groups by, e.g. `single`, `parallel`, `multi-turn`, `refusal`. */
  readonly category: string;
  /** Finer labels, e.g. the kinds of argument work; sorted. */
  readonly tags: readonly string[];
  readonly origin: Origin;
}

/** A row, or part of it, that was set aside while importing. Kept, counted, reported. */
export interface Rejection {
  readonly file: string;
  /** Row, counted from 0. */
  readonly row: number;
  /** Path of the field, e.g. `conversations[1].value`. */
  readonly field: string;
  /** The rule that was broken: a short identifier, stable across versions. */
  readonly rule: string;
  /** One sentence for people: what is wrong and what to do. */
  readonly message: string;
}
