/** What a model answers, and what result files keep of it. */
import type { ChatToolCall, JsonValue } from "../../spec/index.js";

/** An answer: in prompting mode a text, with native tool calling perhaps calls. */
export interface ModelAnswer {
  readonly text: string;
  /** @default none */
  readonly toolCalls?: readonly ChatToolCall[];
}

/** The answer as official result files have it: a list of `{name: arguments}` where tools were called, else the text. */
export function keptAnswer({ text, toolCalls = [] }: ModelAnswer): JsonValue {
  if (toolCalls.length === 0) return text;
  return toolCalls.map(({ name, arguments: args }) => Object.fromEntries([[name, args]]));
}

/** What stands in place of a result where the model could not be asked, as the official code writes it. */
export function failedResult(reason: string): string {
  return `Error during inference: ${reason}`;
}
