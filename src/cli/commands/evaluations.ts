/** `itool eval`: which benchmark is run by what. */
import type { PromptKind } from "../open-responder.js";
import type { Terminal } from "../terminal.js";
import { type EvaluateOptions, renderEvaluation, runEvaluation } from "./evaluate.js";
import { type ApiBankOptions, renderApiBankOutcome, runApiBank } from "./evaluate-api-bank.js";
import { renderBfclEvaluation, runBfclEvaluation } from "./evaluate-bfcl.js";

/** Flags of the command, for all benchmarks; each takes what concerns it and refuses what it cannot honour. */
export interface EvaluationFlags extends EvaluateOptions, ApiBankOptions {
  /** Folder of the benchmark's official data. */
  readonly data?: string;
  /** Fetches the official data into that folder. */
  readonly download?: boolean;
  /** Items of each category; absent: all. */
  readonly limit?: number;
  /** Who shows the functions: the benchmark's own prompt, the model's template, or a server with native tools. */
  readonly prompt: PromptKind;
  /** Longest answer, in tokens. */
  readonly maximumTokens: number;
}

/** What an evaluation came to: a document for `--json`, and a text. */
export interface EvaluationOutcome {
  readonly data: object;
  readonly text: string;
}

/** Runs one benchmark. */
export type EvaluationRunner = (flags: EvaluationFlags, terminal: Terminal) => Promise<EvaluationOutcome>;

/** Benchmarks that a model can be scored on: one line each. */
export const EVALUATIONS: Readonly<Record<string, EvaluationRunner>> = {
  toolworld: evaluateToolworld,
  bfcl: evaluateBfcl,
  "api-bank": evaluateApiBank,
};

async function evaluateToolworld(flags: EvaluationFlags, terminal: Terminal): Promise<EvaluationOutcome> {
  const record = await runEvaluation(flags, terminal);
  return { data: record, text: renderEvaluation(record) };
}

async function evaluateApiBank(flags: EvaluationFlags, terminal: Terminal): Promise<EvaluationOutcome> {
  const outcome = await runApiBank(flags, terminal);
  return { data: outcome, text: renderApiBankOutcome(outcome) };
}

async function evaluateBfcl(flags: EvaluationFlags, terminal: Terminal): Promise<EvaluationOutcome> {
  const evaluation = await runBfclEvaluation(flags, terminal);
  return { data: { ...evaluation.summary, notes: evaluation.notes }, text: renderBfclEvaluation(evaluation) };
}
