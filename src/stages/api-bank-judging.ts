/** Judging outputs on API-Bank: official verdicts, strict ones beside them where asked, and the scores of both. */
import type { Deficiency, ToolFinder } from "../spec/index.js";
import {
  type ApiBank,
  type ApiBankDeficiency,
  type ApiBankSample,
  type ApiBankVerdict,
  type CeilingVerdicts,
  callText,
  deficienciesOf,
  judgeOutput,
  judgeWithSearch,
  type LevelScore,
  scoreApiBank,
} from "../tasks/api-bank/index.js";

/** How outputs are judged. */
export interface ApiBankJudging {
  readonly bank: ApiBank;
  readonly finder: ToolFinder;
  /** Strict verdicts beside the official ones. */
  readonly strict: boolean;
}

/** The verdicts on one output. */
export interface JudgedOutput {
  readonly id: string;
  readonly official: ApiBankVerdict;
  readonly strict?: ApiBankVerdict;
  readonly deficiencies: readonly ApiBankDeficiency[];
}

/** Scores of a set of outputs. */
export interface ApiBankReport {
  /** What searched for tools: the scores of level 2 depend on it. */
  readonly search: string;
  /** Levels of which there is an output at least. */
  readonly official: readonly LevelScore[];
  readonly strict?: readonly LevelScore[];
  readonly deficiencies: Readonly<Partial<Record<Deficiency | "benchmark", number>>>;
}

/** The verdicts on an output of a sample. */
export async function judgeSample(
  sample: ApiBankSample,
  output: string,
  judging: ApiBankJudging,
): Promise<JudgedOutput> {
  const official = await judgeAs(sample, output, judging, false);
  const deficiencies = deficienciesOf(sample, output, official);
  const judged = { id: sample.id, official, deficiencies };
  return judging.strict ? { ...judged, strict: await judgeAs(sample, output, judging, true) } : judged;
}

/** The scores; of two verdicts on one sample the last counts. Levels without any verdict are left out. */
export async function reportApiBank(
  judged: readonly JudgedOutput[],
  judging: ApiBankJudging,
): Promise<ApiBankReport> {
  const byId = new Map(judged.map((one) => [one.id, one]));
  const levels = new Set(judging.bank.samples.filter(({ id }) => byId.has(id)).map(({ level }) => level));
  const samples = judging.bank.samples.filter(({ level }) => levels.has(level));
  const scored = async (strict: boolean) => {
    const verdicts = new Map(
      [...byId].flatMap(([id, one]) => {
        const verdict = strict ? one.strict : one.official;
        return verdict === undefined ? [] : [[id, verdict] as const];
      }),
    );
    return scoreApiBank(samples, verdicts, await ceilingOf(samples, judging, strict));
  };
  const report = {
    search: judging.finder.name,
    official: await scored(false),
    deficiencies: countDeficiencies([...byId.values()]),
  };
  return judging.strict ? { ...report, strict: await scored(true) } : report;
}

/** The verdicts on the literal ground truth: what a model that copies every recorded call would score. */
async function ceilingOf(
  samples: readonly ApiBankSample[],
  judging: ApiBankJudging,
  strict: boolean,
): Promise<CeilingVerdicts> {
  const withoutServices = new Map<string, ApiBankVerdict>();
  const withSearch = new Map<string, ApiBankVerdict>();
  for (const sample of samples) {
    const { target, id } = sample;
    const literal = callText(target.apiName, target.parameters);
    withoutServices.set(id, judgeOutput(sample, literal, { ...judging.bank, strict }));
    withSearch.set(id, await judgeAs(sample, literal, judging, strict));
  }
  return { withoutServices, withSearch };
}

function judgeAs(
  sample: ApiBankSample,
  output: string,
  { bank, finder }: ApiBankJudging,
  strict: boolean,
): Promise<ApiBankVerdict> {
  return judgeWithSearch(sample, output, { ...bank, finder, strict });
}

function countDeficiencies(judged: readonly JudgedOutput[]): Partial<Record<ApiBankDeficiency, number>> {
  const counts = new Map<ApiBankDeficiency, number>();
  for (const deficiency of judged.flatMap(({ deficiencies }) => deficiencies)) {
    counts.set(deficiency, (counts.get(deficiency) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}
