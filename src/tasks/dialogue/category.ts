/**
 * The category of a decision, for tables of scores.
 *
 * - `summary`: text straight after tool results;
 * - `refusal`: text while nothing has been called: no tool fits, or an argument is missing and is asked for;
 * - `multi-turn`: any other decision that is not the first of its dialogue;
 * - `parallel`: several calls at once; `multiple`: one call with several tools to choose from; `single`: one call, one tool.
 */
import type { Message, ToolCall } from "../../spec/index.js";

/** The categories that the importer derives. Rows of our own generator name theirs. */
export type ToolaceCategory = "single" | "multiple" | "parallel" | "multi-turn" | "refusal" | "summary";

/** What the category rests on. */
export interface Decision {
  /** The dialogue before the decision. */
  readonly messages: readonly Message[];
  readonly calls: readonly ToolCall[];
  readonly toolCount: number;
  /** Whether an earlier turn of the dialogue has called a tool. */
  readonly calledBefore: boolean;
}

/** The first category of the list above that fits. */
export function categorize({ messages, calls, toolCount, calledBefore }: Decision): ToolaceCategory {
  if (calls.length === 0 && messages.at(-1)?.role === "tool") return "summary";
  if (calls.length === 0 && !calledBefore) return "refusal";
  if (messages.some((message) => message.role === "assistant")) return "multi-turn";
  if (calls.length > 1) return "parallel";
  return toolCount > 1 ? "multiple" : "single";
}
