/**
 * What a pre-training run is watched by: copying, and whole responses on rows of unseen tools.
 *
 * The unseen rows are drawn from the training domains with every name fresh: they are as new to the model as the
 * evaluation's, which is never looked at here.
 */
import { deriveSeed, readsOfMask } from "../method/index.js";
import type { Example, Policy } from "../spec/index.js";
import { copyRow, toolworldExamples, toolworldRow } from "../tasks/toolworld/index.js";
import { checkLength, type RenderContext, type RenderedExample, renderExample } from "../text/index.js";

/** One line of `measures.jsonl`. */
export interface PretrainMeasure {
  /** Tokens read before the measurement. */
  readonly tokens: number;
  /** Share of response tokens of copy rows with more than half the probability: a floor of greedy accuracy. */
  readonly copyAccuracy: number;
  /** The same over one-call rows whose names are all fresh. */
  readonly tokenAccuracy: number;
  /** Mean −log p of their response tokens. */
  readonly loss: number;
  /** Share of these rows whose greedy response is the gold response, by category. */
  readonly exact: Readonly<Record<string, number>>;
}

/** Options of `measurePretraining`. */
export interface MeasureOptions {
  readonly seed: number;
  /** Rows of each category. */
  readonly rows: number;
  readonly tokens: number;
}

const CATEGORIES = ["single", "multiple", "parallel", "multi-turn", "refusal"];

/** Measures a policy on copy rows and on rows of unseen tools. */
export async function measurePretraining(
  policy: Policy,
  context: RenderContext,
  options: MeasureOptions,
): Promise<PretrainMeasure> {
  const indices = Array.from({ length: options.rows }, (_, index) => index);
  const copies = await scoreResponses(
    policy,
    context,
    indices.map((index) => copyRow(deriveSeed(options.seed, "measure-copy"), index)),
  );
  const single = await scoreResponses(policy, context, unseenExamples(options, "single"));
  const exact: Record<string, number> = {};
  for (const category of CATEGORIES) {
    exact[category] = await exactShare(policy, context, unseenExamples(options, category));
  }
  return {
    tokens: options.tokens,
    copyAccuracy: copies.accuracy,
    tokenAccuracy: single.accuracy,
    loss: single.loss,
    exact,
  };
}

function unseenExamples(options: MeasureOptions, category: string): Example[] {
  const seed = deriveSeed(options.seed, "measure", category);
  return Array.from({ length: options.rows }, (_, index) =>
    toolworldExamples(
      toolworldRow(
        {
          seed,
          split: "pretrain",
          freshNames: 1,
          explicitness: 0.7,
          categories: { [category]: 1 },
          argumentWork: 0.3,
          longShare: 0,
        },
        index,
      ),
    ),
  ).flatMap((examples) => examples.slice(0, 2));
}

async function scoreResponses(
  policy: Policy,
  context: RenderContext,
  examples: readonly Example[],
): Promise<{ accuracy: number; loss: number }> {
  const rendered = renderFitting(context, examples);
  const scores = await policy.score(
    rendered.map((item) => item.tokens),
    { reads: rendered.map((item) => readsOfMask(item.mask)) },
  );
  let trained = 0;
  let likely = 0;
  let total = 0;
  rendered.forEach((item, index) => {
    scores[index]!.forEach((logprob, place) => {
      if (item.mask[place + 1] !== 1) return;
      trained++;
      total -= logprob;
      if (logprob > -Math.LN2) likely++;
    });
  });
  return { accuracy: likely / trained, loss: total / trained };
}

async function exactShare(
  policy: Policy,
  context: RenderContext,
  examples: readonly Example[],
): Promise<number> {
  const rendered = renderFitting(context, examples);
  const samples = await policy.sample(
    rendered.map((item) => ({
      prompt: item.tokens.slice(0, item.promptLength),
      n: 1,
      maxTokens: item.tokens.length - item.promptLength + 4,
      temperature: 0,
      topP: 1,
      stop: [context.stopToken],
      seed: 0,
    })),
  );
  const right = samples.filter(([sample], index) => {
    const { tokens, promptLength } = rendered[index]!;
    return (
      sample!.tokens.length === tokens.length - promptLength &&
      sample!.tokens.every((token, place) => token === tokens[promptLength + place])
    );
  });
  return right.length / Math.max(1, rendered.length);
}

function renderFitting(context: RenderContext, examples: readonly Example[]): RenderedExample[] {
  return examples
    .map((example) => renderExample(context, example))
    .filter((item) => checkLength(context, item.tokens.length).ok);
}
