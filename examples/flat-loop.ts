/**
 * The method of the paper in one file, read from top to bottom: warm-up, ranking by perplexity, search, pairs, SimPO,
 * evaluation. It rests on the engine port and on pure functions; no stage, no recipe, nothing written to the disk.
 *
 * What the stages do beyond this: files and checkpoints, batches bounded by tokens, learning-rate schedules, several
 * rounds. The numbers are small: the scores show that the loop runs, not how good the method is.
 *
 *     npx tsx examples/flat-loop.ts [MODEL-FOLDER]
 */
import { fileURLToPath } from "node:url";
// In a project of your own: from "itool".
import {
  type ComparisonRecord,
  comparePolicies,
  defaultPairSettings,
  defaultSearchSettings,
  type EvaluationRecord,
  type Example,
  evaluationOf,
  extractPairs,
  firstFragmentEnd,
  fitsContext,
  generateToolworld,
  generationPerplexity,
  gradeResponse,
  type ItemRecord,
  layoutPairs,
  loadRenderContext,
  objectives,
  openEngine,
  orderByCurriculum,
  type Policy,
  type RenderContext,
  renderExample,
  renderPrompt,
  runSearch,
  type SearchModel,
  selectHard,
  type ToolworldSplit,
  toolworldExamples,
} from "../src/index.js";

/** How much of everything. */
export interface Sizes {
  readonly trainRows: number;
  readonly evaluationRows: number;
  readonly hardShare: number;
  readonly searchIterations: number;
}

/** What came out. */
export interface Outcome {
  readonly before: EvaluationRecord;
  readonly after: EvaluationRecord;
  readonly difference: ComparisonRecord;
  readonly pairs: number;
}

const seed = 1;
const batchRows = 8;
const maximumTokens = 120;

/** Runs the loop once. */
export async function flatLoop(folder: string, sizes: Sizes): Promise<Outcome> {
  const context = await loadRenderContext(folder);
  const engine = await openEngine({ kind: "embedded", model: folder });
  const policy = await engine.createPolicy({ adapter: { rank: 8, alpha: 16 }, seed });

  // Data: two sides of the built-in world, with different domains. A row that does not fit the model is left out.
  const train = makeExamples("train", sizes.trainRows, context);
  const heldOut = makeExamples("evaluation", sizes.evaluationRows, context);
  console.log(`${train.length} examples to train on, ${heldOut.length} held out`);
  const itemsBefore = await answer(heldOut, policy, context);

  // Warm-up: supervised training, easy → medium → hard.
  const curriculum = orderByCurriculum(train, seed);
  for (const batch of batchesOf(curriculum.examples)) {
    const rendered = batch.map((example) => renderExample(context, example));
    const objective = objectives.supervised({ masks: rendered.map(({ mask }) => mask) });
    await policy.accumulate(
      rendered.map(({ tokens }) => tokens),
      objective,
    );
    await policy.step({ learningRate: 1e-3 });
  }

  // Hard sampling: the gold responses that surprise the policy most.
  const rendered = train.map((example) => renderExample(context, example));
  const logprobs = await policy.score(rendered.map(({ tokens }) => tokens));
  const ranked = train.map((example, index) => ({
    id: example.id,
    perplexity: generationPerplexity(logprobs[index]!, rendered[index]!.mask),
    hasCall: example.calls.length > 0,
    example,
  }));
  const hard = selectHard(ranked, { share: sizes.hardShare }).selected.map(({ example }) => example);
  console.log(`${hard.length} hard rows`);

  // Exploration: a tree of fragments for each hard row, all trees in step.
  const { trees } = await runSearch({
    roots: hard.map((example) => ({
      exampleId: example.id,
      prompt: renderPrompt(context, example),
      grade: (text) => gradeResponse({ text, example }),
    })),
    model: searchModelOf(policy, context, new Map(hard.map((example) => [example.id, example]))),
    settings: { ...defaultSearchSettings, iterations: sizes.searchIterations, temperature: 1 },
    seed,
    round: 1,
  });

  // Pairs: the best and the worst fragment after the same prefix.
  const { pairs } = extractPairs(trees, defaultPairSettings);
  console.log(`${trees.length} trees, ${pairs.length} pairs`);

  // Preference optimisation: SimPO on the fragments.
  for (const batch of batchesOf(pairs)) {
    const { sequences, ...layout } = layoutPairs(batch);
    const { loss, metrics } = await policy.accumulate(sequences, objectives.simpo(layout));
    await policy.step({ learningRate: 1e-4 });
    console.log(`SimPO: loss ${loss.toFixed(3)}, accuracy ${metrics.accuracy!.toFixed(2)}`);
  }

  // Evaluation: greedy answers to the held-out rows, compared row by row with those of the untrained policy.
  const itemsAfter = await answer(heldOut, policy, context);
  await engine.close();
  const runs = [{ from: itemsBefore, to: itemsAfter }];
  return {
    before: evaluationOf("base", itemsBefore),
    after: evaluationOf("after one round", itemsAfter),
    difference: comparePolicies({ from: "base", to: "after one round", runs, seed }),
    pairs: pairs.length,
  };
}

