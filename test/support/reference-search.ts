/**
 * A second implementation of the search, for the tests: one tree, no batches, nothing updated in place. It keeps the list
 * of simulated nodes in order and derives N, V and Q from that list by the definitions whenever they are needed. It
 * shares no code with the search but the model.
 */

import { deriveSeed } from "../../src/method/random.js";
import type { Proposal, SearchModel, SearchRoot } from "../../src/method/search/model.js";
import type { SearchSettings } from "../../src/method/search/settings.js";
import type { Agreement } from "../../src/spec/index.js";

/** A node: its fragments from the root, and what was found when it was simulated. */
export interface ReferenceNode {
  readonly id: number;
  readonly parent: number;
  readonly response: readonly number[];
  readonly depth: number;
  readonly terminal: boolean;
  readonly multiplicity: number;
  readonly prior: number;
  readonly reward: number;
  readonly visits: number;
  readonly value: number;
  readonly q: number;
}

type Found = Omit<ReferenceNode, "visits" | "value" | "q">;

/** The nodes of one search in order of id. */
export async function referenceSearch(
  root: SearchRoot,
  model: SearchModel,
  settings: SearchSettings,
  seed: number,
  round: number,
): Promise<ReferenceNode[]> {
  const origin = {
    id: 0,
    parent: -1,
    response: [],
    depth: 0,
    terminal: false,
    multiplicity: 1,
    prior: 1,
    reward: 0,
  };
  const found: Found[] = [origin];
  const barren = new Set<number>();
  const childrenOf = (id: number) => found.filter((node) => node.parent === id);
  const visits = (id: number): number =>
    childrenOf(id).reduce((sum, child) => sum + visits(child.id), id === 0 ? 0 : 1);
  const value = (id: number): number => {
    const children = childrenOf(id);
    const total = children.reduce((sum, child) => sum + visits(child.id), 0);
    return total === 0
      ? 0
      : children.reduce((sum, child) => sum + (visits(child.id) / total) * q(child.id), 0);
  };
  const q = (id: number): number => (id === 0 ? 0 : found[id]!.reward + settings.gamma * value(id));
  const finished = (id: number): boolean => {
    const node = found[id]!;
    if (node.terminal || node.depth >= settings.depthLimit || barren.has(id)) return true;
    const children = childrenOf(id);
    return children.length > 0 && children.every((child) => finished(child.id));
  };
  for (let iteration = 0; iteration < settings.iterations && !finished(0); iteration++) {
    let at = 0;
    while (childrenOf(at).length > 0) {
      const explore = Math.sqrt(visits(at)) * settings.cPuct;
      const scores = childrenOf(at)
        .filter((child) => !finished(child.id))
        .map((child) => [q(child.id) + (explore * child.prior) / (visits(child.id) + 1), -child.id] as const);
      at = -scores.sort((one, other) => other[0] - one[0] || other[1] - one[1])[0]![1];
    }
    const leaf = found[at]!;
    const ask = (id: number, response: readonly number[], depth: number, purpose: string) => ({
      exampleId: root.exampleId,
      prompt: root.prompt,
      response,
      depth,
      seed: deriveSeed(seed, round, root.exampleId, id, purpose),
    });
    const continued = settings.simulation === "sampled-continuation";
    const options = { samples: settings.samples, temperature: settings.temperature, continued };
    const [drawn] = await model.propose([ask(at, leaf.response, leaf.depth, "propose")], options);
    const usable = drawn!.filter((proposal) => proposal.tokens.length > 0);
    if (usable.length === 0) barren.add(at);
    const same = (one: Proposal, other: Proposal) =>
      one.terminal === other.terminal && one.tokens.join() === other.tokens.join();
    const distinct = usable.filter((one, index) => usable.findIndex((other) => same(one, other)) === index);
    for (const first of distinct) {
      const group = usable.filter((other) => same(first, other));
      const response = [...leaf.response, ...first.tokens];
      const id = found.length;
      const state = ask(id, response, leaf.depth + 1, "complete");
      const ends = first.terminal
        ? [[]]
        : continued
          ? group.map((proposal) => proposal.continuation!)
          : await model.complete([state], { maximumFragments: null, temperature: 0 });
      const outcomes = ends.map((end) =>
        outcome(root.grade(model.text([...response, ...end])).agreement, settings),
      );
      const judged = { ...ask(id, response, leaf.depth + 1, "judge"), fragmentStart: leaf.response.length };
      const [judgement] = await model.judge!([{ ...judged, continuation: ends[0]! }]);
      const mean = outcomes.reduce((sum, each) => sum + each / outcomes.length, 0);
      const total = first.logprobs.reduce((sum, each) => sum + each, 0);
      found.push({
        id,
        parent: at,
        response,
        depth: leaf.depth + 1,
        terminal: first.terminal,
        multiplicity: group.length,
        prior: Math.exp(total / first.tokens.length ** settings.lambda),
        reward: mean + settings.weights.selfEvaluation * judgement!,
      });
    }
  }
  return found.map((node) => ({ ...node, visits: visits(node.id), value: value(node.id), q: q(node.id) }));
}

/** Weighted mean of the levels, from [0, 1] to [−1, 1]. */
function outcome(agreement: Agreement, { weights }: SearchSettings): number {
  const levels = ["functionName", "argumentName", "argumentType", "argumentValue"] as const;
  const weight = levels.reduce((sum, level) => sum + weights[level], 0);
  return levels.reduce((sum, level) => sum + (weights[level] / weight) * (2 * agreement[level] - 1), 0);
}
