/** Expansion: K fragments from the policy at each leaf, equal ones merged into one child. */
import { type Fragment, InputError } from "../../spec/index.js";
import { groupInOrder } from "../ordering.js";
import type { Proposal, SearchModel } from "./model.js";
import type { SearchSettings } from "./settings.js";
import { addNode, stateOf, type TreePosition } from "./tree.js";

/** The children of one expansion of several trees. */
export interface Expansion {
  /** New, unvisited nodes: leaf by leaf, in the order drawn. */
  readonly children: readonly TreePosition[];
  /** Samples drawn. */
  readonly proposals: number;
  /** Samples without tokens: set aside. */
  readonly empty: number;
}

/**
 * Draws K fragments at every leaf in one call of the model and adds a child for each different one. A leaf where nothing
 * can follow keeps no child (`closeUpwards` then closes it).
 *
 * @throws InputError when the model's answer does not fit the question.
 */
export async function expandLeaves(
  leaves: readonly TreePosition[],
  model: SearchModel,
  settings: SearchSettings,
): Promise<Expansion> {
  const { samples, temperature, simulation } = settings;
  const answers = await model.propose(
    leaves.map((leaf) => stateOf(leaf, "propose")),
    { samples, temperature, continued: simulation === "sampled-continuation" },
  );
  requireAnswers("propose", answers.length, leaves.length);
  const drawn = answers.map((answer) => answer.filter((proposal) => proposal.tokens.length > 0));
  const proposals = answers.reduce((sum, answer) => sum + answer.length, 0);
  return {
    children: leaves.flatMap((leaf, index) => addChildren(leaf, drawn[index]!, settings)),
    proposals,
    empty: proposals - drawn.reduce((sum, answer) => sum + answer.length, 0),
  };
}

/**
 * p(a|s) = exp(Σ_t log π(a_t | s, a_<t) / |a|^λ) (MCTS-DPO §2.1, the prior of PUCT), in [0, 1]; the K priors of a node are
 * not normalised. Held to 1 where rounding left a sum of log-probabilities above 0.
 */
export function priorOf({ logprobs }: Pick<Fragment, "logprobs">, lambda: number): number {
  const sum = logprobs.reduce((total, logprob) => total + logprob, 0);
  return Math.min(1, Math.exp(sum / logprobs.length ** lambda));
}

/** @throws InputError unless the model answered every state. */
export function requireAnswers(verb: string, received: number, expected: number): void {
  if (received === expected) return;
  throw new InputError(
    `The search model's ${verb} answered ${received} of ${expected} states; it must answer each.`,
    {
      verb,
      received,
      expected,
    },
  );
}

/** A complete response, or a child at the depth limit, is closed from the start: nothing is expanded there. */
function addChildren(
  leaf: TreePosition,
  drawn: readonly Proposal[],
  settings: SearchSettings,
): TreePosition[] {
  return groupInOrder(drawn, (proposal) => mergeKey(proposal, settings.merge)).map((group) => {
    const child = addMerged(leaf, group, settings);
    child.closed = child.terminal || child.depth >= settings.depthLimit;
    return { tree: leaf.tree, node: child };
  });
}

/** One child for samples that are the same; the first stands for all. */
function addMerged({ tree, node: leaf }: TreePosition, group: readonly Proposal[], settings: SearchSettings) {
  const { tokens, logprobs, text, terminal } = group[0]!;
  requireLogprobs(tree.root.exampleId, tokens, logprobs);
  const prior = priorOf({ logprobs }, settings.lambda);
  const child = addNode(tree, leaf, { fragment: { tokens, logprobs, text }, prior, terminal });
  child.multiplicity = group.length;
  if (terminal) child.simulations = [[]];
  else if (settings.simulation === "sampled-continuation") {
    child.simulations = group.map((proposal) => requireContinuation(tree.root.exampleId, proposal));
  }
  return child;
}

/** Whether the response ends is part of the identity: after the same text it may go on or stop. */
function mergeKey(proposal: Proposal, merge: SearchSettings["merge"]): string {
  const identity = merge === "text" ? proposal.text : proposal.tokens.join(" ");
  return `${proposal.terminal} ${identity}`;
}

function requireLogprobs(exampleId: string, tokens: readonly number[], logprobs: readonly number[]): void {
  if (logprobs.length === tokens.length && !logprobs.some(Number.isNaN)) return;
  throw new InputError(
    `Example ${exampleId}: a proposed fragment of ${tokens.length} tokens has log-probabilities [${logprobs.join(", ")}]; each token needs one, a number.`,
    { exampleId, tokens: tokens.length, logprobs },
  );
}

function requireContinuation(exampleId: string, proposal: Proposal): readonly number[] {
  if (proposal.continuation !== undefined) return proposal.continuation;
  throw new InputError(
    `Example ${exampleId}: search.simulation is sampled-continuation, but the model's propose gave no continuation for "${proposal.text}".`,
    { exampleId },
  );
}
