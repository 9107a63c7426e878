import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { referenceSearch } from "../../../test/support/reference-search.js";
import {
  inventedModel,
  inventedRoot,
  type SearchScript,
  scriptedModel,
  scriptedRoot,
} from "../../../test/support/search-models.js";
import { ConfigError, InputError, type SearchNode, type SearchTree } from "../../spec/index.js";
import { defaultPairSettings, extractPairs } from "../pairs.js";
import type { SearchModel, SearchRoot, SearchState } from "./model.js";
import { runSearch } from "./search.js";
import { defaultSearchSettings, type SearchSettings } from "./settings.js";

interface Golden extends SearchScript {
  readonly settings: Partial<SearchSettings>;
  readonly expected: readonly Partial<SearchNode>[];
  readonly pairs: readonly Record<string, unknown>[];
}
const readGolden = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8"));
const withDefaults = (settings: Partial<SearchSettings>): SearchSettings => ({
  ...defaultSearchSettings,
  ...settings,
});
const search = (
  roots: readonly SearchRoot[],
  model: SearchModel,
  settings: Partial<SearchSettings>,
  seed = 1,
) => runSearch({ roots, model, settings: withDefaults(settings), seed, round: 1 });

describe.each(["two-iterations", "merged-and-judged"])("golden tree %s", (name) => {
  const golden = readGolden(name);

  it("has the nodes computed by hand", async () => {
    const { trees } = await search([scriptedRoot(golden)], scriptedModel(golden), golden.settings);
    expect(trees[0]!.nodes).toHaveLength(golden.expected.length);
    for (const [index, expected] of golden.expected.entries()) {
      for (const [field, value] of Object.entries(expected)) {
        const actual = Object.entries(trees[0]!.nodes[index]!).find(([key]) => key === field)?.[1];
        if (typeof value === "number") expect(actual, `node ${index}, ${field}`).toBeCloseTo(value, 12);
        else expect(actual, `node ${index}, ${field}`).toEqual(value);
      }
    }
  });

  it("gives the pairs computed by hand", async () => {
    const { trees } = await search([scriptedRoot(golden)], scriptedModel(golden), golden.settings);
    const { pairs } = extractPairs(trees, defaultPairSettings);
    expect(pairs).toHaveLength(golden.pairs.length);
    for (const [index, { parent, chosenValue, rejectedValue, ...expected }] of golden.pairs.entries()) {
      expect(pairs[index]).toMatchObject({ id: `example/round-01/node-${parent}`, ...expected });
      expect(pairs[index]!.chosenValue).toBeCloseTo(Number(chosenValue), 12);
      expect(pairs[index]!.rejectedValue).toBeCloseTo(Number(rejectedValue), 12);
    }
  });
});

interface Call {
  readonly verb: "propose" | "complete" | "judge";
  readonly seeds: readonly number[];
  readonly options?: unknown;
}

/** The same model, and a list of what it was asked. */
function watch(inner: SearchModel): { readonly model: SearchModel; readonly calls: readonly Call[] } {
  const calls: Call[] = [];
  const note = (verb: Call["verb"], states: readonly SearchState[], options?: unknown) => {
    calls.push({ verb, seeds: states.map((state) => state.seed), options });
  };
  const model: SearchModel = {
    text: inner.text,
    propose: (states, options) => {
      note("propose", states, options);
      return inner.propose(states, options);
    },
    complete: (states, options) => {
      note("complete", states, options);
      return inner.complete(states, options);
    },
    judge: (states) => {
      note("judge", states);
      return inner.judge!(states);
    },
  };
  return { model, calls };
}

const anySettings = fc
  .record({
    samples: fc.integer({ min: 1, max: 4 }),
    iterations: fc.integer({ min: 1, max: 8 }),
    depthLimit: fc.integer({ min: 1, max: 4 }),
    cPuct: fc.constantFrom(0, 0.5, 1, 4),
    lambda: fc.constantFrom(0, 1, 1.25),
    gamma: fc.constantFrom(0, 0.7, 1),
    simulation: fc.constantFrom("separate" as const, "sampled-continuation" as const),
    selfEvaluation: fc.constantFrom(0, 0.5),
    functionName: fc.constantFrom(1, 3),
  })
  .map(({ selfEvaluation, functionName, ...settings }) =>
    withDefaults({
      ...settings,
      weights: { ...defaultSearchSettings.weights, selfEvaluation, functionName },
    }),
  );

