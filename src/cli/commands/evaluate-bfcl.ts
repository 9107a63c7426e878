/** `itool eval --benchmark bfcl`: a model answers the items of the leaderboard; the same command again continues. */
import { bfclView, buildReportData, readPageTemplate, renderReport } from "../../report/index.js";
import { ConfigError, type Store } from "../../spec/index.js";
import { type BfclEvaluation, evaluateBfcl } from "../../stages/bfcl.js";
import { nearestKey } from "../../stages/nearest-key.js";
import { openRunDirectory, runPaths } from "../../store/index.js";
import { BFCL_CATEGORIES, type BfclCategory } from "../../tasks/bfcl/index.js";
import { loadBaseModel, type ModelLoader } from "../base-model.js";
import { openBfcl } from "../bfcl-bench.js";
import { downloadBfcl } from "../bfcl-download.js";
import { requireFolder } from "../input-files.js";
import {
  type OpenResponder,
  openResponder,
  type PromptKind,
  type ResponderFlags,
} from "../open-responder.js";
import type { Terminal } from "../terminal.js";
import { requireSameRequest } from "./same-request.js";

/** Options of the command. */
export interface EvaluateBfclOptions extends ResponderFlags {
  /** Absent: all of them. */
  readonly categories?: readonly string[];
  /** Folder of the official data. */
  readonly data?: string;
  /** Fetches the official data into that folder where it is not there. */
  readonly download?: boolean;
  /** Items of each category; absent: all. */
  readonly limit?: number;
  /** `benchmark`: the official prompting mode. `template`: the model's own way of showing functions. `native`: a server's. */
  readonly prompt: PromptKind;
  readonly maximumTokens: number;
  /** Adds the verdicts without the official code's quirks. @default false */
  readonly strict?: boolean;
  readonly out: string;
}

/** Items that are answered together, in a batch here or by a server; what a kill loses at most. */
const CHUNK_ROWS = { batch: 16, server: 64 } as const;

/**
 * Runs the evaluation in `out`: `results.jsonl`, `result/` with the official files, `verdicts.jsonl`, `scores.json`, `report.html`.
 *
 * @throws ConfigError for a category, model, adapter or data folder that is not there, or an `out` with other results
 */
export async function runBfclEvaluation(
  options: EvaluateBfclOptions,
  terminal: Terminal,
  load: ModelLoader = loadBaseModel,
): Promise<BfclEvaluation> {
  const categories = knownCategories(options.categories);
  const data = await dataFolder(options, terminal);
  const { bench, files } = await openBfcl(data, categories);
  const { prompt, limit, strict = false } = options;
  const open = await openResponder(options, options, terminal, load);
  const { responder, signal } = open;
  try {
    const store = await openRunDirectory(options.out);
    const onProgress = (event: Parameters<Terminal["progress"]>[0]) => terminal.progress(event);
    try {
      await requireSameRequest(store, requestOf(options, categories, open));
      await open.keepIn(store);
      const chunkRows = responder.batches ? CHUNK_ROWS.batch : CHUNK_ROWS.server;
      const some = limit === undefined ? {} : { limit };
      const inputs = { bench, files, categories, prompt, chunkRows, responder, strict, ...some };
      const evaluation = await evaluateBfcl(inputs, { store, signal, onProgress });
      await writeBenchmarkReport(store, evaluation, open, prompt);
      return evaluation;
    } finally {
      await open.close();
      await store.close();
    }
  } finally {
    terminal.endProgress();
    await open.close();
  }
}

/** Writes `report.html`: figures, and what is wrong with the failed items, by category and function. */
async function writeBenchmarkReport(
  store: Store,
  { summary, notes }: BfclEvaluation,
  { identity }: OpenResponder,
  prompt: PromptKind,
): Promise<void> {
  const data = await buildReportData({
    title: "BFCL",
    facts: [
      { label: "Model", value: identity.model },
      ...(identity.adapter === null ? [] : [{ label: "Adapter", value: identity.adapter }]),
      { label: "Functions shown by", value: PROMPT_LABELS[prompt] },
      ...Object.entries(notes).map(([note, count]) => ({ label: note, value: `${count} items` })),
    ],
    settings: {},
    evaluations: [],
    comparisons: [],
    benchmarks: [bfclView(summary)],
    steps: [],
    perplexities: [],
    trees: [],
    pairs: [],
    rejections: [],
    stages: [],
    decode: () => "",
  });
  await store.writeText(runPaths.report, renderReport(data, await readPageTemplate()));
}

const PROMPT_LABELS: Readonly<Record<PromptKind, string>> = {
  benchmark: "the benchmark's prompt",
  template: "the model's template",
  native: "the server, as native tools",
};

/** The evaluation as text. */
export function renderBfclEvaluation({ text, notes }: BfclEvaluation): string {
  const lines = Object.entries(notes).map(
    ([note, count]) =>
      `${count} items could not be asked or answered, and were judged on what stands in their place: ${note}.`,
  );
  return [text, ...lines].join("\n");
}

async function dataFolder({ data, download }: EvaluateBfclOptions, terminal: Terminal): Promise<string> {
  if (data === undefined) {
    throw new ConfigError(
      "--benchmark bfcl needs --data: the folder of its official data. --download fetches it there.",
    );
  }
  if (download === true) await downloadBfcl(data, (line) => terminal.note(line));
  requireFolder(
    data,
    "--data",
    "Give the folder of BFCL's official data, or add --download to fetch it there.",
  );
  return data;
}

function knownCategories(names: readonly string[] | undefined): readonly BfclCategory[] {
  if (names === undefined) return BFCL_CATEGORIES;
  const unknown = names.find((name) => !BFCL_CATEGORIES.some((category) => category === name));
  if (unknown !== undefined) {
    const nearest = nearestKey(unknown, BFCL_CATEGORIES);
    const fix =
      nearest === undefined ? `Known are ${BFCL_CATEGORIES.join(", ")}.` : `Did you mean ${nearest}?`;
    throw new ConfigError(`--categories: bfcl has no category ${unknown}. ${fix}`, { unknown });
  }
  return BFCL_CATEGORIES.filter((category) => names.includes(category));
}

/** What the answers depend on, as text. */
function requestOf(
  { limit, prompt, maximumTokens }: EvaluateBfclOptions,
  categories: readonly BfclCategory[],
  { identity }: OpenResponder,
): string {
  const request = {
    benchmark: "bfcl",
    ...identity,
    categories,
    limit: limit ?? null,
    prompt,
    maximumTokens,
  };
  return `${JSON.stringify(request, undefined, 2)}\n`;
}
