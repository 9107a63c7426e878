/** Models for the tests of the search: one that reads a script, one that makes up its answers from the state's seed. */

import { createRandom, deriveSeed } from "../../src/method/random.js";
import type { Proposal, SearchModel, SearchRoot, SearchState } from "../../src/method/search/model.js";
import type { Agreement } from "../../src/spec/index.js";

/** The answers of a model, by the response tokens joined with spaces. */
export interface SearchScript {
  /** Text of each token id; the stop token is 0 and has none. */
  readonly vocabulary: readonly string[];
  readonly prompt: readonly number[];
  readonly proposals: Readonly<Record<string, readonly Proposal[]>>;
  readonly completions: Readonly<Record<string, readonly number[]>>;
  readonly judgements: Readonly<Record<string, number>>;
  /** Response text → function name, argument names, types, values. */
  readonly agreements: Readonly<Record<string, readonly number[]>>;
}

/** Answers as the script says; a state that it does not name is an error. */
export function scriptedModel(script: SearchScript): SearchModel {
  return {
    propose: async (states, { samples }) =>
      states.map((state) => lookUp(script.proposals, keyOf(state)).slice(0, samples)),
    complete: async (states) => states.map((state) => lookUp(script.completions, keyOf(state))),
    judge: async (states) => states.map((state) => lookUp(script.judgements, keyOf(state))),
    text: (response) => response.map((token) => script.vocabulary[token]).join(""),
  };
}

/** The root of a script. */
export function scriptedRoot(script: SearchScript, exampleId = "example"): SearchRoot {
  return {
    exampleId,
    prompt: script.prompt,
    grade: (response) => ({ agreement: agreementOf(lookUp(script.agreements, response)) }),
  };
}

/**
 * A model whose answers follow from the state's seed: fragments of one or two of four tokens, one in four terminal, and
 * now and then no fragment at all.
 */
export function inventedModel(): SearchModel {
  return {
    propose: async (states, { samples }) =>
      states.map((state) => Array.from({ length: samples }, (_, index) => inventProposal(state, index))),
    complete: async (states) => states.map((state) => inventTokens(deriveSeed(state.seed, "end"), 3)),
    judge: async (states) => states.map((state) => createRandom(state.seed).uniform() * 2 - 1),
    text: (response) => response.filter((token) => token !== 0).join(""),
  };
}

/** A root whose grades follow from the text. */
export function inventedRoot(exampleId: string): SearchRoot {
  const grade = (response: string) => {
    const random = createRandom(deriveSeed(1, exampleId, response));
    return { agreement: agreementOf([0, 0, 0, 0].map(() => random.integer(3) / 2)) };
  };
  return { exampleId, prompt: [7, 7], grade };
}

function inventProposal(state: SearchState, index: number): Proposal {
  const random = createRandom(deriveSeed(state.seed, "sample", index));
  const terminal = random.integer(4) === 0;
  const drawn = inventTokens(deriveSeed(state.seed, "fragment", index), 2);
  const tokens = random.integer(12) === 0 ? [] : terminal ? [...drawn, 0] : drawn;
  const logprobs = tokens.map((token) => -(token + 1) / 4);
  const continuation = inventTokens(deriveSeed(state.seed, "continuation", index), 3);
  return { tokens, logprobs, text: drawn.join(""), terminal, continuation };
}

function inventTokens(seed: number, most: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: 1 + random.integer(most) }, () => 1 + random.integer(4));
}

function agreementOf(levels: readonly number[]): Agreement {
  const [functionName, argumentName, argumentType, argumentValue] = levels;
  return {
    functionName: functionName!,
    argumentName: argumentName!,
    argumentType: argumentType!,
    argumentValue: argumentValue!,
  };
}

function keyOf(state: SearchState): string {
  return state.response.join(" ");
}

function lookUp<T>(table: Readonly<Record<string, T>>, key: string): T {
  const found = table[key];
  if (found === undefined) throw new Error(`The script has nothing for "${key}".`);
  return found;
}
