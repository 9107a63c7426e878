/**
 * A model on API-Bank: one greedy answer a sample, written as it comes, so that an evaluation that was stopped goes on; then
 * the verdicts, the scores, and the answers in the forms that `itool grade` and the official evaluator read.
 */
import { z } from "zod";
import type { CallOptions, JsonValue, RowReader, Store } from "../spec/index.js";
import { rowParser, writeDocument } from "../store/index.js";
import { type ApiBankSample, messagesOf, nativePrompt } from "../tasks/api-bank/index.js";
import { type ApiBankJudging, type ApiBankReport, judgeSample, reportApiBank } from "./api-bank-judging.js";
import { chunksToFill, processChunks } from "./chunks.js";
import { TOO_LONG } from "./policy-responder.js";
import type { StagePorts } from "./ports.js";
import type { BenchmarkAnswer, BenchmarkQuestion, Responder } from "./responder.js";

/** What the evaluation works on. */
export interface ApiBankEvaluateInputs {
  readonly responder: Responder;
  readonly samples: readonly ApiBankSample[];
  readonly judging: ApiBankJudging;
  /** `benchmark`: instruction and descriptions in a system message; `template`: as the model's template shows tools. */
  readonly prompt: "benchmark" | "template";
  readonly instruction: string;
  /** Samples that are answered together; what a kill loses at most. */
  readonly chunkRows: number;
}

/** Scores, and what of the answers the model's context spoilt. */
export interface ApiBankEvaluation extends ApiBankReport {
  /** Samples whose prompt does not fit the context: not asked, wrong. */
  readonly tooLong: number;
  /** Answers that reached the longest length, or the context's end. */
  readonly cut: number;
  /** Samples that the model's template or its server refused: wrong. */
  readonly refused: number;
}

/** Files of the evaluation. */
export const apiBankPaths = {
  /** Log of answers. */
  items: "api-bank/items.jsonl",
  /** What `itool grade --benchmark api-bank` reads. */
  results: "api-bank/results.jsonl",
  /** One verdict a sample. */
  verdicts: "api-bank/verdicts.jsonl",
  scores: "api-bank/scores.json",
  /** What the official `evaluator_by_json.py` reads, one file a level. */
  predictions: (level: string) => `api-bank/predictions-${level}.jsonl`,
} as const;

interface Answer {
  readonly id: string;
  readonly result: string;
  readonly finish: "stop" | "length" | "too-long" | "refused";
}

const answerSchema: z.ZodType<Answer> = z.strictObject({
  id: z.string(),
  result: z.string(),
  finish: z.enum(["stop", "length", "too-long", "refused"]),
});

/** Answers the samples that are not in the log yet, then judges all. */
export async function evaluateApiBank(
  inputs: ApiBankEvaluateInputs,
  ports: StagePorts,
): Promise<ApiBankEvaluation> {
  const { samples, chunkRows } = inputs;
  const log = apiBankPaths.items;
  const work = (chunk: readonly ApiBankSample[], call: CallOptions) => answer(chunk, inputs, call);
  const rows = readerOf(samples);
  const chunksAtOnce = chunksToFill(inputs.responder, chunkRows);
  await processChunks(
    { stage: "api-bank", unit: "samples", rows, log, chunkRows, chunksAtOnce, work },
    ports,
  );
  const answers: Answer[] = [];
  for await (const one of ports.store.readRows(log, rowParser(answerSchema, log))) answers.push(one);
  await writeAnswers(answers, samples, ports.store);
  return judgeAnswers(answers, inputs, ports.store);
}

/** Rows that are in memory already. */
function readerOf<T>(rows: readonly T[]): RowReader<T> {
  return { count: rows.length, read: async (row) => rows[row]!, close: async () => undefined };
}

async function answer(
  samples: readonly ApiBankSample[],
  inputs: ApiBankEvaluateInputs,
  call: CallOptions,
): Promise<Answer[]> {
  const questions = samples.map((sample) => questionOf(sample, inputs));
  const answers = await inputs.responder.answer(questions, call);
  return samples.map(({ id }, index) => {
    const given = answers[index]!;
    return { id, result: given.text, finish: finishOf(given) };
  });
}

function finishOf({ note, cut }: BenchmarkAnswer): Answer["finish"] {
  if (note !== undefined) return note === TOO_LONG ? "too-long" : "refused";
  return cut === true ? "length" : "stop";
}

function questionOf(
  sample: ApiBankSample,
  { prompt, judging, instruction }: ApiBankEvaluateInputs,
): BenchmarkQuestion {
  const { descriptions } = judging.bank;
  if (prompt === "template") return nativePrompt(sample, descriptions);
  return { tools: [], messages: messagesOf(sample, { descriptions, instruction }) };
}

async function writeAnswers(
  answers: readonly Answer[],
  samples: readonly ApiBankSample[],
  store: Store,
): Promise<void> {
  await store.writeRows(
    apiBankPaths.results,
    answers.map(({ id, result }) => ({ id, result })),
  );
  for (const level of new Set(samples.map((sample) => sample.level))) {
    const own = answers.filter((_, index) => samples[index]?.level === level);
    await store.writeRows(apiBankPaths.predictions(level), own.map(officialRow));
  }
}

/** A sample by file and number within it. */
function officialRow({ id, result }: Answer): JsonValue {
  const [, stem = "", number = ""] = /^[^/]*\/(.*)\/(\d+)$/.exec(id) ?? [];
  return { file: `${stem}.jsonl`, id: Number(number), pred: result };
}

async function judgeAnswers(
  answers: readonly Answer[],
  { judging, samples }: ApiBankEvaluateInputs,
  store: Store,
): Promise<ApiBankEvaluation> {
  const judged = [];
  for (const [index, { result }] of answers.entries()) {
    judged.push(await judgeSample(samples[index]!, result, judging));
  }
  await store.writeRows(
    apiBankPaths.verdicts,
    judged.map(({ id, official, strict, deficiencies }) => ({
      id,
      correct: official.correct,
      category: official.category,
      ...(official.error !== undefined && { error: official.error }),
      ...(strict !== undefined && { strict: { correct: strict.correct, category: strict.category } }),
      deficiencies,
    })),
  );
  const count = (finish: Answer["finish"]) => answers.filter((one) => one.finish === finish).length;
  const report = await reportApiBank(judged, judging);
  const evaluation = {
    ...report,
    tooLong: count("too-long"),
    cut: count("length"),
    refused: count("refused"),
  };
  await writeDocument(store, apiBankPaths.scores, evaluation);
  return evaluation;
}
