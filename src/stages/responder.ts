/** Who answers the questions of a benchmark: a policy of an engine, or a served model. */
import type { CallOptions, ChatMessage, ChatTool, ChatToolCall, Tool } from "../spec/index.js";

/** What a model is asked. */
export interface BenchmarkQuestion {
  readonly messages: readonly ChatMessage[];
  /** Shown by the model's own template; empty where the messages describe the functions. */
  readonly tools: readonly Tool[];
  /** Offered to a server for native calling. @default none */
  readonly offered?: readonly ChatTool[];
}

/** An answer. */
export interface BenchmarkAnswer {
  readonly text: string;
  /** Native calls. @default none */
  readonly toolCalls?: readonly ChatToolCall[];
  /** True where it reached its longest length. @default false */
  readonly cut?: boolean;
  /** What kept the model from answering, e.g. a prompt beyond its context. */
  readonly note?: string;
  /** What a server said against this question; the item has failed. */
  readonly failure?: string;
}

/** One answer for each question, in order. */
export interface Responder {
  /** Whether a call with many questions costs less than many calls. */
  readonly batches: boolean;
  /** How many questions are under way at once; absent where calls do not overlap. */
  readonly requestsInFlight?: number;
  answer(questions: readonly BenchmarkQuestion[], call: CallOptions): Promise<readonly BenchmarkAnswer[]>;
}
