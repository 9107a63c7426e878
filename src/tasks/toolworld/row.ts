/**
 * Rows of the built-in world: ToolACE's `{system, conversations}`, and under `meta` what a grader and a reader need
 * beyond it. A row is plain JSON.
 */
import type { JsonObject, JsonValue } from "../../spec/index.js";
import type { ToolworldCategory, ToolworldSplit } from "./options.js";

/** A turn of the dialogue. */
export interface ToolworldTurn {
  readonly from: "user" | "assistant" | "tool";
  readonly value: string;
}

/** An argument of a right call. */
export interface RowArgument {
  readonly name: string;
  /** Never empty; the first is the one written in the row, where the row writes the argument. */
  readonly allowed: readonly JsonValue[];
  /** The call is also right without it. */
  readonly optional: boolean;
}

/** A right call. */
export interface RowCall {
  readonly name: string;
  /** In the order of the schema. */
  readonly arguments: readonly RowArgument[];
}

/** What an assistant turn has to be. */
export interface RowAnswer {
  /** Index in `conversations`. */
  readonly turn: number;
  /** The calls as written; empty for text. */
  readonly written: readonly WrittenCall[];
  /** The calls that are right, with every alternative; empty for text. */
  readonly calls: readonly RowCall[];
  /** Kinds of argument work (`none` without), `no-tool`, `missing-argument`, `summary`, `follow-up`, `turn-spread`; sorted. */
  readonly tags: readonly string[];
}

/** A call as it is written. */
export interface WrittenCall {
  readonly name: string;
  readonly arguments: readonly (readonly [name: string, value: JsonValue])[];
}

/** A row. */
export interface ToolworldRow {
  readonly system: string;
  readonly conversations: readonly ToolworldTurn[];
  readonly meta: {
    /** `toolworld/<split>/<seed>/<index>`. */
    readonly id: string;
    readonly split: ToolworldSplit;
    readonly index: number;
    /** Domains of the tools that are called for, each once. */
    readonly domains: readonly string[];
    readonly category: ToolworldCategory;
    /** Tags of all answers, sorted. */
    readonly tags: readonly string[];
    /** One for each assistant turn, in order. */
    readonly answers: readonly RowAnswer[];
  };
}

/** ToolACE's announcement of the tool list. */
export const LIST_MARKER = "Here is a list of functions in JSON format that you can invoke:\n";

const FORMAT =
  ". \nShould you decide to return the function call(s). \nPut it in the format of " +
  "[func1(params_name=params_value, params_name2=params_value2...), func2(params)]\n";

/** The system text: today where it matters, the tools, the format. */
export function systemText(tools: readonly JsonObject[], today: string | undefined): string {
  return `${today === undefined ? "" : `${today}\n`}${LIST_MARKER}${JSON.stringify(tools)}${FORMAT}`;
}

/** What `systemText` was made of; the tools as text. */
export function splitSystemText(system: string): {
  readonly today: string | undefined;
  readonly tools: string;
} {
  const start = system.indexOf(LIST_MARKER);
  const end = system.lastIndexOf(FORMAT);
  return {
    today: start === 0 ? undefined : system.slice(0, start - 1),
    tools: system.slice(start + LIST_MARKER.length, end),
  };
}
