/** Search trees and preference pairs → per round, the counts of all and a handful to read. */
import type { PreferencePair, SearchTree } from "../spec/index.js";
import { type BoundedSample, createBoundedSample, hashUnit } from "./bounded-sample.js";
import { toPairView } from "./pair-view.js";
import type { RoundView } from "./report-data.js";
import type { ReportInput } from "./report-input.js";
import { largestSiblingGap, toTreeView } from "./tree-view.js";

/** Trees shown of each round. */
export const treesPerRound = 3;
/** Pairs shown of each round. */
export const pairsPerRound = 6;

interface RoundCollector {
  trees: number;
  nodes: number;
  treesWithDifference: number;
  pairs: number;
  gap: number;
  readonly shownTrees: BoundedSample<SearchTree>;
  readonly shownPairs: BoundedSample<PreferencePair>;
}

/**
 * One view for each round. The pairs shown are a uniform sample; so are the trees, among those where two siblings differ
 * in Q as far as there are any. Both samples depend on the ids only.
 */
export async function collectRounds(
  input: Pick<ReportInput, "trees" | "pairs" | "decode" | "example">,
): Promise<readonly RoundView[]> {
  const rounds = new Map<number, RoundCollector>();
  for await (const tree of input.trees) addTree(collectorOf(rounds, tree.round), tree);
  for await (const pair of input.pairs) addPair(collectorOf(rounds, pair.round), pair);
  return [...rounds]
    .sort(([left], [right]) => left - right)
    .map(([round, collector]) => toRoundView(round, collector, input));
}

function collectorOf(rounds: Map<number, RoundCollector>, round: number): RoundCollector {
  const collector = rounds.get(round) ?? {
    trees: 0,
    nodes: 0,
    treesWithDifference: 0,
    pairs: 0,
    gap: 0,
    shownTrees: createBoundedSample<SearchTree>(treesPerRound),
    shownPairs: createBoundedSample<PreferencePair>(pairsPerRound),
  };
  rounds.set(round, collector);
  return collector;
}

function addTree(collector: RoundCollector, tree: SearchTree): void {
  const differs = largestSiblingGap(tree) > 0;
  collector.trees++;
  collector.nodes += tree.nodes.length;
  if (differs) collector.treesWithDifference++;
  collector.shownTrees.add(hashUnit(tree.exampleId) + (differs ? 0 : 1), tree.exampleId, tree);
}

function addPair(collector: RoundCollector, pair: PreferencePair): void {
  collector.pairs++;
  collector.gap += pair.chosenValue - pair.rejectedValue;
  collector.shownPairs.add(hashUnit(pair.id), pair.id, pair);
}

function toRoundView(
  round: number,
  collector: RoundCollector,
  input: Pick<ReportInput, "decode" | "example">,
): RoundView {
  const { trees, nodes, treesWithDifference, pairs, gap } = collector;
  const view = {
    round,
    trees,
    nodes,
    treesWithDifference,
    pairs,
    shownTrees: collector.shownTrees.rows().map((tree) => toTreeView(tree, input)),
    shownPairs: collector.shownPairs.rows().map((pair) => toPairView(pair, input)),
  };
  return pairs === 0 ? view : { ...view, meanGap: Number((gap / pairs).toPrecision(6)) };
}
