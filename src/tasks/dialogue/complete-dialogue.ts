/**
 * From the turns of a source to a checked dialogue: order, what every answer is, whether its calls fit the tools.
 *
 * A row is taken whole or not at all: a damaged turn would be the history of the turns after it. Only answers that are
 * well-formed text and still no example of one (empty, or calls amid prose) are left out singly.
 */
import type { Literal, Tool, ToolCall } from "../../spec/index.js";
import { parseCalls, printCalls } from "../../text/index.js";
import { readAnswer, textProblem } from "./answer.js";
import { checkCalls } from "./call-check.js";
import type { Dialogue, DialogueTurn, DraftTurn } from "./dialogue.js";
import type { MetaAnswer, RowMeta } from "./meta.js";
import { findUngroundedValues } from "./noise.js";
import { bad, good, type Problem, type Reading } from "./problem.js";
import type { ReadNotes } from "./read-notes.js";
import { repairCalls } from "./repair-calls.js";
import { checkToolResults } from "./tool-results.js";
import { dialogueProblem, turnProblem } from "./turn-order.js";

/** What a source says beside the turns. */
export interface DialogueHead {
  readonly instruction: string;
  readonly tools: readonly Tool[];
  readonly toolText: string;
  readonly meta?: RowMeta;
  /** How the results of several calls are written: as one JSON list in a turn, or free. @default "free" */
  readonly results?: "list" | "free";
  /** Values that stand for the result of another call: they are of any type. */
  readonly isReference?: (value: Literal) => boolean;
  /** Path of the turns in the source. */
  readonly field: string;
}

/** Longer dialogues are set aside: every answer is an example with all turns before it. */
const mostTurns = 2000;

/**
 * The dialogue of the turns. Rules: `too-many-turns`, `no-turns`, `no-answer`, `role-order`, `empty-turn`, `meta`, `call-grammar`, and those
 * of `readAnswer` and `checkCalls` (the fatal ones). Findings go to the dialogue, with those of `notes`.
 */
export function completeDialogue(
  head: DialogueHead,
  drafts: readonly DraftTurn[],
  notes: ReadNotes,
): Reading<Dialogue> {
  if (drafts.length > mostTurns) {
    const message = `The dialogue has ${drafts.length} turns; at most ${mostTurns} are read. Split it.`;
    return bad(head.field, "too-many-turns", message);
  }
  const turns: DialogueTurn[] = [];
  for (const draft of drafts) {
    const turn = completeTurn(draft, turns, head, notes);
    if (!turn.ok) return turn;
    turns.push(turn.value);
  }
  const whole = dialogueProblem(
    drafts.map(({ role }) => role),
    head.field,
  );
  if (whole !== undefined) return { ok: false, problem: whole };
  const { instruction, tools, toolText, meta } = head;
  const findings = [...notes.findings, ...findUnanswered(turns)];
  return good({ instruction, tools, toolText, turns, findings, ...(meta === undefined ? {} : { meta }) });
}

/** One turn after those before it; what there is to remark goes to the notes. Rules as above. */
export function completeTurn(
  draft: DraftTurn,
  before: readonly DialogueTurn[],
  head: DialogueHead,
  notes: ReadNotes,
): Reading<DialogueTurn> {
  const problem = orderProblem(draft, before);
  if (problem !== undefined) return { ok: false, problem };
  const turn = draft.role === "assistant" ? completeAnswer(draft, head, notes) : good(plainTurn(draft));
  if (!turn.ok) return turn;
  if (draft.role === "tool") notes.findings.push(...findResultProblems(draft, before, head));
  if (contradicts(turn.value, head.meta?.answers.get(draft.position))) {
    const message = `The right answer to ${draft.field} is of another kind than the one written.`;
    return bad("meta.answers", "meta", message);
  }
  const problems = checkCalls(turn.value.calls, head.tools, draft.field, head.isReference);
  const fatal = problems.find((one) => one.fatal);
  if (fatal !== undefined) return bad(fatal.field, fatal.rule, fatal.message);
  notes.findings.push(...problems.map(({ field, rule, message }) => ({ field, rule, message })));
  if (!turn.value.trained || turn.value.calls.length === 0) return turn;
  const texts = [head.instruction, ...before.map(({ message }) => message.content)];
  notes.findings.push(...findUngroundedValues(turn.value.calls, head.tools, texts, draft.field));
  return turn;
}

function orderProblem(draft: DraftTurn, before: readonly DialogueTurn[]): Problem | undefined {
  const { role, text, field } = draft;
  const previous = before.at(-1)?.message.role;
  if (role === "system" || previous === "system")
    return { field, rule: "role-order", message: "A system turn can only be the first." };
  const content = draft.calls === undefined ? text : `${text}.`;
  const problem = turnProblem({ role, content, roleField: field, field }, previous, true);
  if (problem !== undefined || role !== "tool" || lastCalls(before).length > 0) return problem;
  return { field, rule: "role-order", message: "Tool results follow a turn that calls no tool." };
}

