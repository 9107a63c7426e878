/**
 * Evaluation of one policy on the held-out rows: greedy responses, graded by call equality, with intervals.
 */
import { z } from "zod";
import { evaluationOf, gradeResponse } from "../method/index.js";
import type { CallOptions, EvaluationRecord, Example, ItemRecord, Policy } from "../spec/index.js";
import {
  type EvaluationPaths,
  exampleSchema,
  itemSchema,
  rowParser,
  runPaths,
  writeDocument,
} from "../store/index.js";
import { type RenderContext, renderPrompt } from "../text/index.js";
import { chunksToFill, processChunks } from "./chunks.js";
import type { StagePorts } from "./ports.js";

/** Settings of the evaluation. */
export const evaluateSettingsSchema = z.strictObject({
  policies: z
    .array(z.enum(["base", "warmup", "rounds"]))
    .default(["base", "warmup", "rounds"])
    .describe(
      "Which policies are evaluated: before training, after the warm-up, after each round. [] is off.",
    ),
  maximumTokens: z
    .int()
    .min(1)
    .default(512)
    .describe("Longest response, in tokens; a longer one is cut and graded."),
  chunkRows: z
    .int()
    .min(1)
    .default(64)
    .describe("Rows that are answered together; what a kill loses at most."),
});

export type EvaluateSettings = z.infer<typeof evaluateSettingsSchema>;

/** What the evaluation works on. */
export interface EvaluateInputs {
  /** Not changed. */
  readonly policy: Policy;
  readonly context: RenderContext;
  /** `base`, `warmup`, `round-01` … */
  readonly name: string;
  readonly paths: EvaluationPaths;
}

/** Answers `data/evaluation.jsonl`, writes one item a row and the scores. */
export async function evaluate(
  settings: EvaluateSettings,
  inputs: EvaluateInputs,
  ports: StagePorts,
): Promise<EvaluationRecord> {
  const { store } = ports;
  const { items: log, scores } = inputs.paths;
  const rows = await store.openRows(
    runPaths.evaluationRows,
    rowParser(exampleSchema, runPaths.evaluationRows),
  );
  try {
    const work = (examples: readonly Example[], call: CallOptions) =>
      answer(examples, settings, inputs, call);
    const { chunkRows } = settings;
    const chunksAtOnce = chunksToFill(inputs.policy, chunkRows);
    await processChunks(
      { stage: `${inputs.name}/evaluate`, unit: "rows", rows, log, chunkRows, chunksAtOnce, work },
      ports,
    );
  } finally {
    await rows.close();
  }
  const items: ItemRecord[] = [];
  for await (const item of store.readRows(log, rowParser(itemSchema, log)))
    items.push({ ...item, response: "" });
  const record = evaluationOf(inputs.name, items);
  await writeDocument(store, scores, record);
  return record;
}

async function answer(
  examples: readonly Example[],
  settings: EvaluateSettings,
  { policy, context }: EvaluateInputs,
  call: CallOptions,
): Promise<ItemRecord[]> {
  const requests = examples.map((example) => ({
    prompt: renderPrompt(context, example),
    n: 1,
    maxTokens: settings.maximumTokens,
    temperature: 0,
    topP: 1,
    stop: [context.stopToken],
    seed: 0,
  }));
  const samples = await policy.sample(requests, call);
  return examples.map((example, index) => itemOf(example, samples[index]![0]!.tokens, context));
}

function itemOf(example: Example, tokens: readonly number[], context: RenderContext): ItemRecord {
  const response = context.tokenizer.decode(
    tokens.at(-1) === context.stopToken ? tokens.slice(0, -1) : tokens,
  );
  const { id: exampleId, category, tags } = example;
  return { exampleId, category, tags, response, grade: gradeResponse({ text: response, example }) };
}
