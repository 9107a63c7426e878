/**
 * What is wrong with a response: its grade against the gold answer of its example, level by level (the paper's analysis
 * of errors, §1). One function is the outcome in the search, the verdict of the evaluation and the source of the
 * report's tables.
 *
 * How it decides:
 * - Gold text. Right is a response without a call. A call, readable or attempted, is `unexpected-call`. A blank response
 *   is `format`: silence would otherwise be the cheapest right answer to learn. `[]` is no call, so it is right.
 * - Gold calls. No call in a response that attempts none (or `[]`, or blank) is `missing-call`; an attempt that cannot be
 *   read is `format`; readable calls are paired with the gold calls one to one, in any order, so that they agree best.
 *   Each pair is compared by `compareCall`; calls too many or too few are `call-count`.
 * Values are compared as literals: no case folding, no conversion from text to number.
 */
import type {
  Agreement,
  CallParse,
  Deficiency,
  Example,
  GoldCall,
  Grade,
  Tool,
  ToolCall,
} from "../spec/index.js";
import { attemptsCalls, parseCalls } from "../text/index.js";
import { bestAssignment } from "./deficiency/assignment.js";
import { type CallComparison, compareCall } from "./deficiency/compare-call.js";

/** All deficiencies in the order of the spec: a grade lists them so, and the first names the tool. */
export const deficiencyOrder: readonly Deficiency[] = [
  "function-name",
  "argument-count",
  "argument-name",
  "argument-value",
  "argument-type",
  "call-count",
  "format",
  "unexpected-call",
  "missing-call",
];

/** A response and what it should have been. */
export interface GradeRequest {
  /** The whole response, without a stop token. */
  readonly text: string;
  /** Its calls where they are known already, e.g. read by another grammar. @default parseCalls(text, the tools' names) */
  readonly parse?: CallParse;
  readonly example: Pick<Example, "tools" | "gold">;
}

/**
 * The grade of a response. Defined for every text, deterministic, without side effects; `correct` exactly when every
 * level of agreement is 1, and exactly when there is no deficiency.
 */
export function gradeResponse({ text, parse, example }: GradeRequest): Grade {
  const names = example.tools.map((tool) => tool.name);
  const calls = readCalls(text, parse ?? parseCalls(text, names), names);
  const gold = example.gold;
  if (gold.kind === "text" || gold.calls.length === 0) return gradeText(calls, text);
  if (calls === "unreadable") return wrong("format");
  if (calls.length === 0) return wrong("missing-call", gold.calls[0]!.name);
  return gradeCalls(calls, gold.calls, example.tools);
}

/** The calls of a response, none for an answer in words. */
function readCalls(
  text: string,
  parse: CallParse,
  names: readonly string[],
): readonly ToolCall[] | "unreadable" {
  if (parse.ok) return parse.calls;
  return attemptsCalls(text, names) ? "unreadable" : [];
}

function gradeText(calls: readonly ToolCall[] | "unreadable", text: string): Grade {
  if (calls === "unreadable") return wrong("unexpected-call");
  if (calls.length > 0) return wrong("unexpected-call", calls[0]!.name);
  if (text.trim() === "") return wrong("format");
  return { correct: true, agreement: uniform(1), deficiencies: [] };
}

function wrong(deficiency: Deficiency, tool?: string): Grade {
  const grade = { correct: false, agreement: uniform(0), deficiencies: [deficiency] };
  return tool === undefined ? grade : { ...grade, tool };
}

function uniform(share: number): Agreement {
  return { functionName: share, argumentName: share, argumentType: share, argumentValue: share };
}

/** A gold call and the call paired with it. */
interface Pairing {
  readonly gold: GoldCall;
  readonly comparison: CallComparison;
}

/** Shares over the gold calls, or over the given ones where they are more: a call too many costs as a call too few. */
function gradeCalls(calls: readonly ToolCall[], gold: readonly GoldCall[], tools: readonly Tool[]): Grade {
  const { pairings, unpaired } = pairCalls(calls, gold, tools);
  const total = Math.max(calls.length, gold.length);
  const level = (name: keyof Agreement) =>
    pairings.reduce((sum, { comparison }) => sum + comparison.agreement[name], 0) / total;
  const found = new Set(pairings.flatMap(({ comparison }) => [...comparison.deficiencies]));
  if (calls.length !== gold.length) found.add("call-count");
  const deficiencies = deficiencyOrder.filter((deficiency) => found.has(deficiency));
  const grade: Grade = {
    correct: deficiencies.length === 0,
    agreement: {
      functionName: level("functionName"),
      argumentName: level("argumentName"),
      argumentType: level("argumentType"),
      argumentValue: level("argumentValue"),
    },
    deficiencies,
  };
  const first = deficiencies[0];
  const concerned = pairings.find(
    ({ comparison }) => first !== undefined && comparison.deficiencies.has(first),
  );
  return first === undefined ? grade : { ...grade, tool: concerned?.gold.name ?? unpaired[0]! };
}

/** The pairing of highest total agreement; the names of calls, given or gold, that are left over. */
function pairCalls(calls: readonly ToolCall[], gold: readonly GoldCall[], tools: readonly Tool[]) {
  const comparisons = gold.map((wanted) => {
    const tool = tools.find(({ name }) => name === wanted.name);
    return calls.map((call) => compareCall(call, wanted, tool));
  });
  const assigned = bestAssignment(comparisons.map((row) => row.map(totalAgreement)));
  const taken = new Set(assigned);
  const pairings: Pairing[] = [];
  for (const [index, call] of assigned.entries()) {
    if (call >= 0) pairings.push({ gold: gold[index]!, comparison: comparisons[index]![call]! });
  }
  const unpaired = [
    ...gold.filter((_, index) => assigned[index]! < 0).map(({ name }) => name),
    ...calls.filter((_, index) => !taken.has(index)).map(({ name }) => name),
  ];
  return { pairings, unpaired };
}

function totalAgreement({ agreement }: CallComparison): number {
  return agreement.functionName + agreement.argumentName + agreement.argumentType + agreement.argumentValue;
}
