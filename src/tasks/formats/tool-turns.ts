/** Results of tools in the two ways of writing them: one turn for all calls before, or one turn a call. */
import type { Message, ToolCall } from "../../spec/index.js";
import { parseJsonLiteral, printJson } from "../../text/index.js";
import type { DialogueTurn } from "../dialogue/dialogue.js";
import { parseJson } from "../json-text.js";

/** A result, and the call that it belongs to. */
export interface CallResult {
  readonly call: ToolCall;
  /** Position of the call among those of its turn. */
  readonly index: number;
  readonly content: string;
}

/**
 * The turns with one tool turn after each answer that calls. Several tool turns become the JSON list of
 * `{"name", "results"}` that ToolACE writes; one stays as it is.
 */
export function resultsAsList(turns: readonly DialogueTurn[]): readonly Message[] {
  return groupTurns(turns).map(({ turn, results }) => {
    const [only, ...others] = results ?? [];
    if (results === undefined || only === undefined) return turn.message;
    if (others.length === 0) return only.message;
    const { calls } = turn;
    const items = results.map(({ message }, index) => {
      const name = JSON.stringify(calls[index]?.name ?? message.role);
      return `{"name": ${name}, "results": ${asJson(message.content)}}`;
    });
    return { role: "tool", content: `[${items.join(", ")}]` };
  });
}

/**
 * The results of an answer's calls, one each, in the order of the tool turns. A single turn that is a JSON list with one
 * item a call is taken apart. `undefined` where results and calls cannot be matched.
 */
export function resultsOfCalls(
  answer: DialogueTurn,
  results: readonly DialogueTurn[],
): readonly CallResult[] | undefined {
  const contents = results.map(({ message }) => message.content);
  const first = contents[0];
  const parts = contents.length === 1 && first !== undefined ? partsOf(first, answer.calls.length) : contents;
  if (parts === undefined || parts.length > answer.calls.length) return undefined;
  const found = parts.flatMap((content, position): CallResult[] => {
    const index = callIndex(answer, results[position], position);
    const call = answer.calls[index];
    return call === undefined ? [] : [{ call, index, content }];
  });
  const distinct = new Set(found.map(({ index }) => index)).size === parts.length;
  return distinct ? found : undefined;
}

/** A turn, and for a turn that stands for several tool turns, those. */
export interface TurnGroup {
  /** The turn; for results, the answer that they belong to. */
  readonly turn: DialogueTurn;
  readonly results?: readonly DialogueTurn[];
}

/** The turns with consecutive tool turns joined into one group after their answer. */
export function groupTurns(turns: readonly DialogueTurn[]): readonly TurnGroup[] {
  const groups: { readonly turn: DialogueTurn; readonly results?: DialogueTurn[] }[] = [];
  let answer: DialogueTurn | undefined;
  for (const turn of turns) {
    const last = groups.at(-1);
    if (turn.message.role === "assistant") answer = turn;
    if (turn.message.role !== "tool" || answer === undefined) groups.push({ turn });
    else if (last?.results === undefined) groups.push({ turn: answer, results: [turn] });
    else last.results.push(turn);
  }
  return groups;
}

/** JSON stays JSON; any other text becomes a string. */
function asJson(content: string): string {
  return parseJson(content).ok ? content : JSON.stringify(content);
}

/**
 * The results in one text, one a call, in the order of the calls: the items of a JSON list that has as many, with their
 * own text. `undefined` where it is no such list.
 */
export function partsOf(content: string, count: number): readonly string[] | undefined {
  if (count === 1) return [content];
  const parse = parseJsonLiteral(content);
  if (!parse.ok || parse.literal.kind !== "list" || parse.literal.items.length !== count) return undefined;
  return parse.literal.items.map((item) => item.source ?? printJson(item));
}

function callIndex(answer: DialogueTurn, result: DialogueTurn | undefined, position: number): number {
  const id = result?.answers?.id;
  const known = id === undefined ? -1 : (answer.callIds?.indexOf(id) ?? -1);
  return known >= 0 ? known : position;
}
