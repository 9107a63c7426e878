/**
 * Warm-up: supervised training from easy to hard (paper §3.1; method.md §2).
 *
 * L = Σ_i L_i over the three classes, trained class after class; `epochs` are passes within a class, so that no class
 * comes back once a harder one has begun. Only response tokens are in the loss.
 */
import { z } from "zod";
import { createRandom, deriveSeed, orderByCurriculum } from "../method/index.js";
import type { Difficulty, Example, Policy, RowReader } from "../spec/index.js";
import { exampleSchema, rowParser, runPaths } from "../store/index.js";
import { type RenderContext, renderExample } from "../text/index.js";
import type { StagePorts } from "./ports.js";
import { supervisedParts } from "./supervised-parts.js";
import { type BatchPart, train } from "./training-loop.js";
import { type TrainingSettings, trainingFields } from "./training-settings.js";

/** What is trained, from the warm-up to the last round. */
export const adapterSettingsSchema = z.strictObject({
  train: z
    .enum(["adapter", "full"])
    .default("adapter")
    .describe("What is trained in all stages: a LoRA adapter, or all weights of the model."),
  rank: z.int().min(1).default(16).describe("Rank of the LoRA adapter."),
  alpha: z.number().gt(0).default(32).describe("Scale of the LoRA adapter: W + (alpha / rank) · B · A."),
  targets: z
    .array(z.string().min(1))
    .min(1)
    .default(["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])
    .describe("Names of the linears that get an adapter."),
});

/** Settings of the warm-up. Defaults: method.md §4. */
export const warmupSettingsSchema = z.strictObject({
  order: z
    .enum(["easy-to-hard", "hard-to-easy", "mixed"])
    .default("easy-to-hard")
    .describe("Order of the difficulty classes; mixed ignores them."),
  share: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("Share of the training rows that the warm-up uses, drawn at random. 1 is all."),
  ...trainingFields({ epochs: 2, batchRows: 8, learningRate: 1e-4 }),
});

export type AdapterSettings = z.infer<typeof adapterSettingsSchema>;
export type WarmupSettings = z.infer<typeof warmupSettingsSchema>;

/** What the warm-up works on. */
export interface WarmupInputs {
  /** Fresh: untrained adapter, or base weights under full training. */
  readonly policy: Policy;
  readonly context: RenderContext;
  readonly seed: number;
  /** What `policy` trains; decides what is written at the end. */
  readonly train: AdapterSettings["train"];
}

/** Trains the policy on `data/train.jsonl` and writes it to `warmup/adapter` (or `warmup/model`). */
export async function warmup(
  settings: WarmupSettings,
  inputs: WarmupInputs,
  ports: StagePorts,
): Promise<void> {
  const parse = rowParser(exampleSchema, runPaths.train);
  const rows = await ports.store.openRows(runPaths.train, parse);
  try {
    const order = await orderRows(rows, settings, inputs.seed);
    const batches = cut(order, settings.batchRows);
    const training = {
      stage: "warmup",
      checkpoints: runPaths.warmup.checkpoints,
      steps: batches.length,
      settings,
      batch: (step: number) => readBatch(rows, batches[step - 1]!, settings, inputs.context),
    };
    await train(training, inputs.policy, ports);
  } finally {
    await rows.close();
  }
  await writePolicy(inputs, runPaths.warmup, ports);
}

/** Writes the trained weights: the adapter, or the whole model under full training. */
export async function writePolicy(
  inputs: Pick<WarmupInputs, "policy" | "train">,
  paths: { readonly adapter: string; readonly model: string },
  ports: StagePorts,
): Promise<void> {
  const { store } = ports;
  await store.remove(inputs.train === "full" ? paths.model : paths.adapter);
  if (inputs.train === "full") await inputs.policy.exportModel(store.path(paths.model));
  else await inputs.policy.exportAdapter(store.path(paths.adapter));
}

interface RowFacts {
  readonly id: string;
  readonly difficulty: Difficulty;
  readonly row: number;
}

/** Row numbers in the order of training: class after class, each `epochs` times, newly shuffled every time. */
async function orderRows(
  rows: RowReader<Example>,
  settings: WarmupSettings,
  seed: number,
): Promise<readonly number[]> {
  const facts = drawShare(await readFacts(rows), settings.share, seed);
  const classOf = (fact: RowFacts) => (settings.order === "mixed" ? "all" : fact.difficulty);
  const first = orderByCurriculum(facts, deriveSeed(seed, "warmup"), settings.order).examples;
  const classes = [...new Set(first.map(classOf))];
  const passes = classes.flatMap((name) => {
    const members = first.filter((fact) => classOf(fact) === name);
    const pass = (epoch: number) =>
      orderByCurriculum(members, deriveSeed(seed, "warmup", epoch), settings.order).examples;
    return Array.from({ length: settings.epochs }, (_, epoch) => pass(epoch)).flat();
  });
  return passes.map((fact) => fact.row);
}

async function readFacts(rows: RowReader<Example>): Promise<RowFacts[]> {
  const facts: RowFacts[] = [];
  for (let row = 0; row < rows.count; row += 1) {
    const { id, difficulty } = await rows.read(row);
    facts.push({ id, difficulty, row });
  }
  return facts;
}

function drawShare(facts: readonly RowFacts[], share: number, seed: number): readonly RowFacts[] {
  if (share === 1) return facts;
  const shuffled = createRandom(deriveSeed(seed, "warmup-share")).shuffle(facts);
  return shuffled.slice(0, Math.ceil(share * facts.length));
}

function cut<T>(items: readonly T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let start = 0; start < items.length; start += size) pieces.push(items.slice(start, start + size));
  return pieces;
}

async function readBatch(
  rows: RowReader<Example>,
  numbers: readonly number[],
  settings: TrainingSettings,
  context: RenderContext,
): Promise<readonly BatchPart[]> {
  const examples = await Promise.all(numbers.map((row) => rows.read(row)));
  return supervisedParts(
    examples.map((example) => renderExample(context, example)),
    settings.partTokens,
  );
}
