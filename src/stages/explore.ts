/**
 * Exploration (paper §3.2; method.md §3b): searches the responses to the round's hard rows. On this machine trees grow in
 * batches that advance together; each finished batch is on the disk before the next begins. On a server each tree advances
 * by itself, beside as many others as keep the server busy. The trees are the same either way.
 */
import { z } from "zod";
import {
  defaultSearchSettings,
  deriveSeed,
  gradeResponse,
  runSearch,
  type SearchSettings,
} from "../method/index.js";
import {
  type CallOptions,
  ConfigError,
  type Example,
  type Policy,
  type RowReader,
  type SearchTree,
} from "../spec/index.js";
import { exampleSchema, rowParser, runPaths, treeSchema, writeDocument } from "../store/index.js";
import { type RenderContext, renderPrompt } from "../text/index.js";
import { chunksToFill, processChunks } from "./chunks.js";
import type { OutsideJudge } from "./judge.js";
import type { StagePorts } from "./ports.js";
import { createSearchModel } from "./search-model.js";

const standard = defaultSearchSettings;
const weightSchema = z.number().min(0);

const rewardWeightsSchema = z.strictObject({
  functionName: weightSchema
    .default(standard.weights.functionName)
    .describe("Weight of right function names in O."),
  argumentName: weightSchema
    .default(standard.weights.argumentName)
    .describe("Weight of right argument names in O."),
  argumentType: weightSchema
    .default(standard.weights.argumentType)
    .describe("Weight of right argument types in O."),
  argumentValue: weightSchema
    .default(standard.weights.argumentValue)
    .describe("Weight of right argument values in O."),
  selfEvaluation: weightSchema
    .default(standard.weights.selfEvaluation)
    .describe("Factor of C, the policy's own judgement, beside O. 0 is off and asks for none."),
});

/** Settings of the exploration. */
export const exploreSettingsSchema = z.strictObject({
  samples: z.int().min(1).default(standard.samples).describe("K: fragments drawn at an expansion."),
  iterations: z
    .int()
    .min(1)
    .default(standard.iterations)
    .describe("Expansions of a tree, the root's included."),
  depthLimit: z
    .int()
    .min(1)
    .default(standard.depthLimit)
    .describe("Deepest node, in fragments from the root."),
  temperature: z.number().min(0).default(standard.temperature).describe("Of the drawn fragments."),
  topP: z.number().gt(0).max(1).default(1).describe("Nucleus of the drawn fragments. 1 is off."),
  cPuct: z.number().min(0).default(standard.cPuct).describe("Weight of the prior in PUCT. 0 is off."),
  lambda: z
    .number()
    .min(0)
    .default(standard.lambda)
    .describe("Exponent of the length in the prior; MCTS-DPO has 1.25."),
  gamma: z.number().min(0).default(standard.gamma).describe("Discount of V in Q. 0 leaves Q = r."),
  merge: z.enum(["tokens", "text"]).default(standard.merge).describe("What makes two samples one child."),
  simulation: z
    .enum(["separate", "sampled-continuation"])
    .default(standard.simulation)
    .describe(
      "Complete each child by a call of its own, or let each sample go on to its end when it is drawn.",
    ),
  simulationFragments: z
    .int()
    .min(0)
    .nullable()
    .default(standard.simulationFragments)
    .describe("Most fragments that a separate simulation adds. null is no limit."),
  simulationTemperature: z
    .number()
    .min(0)
    .default(standard.simulationTemperature)
    .describe("Of separate simulations. 0 is greedy."),
  weights: rewardWeightsSchema.prefault({}).describe("Weights of the parts of the reward."),
  maximumTokens: z.int().min(1).default(512).describe("Longest response, in tokens."),
  fragmentTokens: z
    .int()
    .min(1)
    .default(64)
    .describe(
      "Most tokens of a fragment whose sample is not continued; one without an end by then is cut there.",
    ),
  judge: z
    .strictObject({
      url: z.string().min(1).describe("Address of a server with the OpenAI API."),
      model: z.string().min(1).describe("Name of the model there."),
    })
    .nullable()
    .default(null)
    .describe("Who judges for `explore.weights.selfEvaluation`; null is the policy itself."),
  batchTrees: z
    .int()
    .min(1)
    .default(16)
    .describe(
      "Trees that advance together; what a kill loses at most. On a server, at least so many are under way, each by itself.",
    ),
});

export type ExploreSettings = z.infer<typeof exploreSettingsSchema>;

