/**
 * A policy as the model of a search: fragments are cut from samples by their token ids, so what enters a tree is what was
 * sampled, log-probabilities included. Every sample has its own seed, so no tree depends on its neighbours.
 */
import type {
  CompleteOptions,
  JudgedState,
  Proposal,
  ProposeOptions,
  SearchModel,
  SearchState,
} from "../method/index.js";
import type { Sample, SampleRequest } from "../spec/index.js";
import { firstFragmentEnd, type RenderContext } from "../text/index.js";
import { type JudgeOptions, judge } from "./judge.js";

/** What the search model is made of. */
export interface SearchModelOptions extends JudgeOptions {
  /** Longest response, in tokens. */
  readonly maximumTokens: number;
  /** Most tokens drawn for a fragment that is not continued; a fragment without an end by then ends there. */
  readonly fragmentTokens: number;
  /** Nucleus of the drawn fragments. */
  readonly topP: number;
}

/** The policy as a `SearchModel`. */
export function createSearchModel(options: SearchModelOptions): SearchModel {
  return {
    propose: (states, request) => propose(states, request, options),
    complete: (states, request) => complete(states, request, options),
    judge: (states: readonly JudgedState[]) => judge(states, options),
    text: (response) => textOf(response, options.context),
  };
}

async function propose(
  states: readonly SearchState[],
  request: ProposeOptions,
  options: SearchModelOptions,
): Promise<readonly (readonly Proposal[])[]> {
  const requests = states.map((state) => ({
    ...requestOf(state, options),
    n: request.samples,
    maxTokens: Math.min(
      roomOf(state, options),
      request.continued ? Number.POSITIVE_INFINITY : options.fragmentTokens,
    ),
    temperature: request.temperature,
    topP: options.topP,
  }));
  const answers = await sampleWithRoom(requests, options);
  return states.map((state, index) =>
    answers[index]!.map((sample) => proposalOf(state, sample, request, options)),
  );
}

/** The first fragment of a sample; what follows it is its continuation. */
function proposalOf(
  state: SearchState,
  sample: Sample,
  request: ProposeOptions,
  options: SearchModelOptions,
): Proposal {
  const written = withoutStop(sample.tokens, options.context);
  const cut = nextFragment(state, state.response, written, options);
  const stopped = cut === written.length && written.length < sample.tokens.length;
  const end = stopped ? sample.tokens.length : cut;
  const full = end >= roomOf(state, options);
  return {
    tokens: sample.tokens.slice(0, end),
    logprobs: Array.from(sample.logprobs.subarray(0, end)),
    text: options.context.tokenizer.decode(written.slice(0, cut)),
    terminal: stopped || full,
    ...(request.continued && { continuation: written.slice(end) }),
  };
}

async function complete(
  states: readonly SearchState[],
  request: CompleteOptions,
  options: SearchModelOptions,
): Promise<readonly (readonly number[])[]> {
  const requests = states.map((state) => ({
    ...requestOf(state, options),
    n: 1,
    maxTokens: roomOf(state, options),
    temperature: request.temperature,
    topP: 1,
  }));
  const answers = await sampleWithRoom(requests, options);
  return states.map((state, index) => {
    const written = withoutStop(answers[index]?.[0]?.tokens ?? [], options.context);
    return request.maximumFragments === null
      ? written
      : firstFragments(state, written, request.maximumFragments, options);
  });
}

/** The tokens of the first `count` fragments. */
function firstFragments(
  state: SearchState,
  written: readonly number[],
  count: number,
  options: SearchModelOptions,
): readonly number[] {
  let end = 0;
  for (let fragment = 0; fragment < count && end < written.length; fragment += 1) {
    const before = [...state.response, ...written.slice(0, end)];
    end += nextFragment(state, before, written.slice(end), options);
  }
  return written.slice(0, end);
}

/** How many of the fresh tokens make the next fragment. */
function nextFragment(
  { exampleId }: SearchState,
  before: readonly number[],
  fresh: readonly number[],
  { context, exampleOf }: SearchModelOptions,
): number {
  const names = exampleOf(exampleId).tools.map((tool) => tool.name);
  return firstFragmentEnd(context.tokenizer, before, fresh, names);
}

function requestOf(state: SearchState, { context }: SearchModelOptions) {
  return { prompt: [...state.prompt, ...state.response], stop: [context.stopToken], seed: state.seed };
}

/** How many tokens the response may still have. */
function roomOf(state: SearchState, { context, maximumTokens }: SearchModelOptions): number {
  const left = context.contextLength - state.prompt.length - state.response.length;
  return Math.max(0, Math.min(left, maximumTokens - state.response.length));
}

/** Samples of the requests that have room for a token; none for the others. */
async function sampleWithRoom(
  requests: readonly SampleRequest[],
  { policy, call }: SearchModelOptions,
): Promise<readonly (readonly Sample[])[]> {
  const open = requests.filter((request) => request.maxTokens > 0);
  const samples = open.length === 0 ? [] : await policy.sample(open, call);
  let next = 0;
  return requests.map((request) => (request.maxTokens > 0 ? samples[next++]! : []));
}

/** The text of a response, its stop token left out: what is graded. */
export function textOf(response: readonly number[], context: RenderContext): string {
  return context.tokenizer.decode(withoutStop(response, context));
}

function withoutStop(tokens: readonly number[], { stopToken }: RenderContext): readonly number[] {
  return tokens.at(-1) === stopToken ? tokens.slice(0, -1) : tokens;
}
