/**
 * `itool export` of what a run made of data: its examples, preference pairs and search trees, one JSON object a line.
 * `DATA_EXPORTS` is a table of formats, so that others can stand beside them.
 */
import { join } from "node:path";
import type { Example, PreferencePair, SearchTree, Store } from "../../spec/index.js";
import { parseRecipe, type Recipe } from "../../stages/recipe.js";
import {
  encodeRow,
  exampleSchema,
  openRunDirectory,
  rowParser,
  runPaths,
  withLineWriters,
} from "../../store/index.js";
import { dialogueOfExample } from "../../tasks/index.js";
import { type RenderContext, standardTool } from "../../text/index.js";
import { findModelFolder, loadPromptContext } from "../base-model.js";
import { requireRun } from "../input-files.js";
import { readPairs, readTrees } from "../run-records.js";
import { linesOf, type OutputFormat } from "./data/convert.js";
import { modelOf, readHardExamples } from "./report.js";

/** What a format writes of a run. */
interface DataExport {
  /** For people. */
  readonly title: string;
  /** The lines; a text says why an item has none. */
  lines(run: ExportedRun): AsyncIterable<readonly string[] | string>;
}

/** A run that is read. */
interface ExportedRun {
  readonly store: Store;
  readonly recipe: Recipe;
  /** The text side of its base model: the texts of token ids. */
  context(): Promise<RenderContext>;
}

/** The formats by name. */
export const DATA_EXPORTS = {
  "openai-chat": {
    title: "training examples as OpenAI chat rows",
    lines: (run) => exampleLines(run, "openai-chat"),
  },
  sharegpt: { title: "training examples as ShareGPT rows", lines: (run) => exampleLines(run, "sharegpt") },
  trl: { title: "training examples as TRL prompt-completion rows", lines: (run) => exampleLines(run, "trl") },
  "pairs-trl": { title: "preference pairs as TRL rows", lines: trlPairs },
  "pairs-llama-factory": {
    title: "preference pairs as LLaMA-Factory ranking rows",
    lines: llamaFactoryPairs,
  },
  trees: { title: "search trees with token ids", lines: treeLines },
} as const satisfies Readonly<Record<string, DataExport>>;

export type DataExportName = keyof typeof DATA_EXPORTS;

/** What is exported, and where to. */
export interface DataExportOptions {
  readonly directory: string;
  readonly format: DataExportName;
  /** The new file, gzip where the name ends in `.gz`. @default `exports/<format>.jsonl` in the run directory */
  readonly out?: string;
  /** Folder of the base model, where it is no longer what the recipe says. */
  readonly model?: string;
}

/** What was written. */
export interface DataExportSummary {
  readonly out: string;
  readonly format: DataExportName;
  readonly written: number;
  /** Examples that the format cannot hold. */
  readonly leftOut: number;
  /** Why, for the first of them. */
  readonly reason?: string;
}

/** Writes the file. @throws ConfigError where `directory` is no run, StoreError */
export async function exportRunData(options: DataExportOptions): Promise<DataExportSummary> {
  const { directory, format, model } = options;
  requireRun(directory);
  const out = options.out ?? join(directory, "exports", `${format}.jsonl`);
  const store = await openRunDirectory(directory);
  try {
    const text = await store.readText(runPaths.config);
    const recipe = parseRecipe({ file: store.path(runPaths.config), text });
    const context = () =>
      loadPromptContext(recipe, model === undefined ? modelOf(recipe) : findModelFolder(model, "--model"));
    const counts = await writeLines(DATA_EXPORTS[format].lines({ store, recipe, context }), out);
    return { out, format, ...counts };
  } finally {
    await store.close();
  }
}

/** One line of text for people. */
export function renderDataExport({ out, written, leftOut, reason }: DataExportSummary): string {
  const missing = leftOut === 0 ? "" : `; ${leftOut} left out: ${reason ?? ""}`;
  return `${out}: ${written} lines${missing}`;
}

