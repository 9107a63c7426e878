/** `itool report`: the page of a run, written again from its records. */
import { z } from "zod";
import {
  buildReportData,
  type Fact,
  type PerplexityRows,
  readPageTemplate,
  renderReport,
  type StageTiming,
} from "../../report/index.js";
import type { Example, JsonObject, Store } from "../../spec/index.js";
import { dataRecordSchema } from "../../stages/data-tally.js";
import { hardRowSchema } from "../../stages/prefer.js";
import { parseRecipe, type Recipe } from "../../stages/recipe.js";
import { exampleSchema, openRunDirectory, readDocument, rowParser, runPaths } from "../../store/index.js";
import type { RenderContext } from "../../text/index.js";
import { findModelFolder, loadPromptContext } from "../base-model.js";
import { requireFolder, requireRun } from "../input-files.js";
import { resolveInPackage } from "../package-root.js";
import {
  readComparisons,
  readEvaluations,
  readPairs,
  readRejections,
  readStageSeconds,
  readSteps,
  readTrees,
} from "../run-records.js";
import type { Terminal } from "../terminal.js";

/** Options of the command. */
export interface ReportOptions {
  readonly directory: string;
  /** Folder of the base model, where it is no longer what the recipe says. */
  readonly model?: string;
}

/**
 * Writes the report of a run directory anew.
 *
 * @returns its absolute path
 * @throws ConfigError where `directory` is not a run, or its model is not where it was
 */
export async function rewriteReport(
  { directory, model }: ReportOptions,
  terminal: Terminal,
): Promise<string> {
  requireRun(directory);
  const store = await openRunDirectory(directory);
  try {
    const recipe = parseRecipe({
      file: store.path(runPaths.config),
      text: await store.readText(runPaths.config),
    });
    const folder = model === undefined ? modelOf(recipe) : findModelFolder(model, "--model");
    return await writeReport(store, recipe, await loadPromptContext(recipe, folder), terminal);
  } finally {
    terminal.endProgress();
    await store.close();
  }
}

/** The model is needed for the texts of token ids only. */
export function modelOf({ model }: Recipe): string {
  const folder = resolveInPackage(model);
  requireFolder(folder, "The run's model", "Say where it is with --model FOLDER.");
  return folder;
}

/** Writes `report.html` from what the run directory holds. @returns its absolute path. */
export async function writeReport(
  store: Store,
  recipe: Recipe,
  context: RenderContext,
  terminal: Terminal,
): Promise<string> {
  terminal.progress({ stage: "report", unit: "pages", done: 0, total: 1 });
  const template = await readPageTemplate();
  const examples = await readHardExamples(store, recipe.rounds);
  const data = await buildReportData({
    title: recipe.name,
    facts: factsOf(recipe),
    settings: settingsOf(recipe),
    evaluations: await readEvaluations(store, recipe),
    comparisons: (await store.exists(runPaths.comparisons)) ? await readComparisons(store) : [],
    steps: readSteps(store),
    perplexities: await readPerplexities(store, recipe.rounds),
    trees: readTrees(store, recipe.rounds),
    pairs: readPairs(store, recipe.rounds),
    rejections: readRejections(store),
    sources: await readSources(store),
    stages: await readTimings(store),
    decode: (ids) => context.tokenizer.decode(ids),
    example: (id) => examples.get(id),
  });
  await store.writeText(runPaths.report, renderReport(data, template));
  terminal.progress({ stage: "report", unit: "pages", done: 1, total: 1 });
  return store.path(runPaths.report);
}

function factsOf(recipe: Recipe): Fact[] {
  return [
    { label: "Model", value: recipe.model },
    { label: "Engine", value: recipe.engine.kind },
    { label: "Seed", value: String(recipe.seed) },
    { label: "Rounds", value: String(recipe.rounds) },
  ];
}

function settingsOf(recipe: Recipe): JsonObject {
  return z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(recipe)));
}

/** The examples behind trees and pairs: the hard rows of every round. */
export async function readHardExamples(store: Store, rounds: number): Promise<Map<string, Example>> {
  const examples = new Map<string, Example>();
  for (let round = 1; round <= rounds; round++) {
    const file = runPaths.round(round).hard;
    if (!(await store.exists(file))) continue;
    for await (const example of store.readRows(file, rowParser(exampleSchema, file)))
      examples.set(example.id, example);
  }
  return examples;
}

async function readPerplexities(store: Store, rounds: number): Promise<PerplexityRows[]> {
  const all: PerplexityRows[] = [];
  for (let round = 1; round <= rounds; round++) {
    const file = runPaths.round(round).hardAfter;
    if (!(await store.exists(file))) continue;
    const before: number[] = [];
    const after: number[] = [];
    for await (const row of store.readRows(file, rowParser(hardRowSchema, file))) {
      before.push(row.before);
      after.push(row.after);
    }
    all.push({ round, before, after });
  }
  return all;
}

async function readSources(store: Store) {
  if (!(await store.exists(runPaths.dataSummary))) return [];
  return (await readDocument(store, runPaths.dataSummary, dataRecordSchema)).sources;
}

async function readTimings(store: Store): Promise<StageTiming[]> {
  const sizes = await countTraining(store);
  return [...(await readStageSeconds(store))].map(([stage, seconds]) => ({
    stage,
    seconds,
    sizes: sizes.get(stage) ?? {},
  }));
}

/** Optimiser steps and tokens of each training stage. */
async function countTraining(store: Store): Promise<Map<string, { steps: number; tokens: number }>> {
  const counts = new Map<string, { steps: number; tokens: number }>();
  for await (const { stage, tokens } of readSteps(store)) {
    const known = counts.get(stage) ?? { steps: 0, tokens: 0 };
    counts.set(stage, { steps: known.steps + 1, tokens: known.tokens + tokens });
  }
  return counts;
}
