import type { Agreement } from "./grade.js";

/** A part of a response: token ids as sampled, and their text for people. */
export interface Fragment {
  readonly tokens: readonly number[];
  /** log π of each token given everything before it, at temperature 1; as long as `tokens`. */
  readonly logprobs: readonly number[];
  readonly text: string;
}

/** A node s_t of the search: prompt, and the fragments from the root down to this one. */
export interface SearchNode {
  /** Position in `SearchTree.nodes`; the root is 0. */
  readonly id: number;
  /** `null` for the root. */
  readonly parent: number | null;
  /** Number of fragments from the root. */
  readonly depth: number;
  /** The fragment that leads here; empty at the root. */
  readonly fragment: Fragment;
  /** How many of the K samples were merged into this node. */
  readonly multiplicity: number;
  /** p(a|s), the prior of PUCT. */
  readonly prior: number;
  /** r(s, a) = outcome and self-evaluation, weighted. */
  readonly reward: number;
  /** O, in [-1, 1]: agreement with the gold answer. */
  readonly outcome: number;
  /** C, in [-1, 1]: the policy's own judgement; `null` where its weight is 0. */
  readonly selfEvaluation: number | null;
  /** Agreement of the completed response with the gold answer, level by level. */
  readonly agreement: Agreement;
  /** Token ids that the simulation added after the fragment, up to and without the stop token. */
  readonly continuation: readonly number[];
  /** True where the response is complete: no fragment can follow. */
  readonly terminal: boolean;
  /** N(s). */
  readonly visits: number;
  /** V(s). */
  readonly value: number;
  /** Q(s_parent, a) of the fragment that leads here. */
  readonly q: number;
}

/** A finished search over one example. */
export interface SearchTree {
  readonly exampleId: string;
  readonly round: number;
  /** Token ids of the rendered prompt. */
  readonly prompt: readonly number[];
  readonly nodes: readonly SearchNode[];
}