async function writeLines(items: AsyncIterable<readonly string[] | string>, out: string) {
  let written = 0;
  let leftOut = 0;
  let reason: string | undefined;
  await withLineWriters([out], async ([writer]) => {
    for await (const item of items) {
      if (typeof item === "string") {
        leftOut += 1;
        reason ??= item;
        continue;
      }
      written += item.length;
      for (const line of item) await writer?.write(line);
    }
  });
  return { written, leftOut, ...(reason === undefined ? {} : { reason }) };
}

async function* exampleLines(
  { store }: ExportedRun,
  format: OutputFormat,
): AsyncGenerator<readonly string[] | string> {
  const parse = rowParser(exampleSchema, runPaths.train);
  for await (const example of store.readRows(runPaths.train, parse)) yield exampleLine(example, format);
}

/** ShareGPT cannot mark history as not trained: `mask_history: true` tells LLaMA-Factory to train each row's last answer. */
function exampleLine(example: Example, format: OutputFormat): readonly string[] | string {
  const dialogue = dialogueOfExample(example);
  if (format !== "sharegpt") return linesOf(dialogue, format);
  const trained = dialogue.turns.map((turn) =>
    turn.message.role === "assistant" ? { ...turn, trained: true } : turn,
  );
  return linesOf({ ...dialogue, turns: trained }, format);
}

/** Prompts as the model reads them, special tokens written out, and the two fragments. */
async function* trlPairs({ store, recipe, context }: ExportedRun): AsyncGenerator<readonly string[]> {
  const { tokenizer } = await context();
  for await (const pair of readPairs(store, recipe.rounds)) {
    const texts = {
      prompt: tokenizer.decode(pair.prefix),
      chosen: tokenizer.decode(pair.chosen),
      rejected: tokenizer.decode(pair.rejected),
    };
    yield [JSON.stringify({ ...texts, id: pair.id })];
  }
}

/** LLaMA-Factory's answers are whole turns: both sides begin with what the pair shares. */
async function* llamaFactoryPairs({
  store,
  recipe,
}: ExportedRun): AsyncGenerator<readonly string[] | string> {
  const examples = await readHardExamples(store, recipe.rounds);
  for await (const pair of readPairs(store, recipe.rounds)) {
    const example = examples.get(pair.exampleId);
    yield example === undefined
      ? `The example ${pair.exampleId} is not in the run.`
      : [rankingRow(pair, example)];
  }
}

function rankingRow(pair: PreferencePair, example: Example): string {
  const [first, ...others] = example.messages;
  const system = first?.role === "system" ? first.content : undefined;
  const turns = system === undefined ? example.messages : others;
  const speakers = { user: "human", assistant: "gpt", tool: "observation", system: "system" } as const;
  const answer = (text: string) => ({ from: "gpt", value: `${pair.prefixText}${text}` });
  return JSON.stringify({
    conversations: turns.map(({ role, content }) => ({ from: speakers[role], value: content })),
    chosen: answer(pair.chosenText),
    rejected: answer(pair.rejectedText),
    ...(system === undefined ? {} : { system }),
    tools: JSON.stringify(example.tools.map(standardTool)),
  });
}

/** A tree as the search kept it, with the request and the right answer of its example. */
async function* treeLines({ store, recipe }: ExportedRun): AsyncGenerator<readonly string[]> {
  const examples = await readHardExamples(store, recipe.rounds);
  for await (const tree of readTrees(store, recipe.rounds))
    yield [treeLine(tree, examples.get(tree.exampleId))];
}

function treeLine(tree: SearchTree, example: Example | undefined): string {
  const known =
    example === undefined
      ? {}
      : {
          messages: example.messages,
          tools: example.tools.map(standardTool),
          gold: example.response,
        };
  return encodeRow({ ...tree, ...known }).trimEnd();
}