/** What the exploration works on. */
export interface ExploreInputs {
  /** The policy of the round; not changed. */
  readonly policy: Policy;
  readonly context: RenderContext;
  readonly seed: number;
  /** Counted from 1. */
  readonly round: number;
  /** Whom `judge` of the settings names. */
  readonly judge?: OutsideJudge;
}

/** `trees/summary.json`. */
export interface ExploreRecord {
  readonly trees: number;
  readonly nodes: number;
  /** Samples that became nodes; less the nodes, those merged into a sibling. */
  readonly samples: number;
  /** Trees in which some completed response was right. */
  readonly solved: number;
  /** Trees in which some was right and some was not: those that can teach. */
  readonly mixed: number;
}

/**
 * Writes a tree for each of the round's hard rows, and a summary.
 *
 * @throws ConfigError where the settings name a judge and none is given
 */
export async function explore(
  settings: ExploreSettings,
  inputs: ExploreInputs,
  ports: StagePorts,
): Promise<ExploreRecord> {
  const { store } = ports;
  if (settings.judge !== null && inputs.judge === undefined) {
    const message = `explore.judge names ${settings.judge.model}, but no judge was given. Pass one, or set explore.judge to null.`;
    throw new ConfigError(message, { judge: settings.judge.model });
  }
  const paths = runPaths.round(inputs.round);
  const rows: RowReader<Example> = await store.openRows(paths.hard, rowParser(exampleSchema, paths.hard));
  try {
    const work = (examples: readonly Example[], call: CallOptions) =>
      searchBatch(examples, settings, inputs, call);
    const stage = `${paths.name}/explore`;
    const chunks = chunksOf(settings, inputs.policy);
    await processChunks({ stage, unit: "trees", rows, log: paths.trees, ...chunks, work }, ports);
  } finally {
    await rows.close();
  }
  const record = await summarize(paths.trees, ports);
  await writeDocument(store, paths.exploration, record);
  return record;
}

/** Most of the time a tree waits for one request; while children are completed, for several. */
const REQUESTS_OF_TREE = 2;

function chunksOf(
  { batchTrees }: ExploreSettings,
  policy: Policy,
): { readonly chunkRows: number; readonly chunksAtOnce: number } {
  if (policy.requestsInFlight === undefined) return { chunkRows: batchTrees, chunksAtOnce: 1 };
  return { chunkRows: 1, chunksAtOnce: Math.max(batchTrees, chunksToFill(policy, REQUESTS_OF_TREE)) };
}

async function searchBatch(
  examples: readonly Example[],
  settings: ExploreSettings,
  inputs: ExploreInputs,
  { signal, onProgress }: CallOptions,
): Promise<readonly SearchTree[]> {
  const { policy, context, round, judge } = inputs;
  const byId = new Map(examples.map((example) => [example.id, example]));
  const { maximumTokens, fragmentTokens, topP } = settings;
  const exampleOf = (id: string) => byId.get(id)!;
  const call = signal === undefined ? {} : { signal };
  const model = createSearchModel({
    policy,
    context,
    maximumTokens,
    fragmentTokens,
    topP,
    exampleOf,
    call,
    ...(judge !== undefined && { outside: judge }),
  });
  const roots = examples.map((example) => ({
    exampleId: example.id,
    prompt: renderPrompt(context, example),
    grade: (text: string) => gradeResponse({ text, example }),
  }));
  const seed = deriveSeed(inputs.seed, "explore");
  const search = { roots, model, settings: searchSettings(settings), seed, round };
  const { trees } = await runSearch(
    onProgress === undefined ? search : { ...search, onIteration: onProgress },
  );
  return trees;
}

function searchSettings(settings: ExploreSettings): SearchSettings {
  const {
    maximumTokens: _,
    fragmentTokens: __,
    topP: ___,
    batchTrees: ____,
    judge: _____,
    ...search
  } = settings;
  return search;
}

async function summarize(trees: string, ports: StagePorts): Promise<ExploreRecord> {
  const record = { trees: 0, nodes: 0, samples: 0, solved: 0, mixed: 0 };
  for await (const { nodes } of ports.store.readRows(trees, rowParser(treeSchema, trees))) {
    const drawn = nodes.filter((node) => node.parent !== null);
    const right = drawn.filter((node) => node.agreement.argumentValue === 1 && node.outcome === 1);
    record.trees += 1;
    record.nodes += nodes.length;
    record.samples += drawn.reduce((sum, node) => sum + node.multiplicity, 0);
    if (right.length > 0) record.solved += 1;
    if (right.length > 0 && right.length < drawn.length) record.mixed += 1;
  }
  return record;
}
