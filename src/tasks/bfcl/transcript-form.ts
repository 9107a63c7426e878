/** How a multi-turn item is put to a model: functions in the messages, in its template, or as native tools. */
import type { ChatMessage, JsonObject } from "../../spec/index.js";
import { executionCalls } from "./decode/execution-calls.js";
import { executionToolCalls } from "./decode/tool-calls.js";
import type { QuestionMessage } from "./item.js";
import { keptAnswer, type ModelAnswer } from "./model-answer.js";
import { toMessage, withSystemPrompt } from "./prompt.js";
import { readJson } from "./python/json-text.js";
import { repr } from "./python/repr.js";
import { PythonDict } from "./python/value.js";

/** Who shows the functions: the benchmark's prompt, the model's template, or the server's API. */
export type TranscriptMode = "benchmark" | "template" | "native";

/** A call that was executed. */
export interface ExecutedCall {
  readonly call: string;
  readonly result: string;
}

/** The form of a transcript. */
export interface TranscriptForm {
  /** The first turn. */
  opening(messages: readonly QuestionMessage[], functions: readonly JsonObject[]): readonly ChatMessage[];
  /** What a turn says in which these functions are revealed. */
  revealing(functions: readonly JsonObject[]): string;
  /** The calls of an answer, as texts to execute; empty where the turn is over. */
  callsOf(answer: ModelAnswer): readonly string[];
  /** The answer as a turn of the dialogue. */
  said(answer: ModelAnswer): ChatMessage;
  /** What comes back after the calls of an answer. */
  results(executed: readonly ExecutedCall[], answer: ModelAnswer): readonly ChatMessage[];
}

/** In our own words; the official sentence says the same. */
const REVEALED = "There are some more functions now. Please try again with them.";

const template: TranscriptForm = {
  opening: (messages) => messages.map(toMessage),
  revealing: () => REVEALED,
  callsOf: ({ text }) => executionCalls(text) ?? [],
  said: ({ text }) => ({ role: "assistant", content: text }),
  results: (executed) => [{ role: "user", content: printResults(executed) }],
};

const benchmark: TranscriptForm = {
  ...template,
  opening: withSystemPrompt,
  revealing: (functions) => `${repr(functions.map((doc) => readJson(JSON.stringify(doc))))}\n${REVEALED}`,
};

/** Each result names the call that it answers. */
const native: TranscriptForm = {
  ...template,
  callsOf: (answer) => executionToolCalls(keptAnswer(answer)) ?? [],
  said: ({ text, toolCalls = [] }) => ({ role: "assistant", content: text, toolCalls }),
  results: (executed, { toolCalls = [] }) =>
    executed.flatMap(({ result }, index) => {
      const called = toolCalls[index];
      return called === undefined ? [] : [{ role: "tool", content: result, toolCallId: called.id }];
    }),
};

/** The form of each mode. */
export const TRANSCRIPT_FORMS: Readonly<Record<TranscriptMode, TranscriptForm>> = {
  benchmark,
  template,
  native,
};

function printResults(executed: readonly ExecutedCall[]): string {
  return repr(
    executed.map(({ call, result }) => PythonDict.from({ role: "tool", name: call, content: result })),
  );
}
