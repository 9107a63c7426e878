/**
 * Answers of a model to items of BFCL, in the official form. Multi-turn items go step by step: all of a chunk together
 * where that makes batches, else each at its own pace.
 */
import { together } from "../engine/remote/together.js";
import type { CallOptions, JsonObject, JsonValue } from "../spec/index.js";
import type { BfclFiles } from "../store/index.js";
import {
  type BfclBench,
  type BfclItem,
  classDocuments,
  documentsFor,
  failedResult,
  keptAnswer,
  type ModelAnswer,
  nativeTools,
  type TranscriptMode,
  TranscriptRun,
  toMessage,
  toolsOf,
  withSystemPrompt,
} from "../tasks/bfcl/index.js";
import type { BenchmarkAnswer, BenchmarkQuestion, Responder } from "./responder.js";

/** What answering takes. */
export interface AnsweringInputs {
  readonly bench: BfclBench;
  readonly files: BfclFiles;
  /** Who shows the functions: the benchmark's prompt, the model's template, or a server with native tools. */
  readonly prompt: TranscriptMode;
  readonly responder: Responder;
}

/** The line of a result file; `note` is ours, and official evaluators ignore it. */
export interface ResultLine {
  readonly id: string;
  readonly result: JsonValue;
  readonly note?: string | undefined;
}

/** One result line an item, in order. */
export async function answerItems(
  items: readonly BfclItem[],
  inputs: AnsweringInputs,
  call: CallOptions,
): Promise<ResultLine[]> {
  const single = items.filter(({ multiTurn }) => multiTurn === undefined);
  const questions = single.map((item) => questionOf(item, inputs));
  const answers = questions.length === 0 ? [] : await inputs.responder.answer(questions, call);
  const lines = new Map<string, ResultLine>();
  for (const [index, { id }] of single.entries()) lines.set(id, lineOf(id, answers[index]!));
  for (const line of await answerTranscripts(items, inputs, call)) lines.set(line.id, line);
  return items.map(({ id }) => lines.get(id)!);
}

/** @param result What is kept of the answer. */
function lineOf(
  id: string,
  answer: ModelAnswer & Pick<BenchmarkAnswer, "note" | "failure">,
  result: JsonValue = keptAnswer(answer),
): ResultLine {
  const { note, failure } = answer;
  const kept = failure === undefined ? result : failedResult(failure);
  return note === undefined ? { id, result: kept } : { id, result: kept, note };
}

function questionOf(item: BfclItem, { prompt }: AnsweringInputs): BenchmarkQuestion {
  const sources = item.docs.map(({ source }) => source);
  const docs = documentsFor(item.category, sources);
  const messages = item.turns[0] ?? [];
  if (prompt === "benchmark") return { messages: withSystemPrompt(messages, docs), tools: [] };
  return { messages: messages.map(toMessage), ...shownFunctions(docs, prompt) };
}

/** The functions beside the messages. */
function shownFunctions(
  docs: readonly JsonObject[],
  prompt: TranscriptMode,
): Pick<BenchmarkQuestion, "tools" | "offered"> {
  if (prompt === "native") return { tools: [], offered: nativeTools(docs) };
  return { tools: prompt === "template" ? toolsOf(docs) : [] };
}

/** A transcript under way, and the last word on what kept the model from answering. */
interface OpenTranscript {
  readonly id: string;
  readonly run: TranscriptRun;
  last: BenchmarkAnswer;
}

/** Multi-turn items: all of them a step at a time where that saves work, else each at its own pace. */
async function answerTranscripts(
  items: readonly BfclItem[],
  inputs: AnsweringInputs,
  call: CallOptions,
): Promise<ResultLine[]> {
  const open = items.flatMap((item) => openTranscript(item, inputs));
  if (open.length === 0) return [];
  const groups = inputs.responder.batches ? [open] : open.map((one) => [one]);
  await together(groups, (group, signal) => advance(group, inputs, { signal }), call);
  return open.map(({ id, run, last }) => lineOf(id, last, run.result));
}

function openTranscript(item: BfclItem, { bench, files, prompt }: AnsweringInputs): OpenTranscript[] {
  const { multiTurn: task, id } = item;
  if (task === undefined) return [];
  const docs = classDocuments(task.classes, files.functionDocs);
  const run = new TranscriptRun({ item, task, docs, setting: bench.setting, mode: prompt });
  return [{ id, run, last: { text: "" } }];
}

/** Answers until all are done; a transcript that a server refuses ends there. */
async function advance(
  group: readonly OpenTranscript[],
  { responder, prompt }: AnsweringInputs,
  call: CallOptions,
): Promise<void> {
  const isOpen = ({ run, last }: OpenTranscript) => !run.done && last.failure === undefined;
  for (let active = group.filter(isOpen); active.length > 0; active = active.filter(isOpen)) {
    const questions = active.map(({ run }) => ({
      messages: run.messages,
      ...shownFunctions(run.functions, prompt),
    }));
    const answers = await responder.answer(questions, call);
    for (const [index, transcript] of active.entries()) {
      const answer = answers[index]!;
      const { note } = transcript.last;
      transcript.last = note === undefined || answer.failure !== undefined ? answer : { ...answer, note };
      if (answer.failure === undefined) transcript.run.answer(answer);
    }
  }
}
