/**
 * What the search needs of a language model, as functions that it is given: the search itself is pure and runs in a
 * unit test on a scripted model in milliseconds. Every function takes a whole batch, one entry a state, and answers in
 * the same order. An answer may depend on its own state only (its seed included), never on the batch around it: then the
 * tree of an example does not depend on which examples are searched beside it.
 */
import type { Agreement, Fragment } from "../../spec/index.js";

/** s_t: a prompt and a partial response. */
export interface SearchState {
  readonly exampleId: string;
  /** Token ids of the rendered prompt. */
  readonly prompt: readonly number[];
  /** Token ids of the response so far; empty at the root. */
  readonly response: readonly number[];
  /** Fragments in `response`. */
  readonly depth: number;
  /** Seed of whatever is drawn here; made of the search's seed, the round, the example and the node. */
  readonly seed: number;
}

/** A sampled fragment: an action a at a state. */
export interface Proposal extends Fragment {
  /** True where the fragment ends the response: its last token is the stop token, or the context is full. */
  readonly terminal: boolean;
  /**
   * What the same sample went on with after the fragment, up to and without the stop token. Needed where
   * `simulation` is `sampled-continuation` and the fragment is not terminal; not read otherwise.
   */
  readonly continuation?: readonly number[];
}

/** A state to be judged: the response ends with the fragment in question. */
export interface JudgedState extends SearchState {
  /** Index in `response` of the fragment's first token. */
  readonly fragmentStart: number;
  /** Token ids that the simulation added. */
  readonly continuation: readonly number[];
}

/** How fragments are drawn. */
export interface ProposeOptions {
  /** K: samples for each state. */
  readonly samples: number;
  readonly temperature: number;
  /** Whether each sample must be continued to its end: `Proposal.continuation`. */
  readonly continued: boolean;
}

/** How a response is completed. */
export interface CompleteOptions {
  /** S: most fragments to add; `null` goes on to the end. */
  readonly maximumFragments: number | null;
  /** 0 is greedy. */
  readonly temperature: number;
}

/** The model of a search. */
export interface SearchModel {
  /** K fragments for each state. Fewer, or fragments without tokens, where nothing can follow. */
  propose(states: readonly SearchState[], options: ProposeOptions): Promise<readonly (readonly Proposal[])[]>;
  /** For each state the tokens that complete the response, up to and without the stop token. */
  complete(states: readonly SearchState[], options: CompleteOptions): Promise<readonly (readonly number[])[]>;
  /** C(s) in [−1, 1]: the model's judgement of each state's last fragment. Needed where its weight is not 0. */
  judge?(states: readonly JudgedState[]): Promise<readonly number[]>;
  /** The text of response tokens, without a stop token: what is graded. */
  text(response: readonly number[]): string;
}

/** Where a search starts: one example. */
export interface SearchRoot {
  readonly exampleId: string;
  /** Token ids of the rendered prompt. */
  readonly prompt: readonly number[];
  /** How far a completed response agrees with the gold answer; total and deterministic. */
  readonly grade: (response: string) => { readonly agreement: Agreement };
}
