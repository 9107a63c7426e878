/**
 * Exploration (second stage of the paper): Monte Carlo tree search over the fragments of a response, many trees at once.
 *
 * All trees take the same step together (selection, then expansion, simulation, reward, back-propagation), so that every
 * call of the model is one batch over all trees that still have something to expand. The trees share nothing: each
 * depends on its example, the seed and the model only. Rests on MCTS-DPO (Xie et al., arXiv 2405.00451).
 *
 * Where we depart from the authors' code: the root is expanded once; a simulated continuation is kept; a child
 * is what was sampled, as token ids; every child is simulated, not one of them; complete subtrees are passed by.
 */
import { InputError, type SearchTree } from "../../spec/index.js";
import { backup, closeUpwards } from "./backup.js";
import { expandLeaves } from "./expand.js";
import type { SearchModel, SearchRoot } from "./model.js";
import { rewardChildren } from "./reward.js";
import { selectLeaf } from "./select.js";
import { type SearchSettings, validateSearchSettings } from "./settings.js";
import { simulateChildren } from "./simulate.js";
import { freezeTree, type GrowingTree, plantTree, type TreePosition } from "./tree.js";

/** What to search. */
export interface SearchRequest {
  readonly roots: readonly SearchRoot[];
  readonly model: SearchModel;
  readonly settings: SearchSettings;
  readonly seed: number;
  /** The round of the method that the trees belong to, counted from 1. */
  readonly round: number;
  /** Called after each iteration with the iterations done and in all; stops early when no tree has anything to expand. */
  readonly onIteration?: (done: number, total: number) => void;
}

/** What a search did; for logs. */
export interface SearchCounts {
  /** Iterations until every tree was finished. */
  readonly iterations: number;
  /** Fragments drawn. */
  readonly proposals: number;
  /** Fragments drawn that had no tokens and were set aside. */
  readonly emptyProposals: number;
  /** Fragments drawn that were equal to a sibling. */
  readonly mergedProposals: number;
  /** Completions asked for. */
  readonly completions: number;
  /** Self-evaluations asked for. */
  readonly judgements: number;
  /** Trees in which nothing is left to expand at the end. */
  readonly exhaustedTrees: number;
}

/** The trees, in the order of the roots. */
export interface SearchResult {
  readonly trees: readonly SearchTree[];
  readonly counts: SearchCounts;
}

/**
 * Searches every root. The trees are the same whatever roots are searched beside them, as long as the model keeps its
 * contract (`SearchModel`).
 *
 * @throws ConfigError for settings out of range; InputError for two roots of one example or an unfit answer of the model.
 */
export async function runSearch(request: SearchRequest): Promise<SearchResult> {
  const { roots, model, settings, seed, round } = request;
  validateSearchSettings(settings);
  requireDifferentExamples(roots);
  const trees = roots.map((root) => plantTree(root, round, seed));
  let counts = noCounts;
  for (let iteration = 0; iteration < settings.iterations; iteration++) {
    const leaves = selectLeaves(trees, settings.cPuct);
    if (leaves.length === 0) break;
    counts = addCounts(counts, await iterate(leaves, model, settings));
    request.onIteration?.(iteration + 1, settings.iterations);
  }
  const exhaustedTrees = trees.filter((tree) => tree.nodes[0]!.closed).length;
  return { trees: trees.map(freezeTree), counts: { ...counts, exhaustedTrees } };
}

/** Expansion, simulation, reward and backup of one leaf of each tree. */
async function iterate(
  leaves: readonly TreePosition[],
  model: SearchModel,
  settings: SearchSettings,
): Promise<SearchCounts> {
  const { children, proposals, empty } = await expandLeaves(leaves, model, settings);
  const completions = await simulateChildren(children, model, settings);
  const judgements = await rewardChildren(children, model, settings);
  for (const { node } of children) backup(node, settings.gamma);
  for (const { node } of leaves) closeUpwards(node);
  return {
    ...noCounts,
    iterations: 1,
    proposals,
    emptyProposals: empty,
    mergedProposals: proposals - empty - children.length,
    completions,
    judgements,
  };
}

function selectLeaves(trees: readonly GrowingTree[], cPuct: number): TreePosition[] {
  return trees.flatMap((tree) => {
    const node = selectLeaf(tree, cPuct);
    return node === null ? [] : [{ tree, node }];
  });
}

const noCounts: SearchCounts = {
  iterations: 0,
  proposals: 0,
  emptyProposals: 0,
  mergedProposals: 0,
  completions: 0,
  judgements: 0,
  exhaustedTrees: 0,
};

function addCounts(one: SearchCounts, other: SearchCounts): SearchCounts {
  return {
    iterations: one.iterations + other.iterations,
    proposals: one.proposals + other.proposals,
    emptyProposals: one.emptyProposals + other.emptyProposals,
    mergedProposals: one.mergedProposals + other.mergedProposals,
    completions: one.completions + other.completions,
    judgements: one.judgements + other.judgements,
    exhaustedTrees: one.exhaustedTrees + other.exhaustedTrees,
  };
}

/** Streams of chance are named by example: two roots of one would draw the same. */
function requireDifferentExamples(roots: readonly SearchRoot[]): void {
  const seen = new Set<string>();
  for (const { exampleId } of roots) {
    if (seen.has(exampleId)) {
      throw new InputError(`Example ${exampleId} is a root twice; search each example once a round.`, {
        exampleId,
      });
    }
    seen.add(exampleId);
  }
}