function makeExamples(split: ToolworldSplit, count: number, context: RenderContext): Example[] {
  const rows = [...generateToolworld({ seed, split, count })];
  return rows.flatMap(toolworldExamples).filter((example) => fitsContext(example, context).ok);
}

function batchesOf<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / batchRows);
  return Array.from({ length: count }, (_, index) => items.slice(index * batchRows, (index + 1) * batchRows));
}

async function answer(
  examples: readonly Example[],
  policy: Policy,
  context: RenderContext,
): Promise<ItemRecord[]> {
  const greedy = { n: 1, maxTokens: maximumTokens, temperature: 0, topP: 1, stop: [context.stopToken], seed };
  const samples = await policy.sample(
    examples.map((example) => ({ ...greedy, prompt: renderPrompt(context, example) })),
  );
  return examples.map((example, index) => {
    const response = textOf(samples[index]![0]!.tokens, context);
    const { id: exampleId, category, tags } = example;
    return { exampleId, category, tags, response, grade: gradeResponse({ text: response, example }) };
  });
}

/** The policy as the search sees it: draw fragments, complete responses. `createSearchModel` does the same and more. */
function searchModelOf(
  policy: Policy,
  context: RenderContext,
  examples: ReadonlyMap<string, Example>,
): SearchModel {
  const common = { maxTokens: maximumTokens, topP: 1, stop: [context.stopToken] };
  return {
    async propose(states, { samples, temperature }) {
      const requests = states.map(({ prompt, response, seed }) => ({
        ...common,
        prompt: [...prompt, ...response],
        n: samples,
        temperature,
        seed,
      }));
      const drawn = await policy.sample(requests);
      return states.map(({ exampleId, response }, index) => {
        const names = examples.get(exampleId)!.tools.map(({ name }) => name);
        return drawn[index]!.map(({ tokens, logprobs }) => {
          const end = firstFragmentEnd(context.tokenizer, response, tokens, names);
          const fragment = tokens.slice(0, end);
          return {
            tokens: fragment,
            logprobs: [...logprobs.subarray(0, end)],
            text: textOf(fragment, context),
            terminal: fragment.at(-1) === context.stopToken,
          };
        });
      });
    },
    async complete(states, { temperature }) {
      const requests = states.map(({ prompt, response, seed }) => ({
        ...common,
        prompt: [...prompt, ...response],
        n: 1,
        temperature,
        seed,
      }));
      const drawn = await policy.sample(requests);
      return drawn.map(([sample]) => withoutStop(sample!.tokens, context));
    },
    text: (response) => textOf(response, context),
  };
}

function textOf(tokens: readonly number[], context: RenderContext): string {
  return context.tokenizer.decode(withoutStop(tokens, context));
}

function withoutStop(tokens: readonly number[], { stopToken }: RenderContext): readonly number[] {
  return tokens.at(-1) === stopToken ? tokens.slice(0, -1) : tokens;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sizes = { trainRows: 96, evaluationRows: 48, hardShare: 0.15, searchIterations: 4 };
  const { before, after, difference } = await flatLoop(process.argv[2] ?? "models/nano", sizes);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  for (const { policy, overall } of [before, after])
    console.log(
      `${policy}: ${percent(overall.accuracy)} (${percent(overall.low)} to ${percent(overall.high)})`,
    );
  console.log(
    `difference: ${percent(difference.difference)} (${percent(difference.low)} to ${percent(difference.high)})`,
  );
}
