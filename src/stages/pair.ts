/**
 * Preference pairs (paper §3.2; method.md §3c): from the round's search trees to pairs of fragments after the same prefix.
 * Trees are read one at a time.
 */
import { z } from "zod";
import { deriveSeed, extractPairs, type PairCounts, type PairSettings } from "../method/index.js";
import type { PreferencePair } from "../spec/index.js";
import { rowParser, runPaths, treeSchema, writeDocument } from "../store/index.js";
import { type StagePorts, stopIfAsked } from "./ports.js";

/** Settings of the pairs. Defaults: the authors' code. */
export const pairSettingsSchema = z.strictObject({
  value: z
    .enum(["q", "mean-outcome"])
    .default("q")
    .describe(
      "What siblings are compared by: Q of the search, or the mean O of all completed responses through the fragment, which does not grow with the depth of the search below it.",
    ),
  valueGap: z
    .number()
    .min(0)
    .default(0.1)
    .describe("Least difference of value between chosen and rejected. 0 is off."),
  minimumValue: z
    .number()
    .nullable()
    .default(-0.3)
    .describe("Least value of the chosen fragment. null is off."),
  maximumOverlap: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .describe("Most that the two fragments may have in common, as a share of their tokens. 1 is off."),
  maximumPairsPerTree: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe("Most pairs of one tree, largest gaps first. null is no limit."),
  maximumPairs: z.int().min(0).default(0).describe("Most pairs of a round, drawn at random. 0 is no limit."),
});

export type PairStageSettings = z.infer<typeof pairSettingsSchema>;

/** What the stage works on. */
export interface PairInputs {
  readonly seed: number;
  /** Counted from 1. */
  readonly round: number;
}

/** `pairs/summary.json`. */
export interface PairRecord extends PairCounts {
  readonly trees: number;
  /** Pairs written: `pairs` less those above `maximumPairs`. */
  readonly written: number;
  /** Mean difference of the values over the written pairs; `null` without pairs. */
  readonly meanGap: number | null;
}

/** Writes `round-…/pairs/pairs.jsonl` and its summary. */
export async function pair(
  settings: PairStageSettings,
  inputs: PairInputs,
  ports: StagePorts,
): Promise<PairRecord> {
  const paths = runPaths.round(inputs.round);
  const { counts, trees, priorities } = await countPairs(settings, inputs, ports);
  const limit = settings.maximumPairs === 0 ? Number.POSITIVE_INFINITY : settings.maximumPairs;
  const threshold =
    priorities.length <= limit ? Number.POSITIVE_INFINITY : priorities.toSorted((a, b) => a - b)[limit]!;
  let written = 0;
  let gap = 0;
  const kept = async function* (): AsyncGenerator<PreferencePair> {
    for await (const { pairs } of readTrees(settings, inputs, ports)) {
      for (const candidate of pairs) {
        if (priorityOf(candidate, inputs) >= threshold) continue;
        written += 1;
        gap += candidate.chosenValue - candidate.rejectedValue;
        yield candidate;
      }
    }
  };
  await ports.store.writeRows(paths.pairs, kept());
  const record = { ...counts, trees, written, meanGap: written === 0 ? null : gap / written };
  await writeDocument(ports.store, paths.pairing, record);
  return record;
}

/** A pair's place in a random order that depends on its id alone. */
function priorityOf(candidate: PreferencePair, { seed, round }: PairInputs): number {
  return deriveSeed(seed, "pairs", round, candidate.id);
}

async function countPairs(settings: PairStageSettings, inputs: PairInputs, ports: StagePorts) {
  const stage = `${runPaths.round(inputs.round).name}/pair`;
  const priorities: number[] = [];
  let counts = noCounts;
  let trees = 0;
  for await (const found of readTrees(settings, inputs, ports)) {
    trees += 1;
    counts = addCounts(counts, found.counts);
    priorities.push(...found.pairs.map((candidate) => priorityOf(candidate, inputs)));
    if (trees % 100 === 0) ports.onProgress?.({ stage, unit: "trees", done: trees, total: trees });
    stopIfAsked(ports, stage);
  }
  ports.onProgress?.({ stage, unit: "trees", done: trees, total: trees });
  return { counts, trees, priorities };
}

async function* readTrees(settings: PairStageSettings, inputs: PairInputs, ports: StagePorts) {
  const { trees } = runPaths.round(inputs.round);
  const { value, valueGap, maximumOverlap, maximumPairsPerTree } = settings;
  const minimumValue = settings.minimumValue ?? Number.NEGATIVE_INFINITY;
  const options: PairSettings = { value, valueGap, minimumValue, maximumOverlap, maximumPairsPerTree };
  for await (const tree of ports.store.readRows(trees, rowParser(treeSchema, trees))) {
    yield extractPairs([tree], options);
  }
}

const noCounts: PairCounts = {
  expandedNodes: 0,
  pairs: 0,
  refusals: { "single-child": 0, "value-gap": 0, "minimum-value": 0, overlap: 0, limit: 0 },
};

function addCounts(one: PairCounts, other: PairCounts): PairCounts {
  const sum = (name: keyof PairCounts["refusals"]) => one.refusals[name] + other.refusals[name];
  return {
    expandedNodes: one.expandedNodes + other.expandedNodes,
    pairs: one.pairs + other.pairs,
    refusals: {
      "single-child": sum("single-child"),
      "value-gap": sum("value-gap"),
      "minimum-value": sum("minimum-value"),
      overlap: sum("overlap"),
      limit: sum("limit"),
    },
  };
}
