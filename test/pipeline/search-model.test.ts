/** The policy as the model of a search: what enters a tree is what was sampled, token for token. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEngine } from "../../src/engine/index.js";
import { defaultSearchSettings, runSearch, selfEvaluationOf } from "../../src/method/index.js";
import type { Example, Policy, SearchTree } from "../../src/spec/index.js";
import { createSearchModel, type SearchModelOptions } from "../../src/stages/search-model.js";
import { loadRenderContext } from "../../src/store/index.js";
import { type RenderContext, renderPrompt, renderResponse } from "../../src/text/index.js";
import { writeTinyFolder } from "./tiny-run.js";

const example: Example = {
  id: "one",
  tools: [],
  messages: [{ role: "user", content: "Book a table." }],
  response: '[book(a=1, b="x")]',
  calls: [],
  gold: { kind: "text" },
  difficulty: "easy",
  category: "single",
  tags: [],
  origin: { file: "f", row: 0, turn: 1 },
};

let folder: string;
let context: RenderContext;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-search-"));
  await writeTinyFolder(folder);
  context = await loadRenderContext(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A policy that answers with one of the responses, equally likely at each place where they differ. */
async function policyOf(
  responses: readonly string[],
  also?: (prefix: readonly number[]) => Map<number, number>,
) {
  const prompt = renderPrompt(context, example);
  const known = responses.map((response) => renderResponse(context, response));
  const engine = await openEngine({
    kind: "scripted",
    vocabularySize: context.tokenizer.vocabularySize,
    contextLength: context.contextLength,
    logits: (prefix) => {
      const logits = new Float64Array(context.tokenizer.vocabularySize);
      const written = prefix.slice(prompt.length);
      for (const tokens of known) {
        if (written.every((token, index) => tokens[index] === token))
          logits[tokens[written.length] ?? 0] = 60;
      }
      for (const [token, value] of also?.(prefix) ?? []) logits[token] = value;
      return logits;
    },
  });
  return engine.createPolicy();
}

function modelOf(policy: Policy, options: Partial<SearchModelOptions> = {}) {
  const exampleOf = () => example;
  const fixed = { policy, context, maximumTokens: 80, fragmentTokens: 40, topP: 1, exampleOf, call: {} };
  return createSearchModel({ ...fixed, ...options });
}

function stateAfter(response: string, depth = 0) {
  const tokens = context.tokenizer.encode(response, { special: false });
  return { exampleId: "one", prompt: renderPrompt(context, example), response: tokens, depth, seed: 5 };
}

const propose = { samples: 1, temperature: 1, continued: true };

describe("propose", () => {
  it.each([
    ["", "[book("],
    ["[book(", "a=1,"],
    ["[book(a=1,", ' b="x")'],
  ])("after %j cuts the sample at %j", async (before, fragment) => {
    const model = modelOf(await policyOf([example.response]));
    const [proposal] = await model.propose([stateAfter(before)], propose);
    expect(proposal![0]).toMatchObject({ text: fragment, terminal: false });
    const { tokens, continuation } = proposal![0]!;
    expect(context.tokenizer.decode([...stateAfter(before).response, ...tokens, ...continuation!])).toBe(
      example.response,
    );
    expect(proposal![0]!.logprobs).toHaveLength(tokens.length);
  });

  it("closes the last fragment with the stop token", async () => {
    const model = modelOf(await policyOf([example.response]));
    const [proposals] = await model.propose([stateAfter('[book(a=1, b="x")')], propose);
    expect(proposals![0]).toMatchObject({ text: "]", terminal: true, continuation: [] });
    expect(proposals![0]!.tokens.at(-1)).toBe(context.stopToken);
  });

  it("ends a response at its longest", async () => {
    const model = modelOf(await policyOf([example.response]), { maximumTokens: 3 });
    const [proposals] = await model.propose([stateAfter("")], propose);
    expect(proposals![0]).toMatchObject({ terminal: true });
    expect(proposals![0]!.tokens).toHaveLength(3);
    const [nothing] = await model.propose([{ ...stateAfter(""), response: proposals![0]!.tokens }], propose);
    expect(nothing).toEqual([]);
  });

  it("draws a fragment of bounded length where it is not continued", async () => {
    const long = `[${"long".repeat(10)}(a=1)]`;
    const model = modelOf(await policyOf([long]), { fragmentTokens: 4 });
    const [proposals] = await model.propose([stateAfter("")], { ...propose, continued: false });
    expect(proposals![0]!.tokens).toHaveLength(4);
    expect(proposals![0]!.terminal).toBe(false);
    expect(proposals![0]).not.toHaveProperty("continuation");
  });

  it("answers each state as if it were alone", async () => {
    const model = modelOf(await policyOf(["[book(a=1)]", "[cook(b=2)]", "Which one?"]));
    const states = [5, 6, 7].map((seed) => ({ ...stateAfter(""), seed }));
    const options = { samples: 4, temperature: 1, continued: true };
    const together = await model.propose(states, options);
    const alone = await Promise.all(states.map(async (state) => (await model.propose([state], options))[0]));
    expect(together).toEqual(alone);
    expect(new Set(together.flat().map(({ text }) => text)).size).toBeGreaterThan(1);
  });
});

