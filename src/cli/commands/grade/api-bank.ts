/** The grader of API-Bank: lines `{"id": sample id, "result": text}`. */
import { renderApiBank } from "../../../report/index.js";
import type { GradeSummary, JsonValue, ResultGrader, Verdict } from "../../../spec/index.js";
import {
  type ApiBankJudging,
  type JudgedOutput,
  judgeSample,
  reportApiBank,
} from "../../../stages/api-bank-judging.js";
import type { ApiBankSample, ApiBankVerdict } from "../../../tasks/api-bank/index.js";
import { openFinder } from "../../api-bank/open-finder.js";
import { readApiBank } from "../../api-bank/read-data.js";
import type { GraderSettings } from "./settings.js";

/** A verdict line; with `--strict` the strict verdict beside the official one. */
interface ApiBankLine extends Verdict {
  readonly strict_valid?: boolean;
  readonly strict_error_type?: string | null;
}

/** Reads the data. @throws ConfigError where the folder holds no API-Bank data */
export async function openApiBankGrader(settings: GraderSettings): Promise<ResultGrader> {
  const bank = await readApiBank(settings.data);
  return createApiBankGrader({ bank, finder: openFinder(settings, bank), strict: settings.strict });
}

/** The grader; a line that is no result of a sample is judged wrong and counted. */
export function createApiBankGrader(judging: ApiBankJudging): ResultGrader {
  const samples = new Map(judging.bank.samples.map((sample) => [sample.id, sample]));
  const judged: JudgedOutput[] = [];
  let strangers = 0;
  return {
    async grade(row) {
      const line = readLine(row, samples);
      if ("error_type" in line) {
        strangers += 1;
        return line;
      }
      const one = await judgeSample(line.sample, line.result, judging);
      judged.push(one);
      return verdictLine(one);
    },
    summary: () => summarise(judged, strangers, judging),
  };
}

function readLine(
  row: JsonValue,
  samples: ReadonlyMap<string, ApiBankSample>,
): Verdict | { readonly sample: ApiBankSample; readonly result: string } {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return refuse(null, "NOT_A_RESULT");
  const { id = null, result } = Object.fromEntries(Object.entries(row));
  const sample = typeof id === "string" ? samples.get(id) : undefined;
  if (sample === undefined) return refuse(id, "UNKNOWN_SAMPLE");
  return typeof result === "string" ? { sample, result } : refuse(id, "NOT_A_RESULT");
}

function refuse(id: JsonValue, error_type: string): Verdict {
  return { id, valid: false, error_type };
}

function verdictLine({ id, official, strict }: JudgedOutput): ApiBankLine {
  const line = { id, valid: official.correct === true, error_type: errorTypeOf(official) };
  if (strict === undefined) return line;
  return { ...line, strict_valid: strict.correct === true, strict_error_type: errorTypeOf(strict) };
}

function errorTypeOf({ correct, category }: ApiBankVerdict): string | null {
  return correct === true ? null : category;
}

async function summarise(
  judged: readonly JudgedOutput[],
  strangers: number,
  judging: ApiBankJudging,
): Promise<GradeSummary> {
  const report = await reportApiBank(judged, judging);
  const note = `${strangers} lines are of no sample that asks for a call; they were judged wrong and do not count.\n`;
  const text = renderApiBank(report) + (strangers === 0 ? "" : note);
  return { data: { ...report, strangers }, text };
}
