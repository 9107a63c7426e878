import type { Literal, Span } from "./literal.js";

/** One `name=value`. */
export interface Argument {
  readonly name: string;
  readonly value: Literal;
  /** From the first character of the name to the last of the value; absent for arguments made in code. */
  readonly span?: Span;
}

/** One call of a tool. Arguments keep their order and repetition. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: readonly Argument[];
  /** From the first character of the name to the closing bracket; absent for calls made in code. */
  readonly span?: Span;
}

/** Why and where a text is not a list of calls. A value, not an exception. */
export interface CallSyntaxFailure {
  readonly ok: false;
  /** The rule that was broken: a short identifier, stable across versions. */
  readonly rule: string;
  /** One sentence for people. */
  readonly message: string;
  /** Offset in UTF-16 code units where reading stopped. */
  readonly position: number;
}

/** The calls of a response in the order written, or why there are none to be had. */
export type CallParse = { readonly ok: true; readonly calls: readonly ToolCall[] } | CallSyntaxFailure;