describe("complete", () => {
  it.each([
    [null, 'a=1, b="x")]'],
    [2, 'a=1, b="x")'],
    [1, "a=1,"],
    [0, ""],
  ])("adds at most %j fragments", async (maximumFragments, text) => {
    const model = modelOf(await policyOf([example.response]));
    const [tokens] = await model.complete([stateAfter("[book(")], { maximumFragments, temperature: 0 });
    expect(context.tokenizer.decode(tokens!)).toBe(text);
  });
});

describe("judge", () => {
  it("weighs the options by the probabilities of their letters", async () => {
    const letters = ["A", "B", "C", "D"].map((letter) => context.tokenizer.encode(letter)[0]!);
    const values = [3, 1, 0.5, 2];
    const judging = (prefix: readonly number[]) =>
      new Map(
        context.tokenizer.decode(prefix).includes("Part to judge")
          ? letters.map((letter, index) => [letter, values[index]!] as const)
          : [],
      );
    const model = modelOf(await policyOf([example.response], judging));
    const state = { ...stateAfter("[book(a=1,"), fragmentStart: 3, continuation: [] };
    const [judgement] = await model.judge!([state]);
    expect(judgement).toBeCloseTo(selfEvaluationOf([3, 1, 0.5, 2]), 5);
  });

  it("asks nothing that does not fit the context", async () => {
    const policy = await policyOf([example.response]);
    const model = modelOf(policy, { context: { ...context, contextLength: 20 } });
    const state = { ...stateAfter(""), fragmentStart: 0, continuation: [] };
    expect(await model.judge!([state, state])).toEqual([0, 0]);
  });
});

describe("a search with it", () => {
  const settings = { ...defaultSearchSettings, iterations: 6, samples: 4, temperature: 1, depthLimit: 6 };

  async function search(seed: number, simulation: "separate" | "sampled-continuation"): Promise<SearchTree> {
    const model = modelOf(await policyOf(["[book(a=1)]", '[book(a=2, b="x")]', "Which table?"]));
    const agreement = { functionName: 1, argumentName: 1, argumentType: 1, argumentValue: 1 };
    const wrong = { ...agreement, argumentValue: 0 };
    const root = {
      exampleId: "one",
      prompt: renderPrompt(context, example),
      grade: (text: string) => ({ agreement: text === "[book(a=1)]" ? agreement : wrong }),
    };
    const found = await runSearch({
      roots: [root],
      model,
      settings: { ...settings, simulation },
      seed,
      round: 1,
    });
    return found.trees[0]!;
  }

  it.each(["separate", "sampled-continuation"] as const)(
    "finds the right response and rewards it (%s)",
    async (simulation) => {
      const tree = await search(1, simulation);
      const texts = tree.nodes.map((node) => pathText(tree, node.id));
      expect(texts).toContain("[book(a=1)]");
      const right = tree.nodes[texts.indexOf("[book(a=1)]")]!;
      expect(right).toMatchObject({ terminal: true, outcome: 1 });
    },
  );

  it("holds only tokens that the policy could write", async () => {
    const tree = await search(2, "sampled-continuation");
    const responses = ["[book(a=1)]", '[book(a=2, b="x")]', "Which table?"];
    for (const { id, continuation } of tree.nodes.slice(1)) {
      const whole = pathText(tree, id) + context.tokenizer.decode(continuation);
      expect(responses).toContain(whole);
    }
  });

  function pathText(tree: SearchTree, id: number): string {
    const node = tree.nodes[id]!;
    return (node.parent === null ? "" : pathText(tree, node.parent)) + node.fragment.text;
  }
});