/** The calls that a tool's turn answers: those of the last assistant's turn. */
function lastCalls(before: readonly DialogueTurn[]): readonly ToolCall[] {
  return before.findLast(({ message }) => message.role === "assistant")?.calls ?? [];
}

function plainTurn(draft: DraftTurn): DialogueTurn {
  const { role, text, position, field, answers } = draft;
  const message = { role, content: text };
  const rest = answers === undefined ? {} : { answers };
  return { message, position, field, calls: [], response: text, text, trained: false, ...rest };
}

function completeAnswer(draft: DraftTurn, head: DialogueHead, notes: ReadNotes): Reading<DialogueTurn> {
  const names = head.tools.map((tool) => tool.name);
  const { text, field, position } = draft;
  const read = draft.calls === undefined ? readAnswer(text, names, field) : good(draft.calls);
  if (!read.ok) return read;
  const calls = notes.mayRepair ? repairCalls(read.value, head.tools, field, notes) : read.value;
  const written = draft.calls === undefined && calls === read.value;
  const response = written || calls.length === 0 ? text : printCalls(calls);
  if (!written && calls.length > 0 && !readsBack(response, calls, names)) {
    const unfit = checkCalls(calls, head.tools, field, head.isReference).find((one) => one.fatal);
    return unfit === undefined ? unwritable(field) : bad(unfit.field, unfit.rule, unfit.message);
  }
  const beside = draft.calls === undefined && calls.length > 0 ? "" : text;
  const besideCalls = calls.length > 0 && beside.trim() !== "";
  const content = besideCalls ? `${beside}\n${response}` : response;
  const omitted = calls.length === 0 ? textProblem(text, names, field) : undefined;
  notes.findings.push(...findUntrained(besideCalls, draft));
  return good({
    message: { role: "assistant", content },
    position,
    field,
    calls,
    response,
    text: beside,
    trained: draft.trained ?? true,
    ...extrasOf(draft),
    ...(omitted === undefined ? {} : { omitted }),
  });
}

function extrasOf({ reasoning, callIds, resultNames }: DraftTurn): Partial<DialogueTurn> {
  return {
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(callIds === undefined ? {} : { callIds }),
    ...(resultNames === undefined ? {} : { resultNames }),
  };
}

/** What of an answer is kept but not trained. */
function findUntrained(besideCalls: boolean, { reasoning, field }: DraftTurn): readonly Problem[] {
  const findings: Problem[] = [];
  if (besideCalls) {
    const message = "Text stands beside the calls; only the calls are trained.";
    findings.push({ field, rule: "text-beside-calls", message });
  }
  if (reasoning !== undefined && reasoning.trim() !== "")
    findings.push({ field, rule: "reasoning", message: "The thoughts before the answer are not trained." });
  return findings;
}

/** Whether the grammar reads back what was printed: names of arguments may hold what it cannot. */
function readsBack(response: string, calls: readonly ToolCall[], names: readonly string[]): boolean {
  const parse = parseCalls(response, names);
  return (
    parse.ok &&
    parse.calls.length === calls.length &&
    parse.calls.every((call, index) => {
      const wanted = calls[index];
      return (
        call.name === wanted?.name &&
        call.arguments.length === wanted.arguments.length &&
        call.arguments.every(({ name }, position) => name === wanted.arguments[position]?.name)
      );
    })
  );
}

function unwritable(field: string): Reading<never> {
  const message =
    "The calls cannot be written as [name(argument=value)]: a name holds characters that the grammar needs; rename it.";
  return bad(field, "call-grammar", message);
}

/** Whether the known right answer calls where the written one does not, or the other way round. */
function contradicts(turn: DialogueTurn, known: MetaAnswer | undefined): boolean {
  return known !== undefined && (known.gold.kind === "calls") !== turn.calls.length > 0;
}

function findResultProblems(
  draft: DraftTurn,
  before: readonly DialogueTurn[],
  head: DialogueHead,
): readonly Problem[] {
  const { text, field } = draft;
  if (head.results === "list") return checkToolResults(text, lastCalls(before), field);
  const id = draft.answers?.id;
  const asked = before.findLast(({ message }) => message.role === "assistant");
  if (id === undefined || asked?.callIds === undefined || asked.callIds.includes(id)) return [];
  const message = `The result is for the call ${JSON.stringify(id)}, which the turn before did not make.`;
  return [{ field, rule: "tool-results", message }];
}

/** A last turn that nobody answers is part of no example. */
function findUnanswered(turns: readonly DialogueTurn[]): readonly Problem[] {
  const last = turns.at(-1);
  if (last === undefined || last.message.role === "assistant") return [];
  const field = last.field.replace(/\.value$/u, "");
  return [{ field, rule: "unanswered", message: "The last turn has no answer and is not used." }];
}