/** Q, V and N obey the equations at every node of a finished tree. */
function checkEquations({ nodes }: SearchTree, gamma: number): void {
  for (const node of nodes) {
    const children = nodes.filter((child) => child.parent === node.id);
    const visits = children.reduce((sum, child) => sum + child.visits, 0);
    expect(node.visits).toBe(visits + (node.parent === null ? 0 : 1));
    const weighted = children.reduce((sum, child) => sum + child.visits * child.q, 0);
    expect(node.value).toBeCloseTo(visits === 0 ? 0 : weighted / visits, 12);
    if (node.parent !== null) expect(node.q).toBeCloseTo(node.reward + gamma * node.value, 12);
  }
}

describe("runSearch", () => {
  it("agrees node by node with a second implementation", async () => {
    await fc.assert(
      fc.asyncProperty(anySettings, fc.nat(), async (settings, seed) => {
        const root = inventedRoot("r");
        const { trees } = await search([root], inventedModel(), settings, seed);
        const expected = await referenceSearch(root, inventedModel(), settings, seed, 1);
        expect(trees[0]!.nodes).toHaveLength(expected.length);
        for (const [index, node] of trees[0]!.nodes.entries()) {
          const { parent, response, prior, reward, value, q, ...exact } = expected[index]!;
          expect(node).toMatchObject({ ...exact, parent: parent < 0 ? null : parent });
          for (const [actual, wanted] of [
            [node.prior, prior],
            [node.reward, reward],
            [node.value, value],
            [node.q, q],
          ]) {
            expect(actual).toBeCloseTo(wanted!, 10);
          }
        }
        checkEquations(trees[0]!, settings.gamma);
      }),
      { numRuns: 150 },
    );
  });

  it("gives each tree the same nodes alone as in a crowd, in any order", async () => {
    const roots = Array.from({ length: 6 }, (_, index) => inventedRoot(`root-${index}`));
    const settings = withDefaults({ iterations: 6, depthLimit: 4 });
    const together = (await search(roots, inventedModel(), settings)).trees;
    const turned = (await search(roots.toReversed(), inventedModel(), settings)).trees;
    expect(turned.toReversed()).toEqual(together);
    for (const [index, root] of roots.entries()) {
      expect((await search([root], inventedModel(), settings)).trees[0]).toEqual(together[index]);
    }
  });

  it("asks the model once a step for all trees together", async () => {
    const { model, calls } = watch(inventedModel());
    const weights = { ...defaultSearchSettings.weights, selfEvaluation: 1 };
    const roots = Array.from({ length: 20 }, (_, index) => inventedRoot(`root-${index}`));
    const { counts } = await search(roots, model, { iterations: 4, weights });
    const sizes = (verb: Call["verb"]) =>
      calls.filter((call) => call.verb === verb).map((call) => call.seeds.length);
    expect(calls.map((call) => call.verb)).toEqual(
      new Array(4).fill(["propose", "complete", "judge"]).flat(),
    );
    expect(sizes("propose")[0]).toBe(20);
    expect(counts.completions).toBe(sizes("complete").reduce((sum, size) => sum + size));
    expect(counts.judgements).toBe(sizes("judge").reduce((sum, size) => sum + size));
  });

  it("never expands a node twice, and stops when nothing is left", async () => {
    const { model, calls } = watch(inventedModel());
    const done: number[] = [];
    const settings = withDefaults({ iterations: 500, depthLimit: 3 });
    const roots = [inventedRoot("a"), inventedRoot("b")];
    const request = {
      roots,
      model,
      settings,
      seed: 5,
      round: 1,
      onIteration: (count: number) => done.push(count),
    };
    const { trees, counts } = await runSearch(request);
    const asked = calls.filter((call) => call.verb === "propose").flatMap((call) => call.seeds);
    expect(new Set(asked).size).toBe(asked.length);
    expect(counts.exhaustedTrees).toBe(2);
    expect(counts.iterations).toBeLessThan(500);
    expect(done).toEqual(Array.from({ length: counts.iterations }, (_, index) => index + 1));
    for (const node of trees[0]!.nodes) expect(node.depth).toBeLessThanOrEqual(3);
  });

  it("counts every proposal as a child, merged, or set aside", async () => {
    const { trees, counts } = await search([inventedRoot("a")], inventedModel(), {
      iterations: 30,
      samples: 4,
      depthLimit: 5,
    });
    const children = trees[0]!.nodes.slice(1);
    expect(counts.proposals).toBe(children.length + counts.mergedProposals + counts.emptyProposals);
    expect(children.reduce((sum, node) => sum + node.multiplicity, 0)).toBe(
      counts.proposals - counts.emptyProposals,
    );
    expect(counts.mergedProposals).toBeGreaterThan(0);
    expect(counts.emptyProposals).toBeGreaterThan(0);
  });

  it("merges by text where asked, but keeps apart what ends and what goes on", async () => {
    const golden = readGolden("two-iterations");
    const fragment = { text: "x", logprobs: [-1], terminal: false };
    const proposals = {
      "": [
        { ...fragment, tokens: [1] },
        { ...fragment, tokens: [2] },
        { ...fragment, tokens: [3], terminal: true },
      ],
    };
    const script = {
      ...golden,
      proposals,
      completions: { 1: [], 2: [] },
      agreements: { "f(": [0, 0, 0, 0], "g(": [0, 0, 0, 0], "a=1)": [0, 0, 0, 0] },
    };
    const sizes = async (merge: "tokens" | "text") =>
      (await search([scriptedRoot(script)], scriptedModel(script), { iterations: 1, merge })).trees[0]!.nodes
        .length;
    expect([await sizes("tokens"), await sizes("text")]).toEqual([4, 3]);
  });

  it("passes the settings of sampling and simulation to the model, and seeds that differ by node", async () => {
    const { model, calls } = watch(inventedModel());
    const settings = { iterations: 1, temperature: 0.9, simulationFragments: 2, simulationTemperature: 0.4 };
    await search([inventedRoot("a")], model, settings);
    expect(calls.map((call) => call.options)).toEqual([
      { samples: 3, temperature: 0.9, continued: false },
      { maximumFragments: 2, temperature: 0.4 },
    ]);
    const seeds = calls.flatMap((call) => call.seeds);
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it("is empty for no roots", async () => {
    expect((await search([], inventedModel(), {})).trees).toEqual([]);
  });

  it.each([
    [{ samples: 0 }],
    [{ iterations: 1.5 }],
    [{ depthLimit: 0 }],
    [{ temperature: -1 }],
    [{ gamma: Number.NaN }],
    [{ simulationFragments: -1 }],
    [{ weights: { functionName: 0, argumentName: 0, argumentType: 0, argumentValue: 0, selfEvaluation: 1 } }],
  ])("refuses the settings %o", async (settings) => {
    await expect(search([inventedRoot("a")], inventedModel(), settings)).rejects.toThrow(ConfigError);
  });

  const { judge: _, ...withoutJudge } = inventedModel();
  const judged = { weights: { ...defaultSearchSettings.weights, selfEvaluation: 1 } };
  it.each<[string, Partial<SearchModel>, Partial<SearchSettings>]>([
    ["too few answers", { propose: async () => [] }, {}],
    ["too few completions", { complete: async () => [] }, {}],
    [
      "a log-probability too few",
      { propose: async () => [[{ tokens: [1], logprobs: [], text: "", terminal: false }]] },
      {},
    ],
    [
      "a log-probability that is no number",
      { propose: async () => [[{ tokens: [1], logprobs: [Number.NaN], text: "", terminal: false }]] },
      {},
    ],
    [
      "no continuation",
      { propose: async () => [[{ tokens: [1], logprobs: [-1], text: "", terminal: false }]] },
      { simulation: "sampled-continuation" },
    ],
    ["a judgement out of range", { judge: async (states) => states.map(() => 2) }, judged],
  ])("refuses a model that gives %s", async (_, part, settings) => {
    await expect(search([inventedRoot("a")], { ...inventedModel(), ...part }, settings)).rejects.toThrow(
      InputError,
    );
  });

  it("refuses self-evaluation without a judge, and an example twice", async () => {
    await expect(search([inventedRoot("a")], withoutJudge, judged)).rejects.toThrow(InputError);
    await expect(search([inventedRoot("a"), inventedRoot("a")], inventedModel(), {})).rejects.toThrow(
      InputError,
    );
  });
});
