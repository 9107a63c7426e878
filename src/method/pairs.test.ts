import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, type SearchNode, type SearchTree } from "../spec/index.js";
import { defaultPairSettings, extractPairs, fragmentOverlap, type PairSettings } from "./pairs.js";

const zero = { functionName: 0, argumentName: 0, argumentType: 0, argumentValue: 0 };
type NodeFacts = Partial<SearchNode> & { readonly tokens?: readonly number[]; readonly text?: string };

/** A node whose text, unless given, is its tokens. */
function node(
  id: number,
  parent: number | null,
  q: number,
  { tokens = [id], text, ...more }: NodeFacts = {},
): SearchNode {
  const fragment = { tokens, logprobs: tokens.map(() => -1), text: text ?? tokens.join("-") };
  const counts = { multiplicity: 1, visits: 1, prior: 0.5 };
  const values = { reward: q, outcome: q, selfEvaluation: null, agreement: zero, value: 0, q };
  return { id, parent, depth: 0, fragment, ...counts, ...values, continuation: [], terminal: false, ...more };
}

const root = node(0, null, 0, { tokens: [], text: "" });
const treeOf = (...nodes: SearchNode[]): SearchTree => ({
  exampleId: "ex",
  round: 2,
  prompt: [90, 91],
  nodes: [root, ...nodes],
});
const extract = (tree: SearchTree, settings: Partial<PairSettings> = {}) =>
  extractPairs([tree], { ...defaultPairSettings, ...settings });

describe("extractPairs", () => {
  it("pairs the best with the worst child behind the prefix down to their parent", () => {
    const tree = treeOf(node(1, 0, 0.9), node(2, 0, 0.1), node(3, 0, -0.8), node(4, 1, 1), node(5, 1, 0.5));
    const { pairs, counts } = extract(tree);
    expect(pairs).toEqual([
      {
        id: "ex/round-02/node-0",
        exampleId: "ex",
        round: 2,
        prefix: [90, 91],
        promptLength: 2,
        chosen: [1],
        rejected: [3],
        prefixText: "",
        chosenText: "1",
        rejectedText: "3",
        chosenValue: 0.9,
        rejectedValue: -0.8,
      },
      {
        id: "ex/round-02/node-1",
        exampleId: "ex",
        round: 2,
        prefix: [90, 91, 1],
        promptLength: 2,
        chosen: [4],
        rejected: [5],
        prefixText: "1",
        chosenText: "4",
        rejectedText: "5",
        chosenValue: 1,
        rejectedValue: 0.5,
      },
    ]);
    expect(counts).toMatchObject({ expandedNodes: 2, pairs: 2 });
  });

  it("compares by the mean outcome of the responses through a fragment where asked", () => {
    const tree = treeOf(
      node(1, 0, 1.1, { outcome: 0.5, multiplicity: 2 }),
      node(2, 0, 1, { outcome: 1 }),
      node(3, 1, 0.8, { outcome: 0.8 }),
      node(4, 1, 0.1, { outcome: -1 }),
    );
    expect(extract(tree).pairs[0]).toMatchObject({ chosen: [1], chosenValue: 1.1, rejectedValue: 1 });
    const { pairs } = extract(tree, { value: "mean-outcome" });
    expect(pairs[0]).toMatchObject({ chosen: [2], rejected: [1], chosenValue: 1 });
    expect(pairs[0]!.rejectedValue).toBeCloseTo((0.5 + 0.5 + 0.8 - 1) / 4, 12);
    expect(pairs[1]).toMatchObject({ chosen: [3], rejected: [4], chosenValue: 0.8, rejectedValue: -1 });
  });

  const long = Array.from({ length: 40 }, (_, index) => index);
  it.each([
    ["single-child", treeOf(node(1, 0, 1)), {}],
    ["value-gap", treeOf(node(1, 0, 1), node(2, 0, 0.95)), {}],
    ["value-gap", treeOf(node(1, 0, 1), node(2, 0, 1)), { valueGap: 0 }],
    ["minimum-value", treeOf(node(1, 0, -0.4), node(2, 0, -1)), {}],
    [
      "overlap",
      treeOf(node(1, 0, 1, { tokens: long }), node(2, 0, 0, { tokens: [...long.slice(1), 77] })),
      {},
    ],
    ["overlap", treeOf(node(1, 0, 1, { text: "same" }), node(2, 0, 0, { text: "same" })), {}],
    ["limit", treeOf(node(1, 0, 1), node(2, 0, 0)), { maximumPairsPerTree: 0 }],
  ] as const)("refuses %s and counts it", (reason, tree, settings) => {
    const { pairs, counts } = extract(tree, settings);
    expect(pairs).toEqual([]);
    expect(counts.refusals).toEqual({
      "single-child": 0,
      "value-gap": 0,
      "minimum-value": 0,
      overlap: 0,
      limit: 0,
      [reason]: 1,
    });
  });

  it("pairs to stop with to go on after the same text", () => {
    const end = node(1, 0, 1, { tokens: [5, 0], text: "]", terminal: true });
    expect(extract(treeOf(end, node(2, 0, -1, { tokens: [5], text: "]" }))).pairs).toHaveLength(1);
  });

  it("accepts values exactly at the limits, and takes the first of equals", () => {
    const tree = treeOf(node(1, 0, -0.25), node(2, 0, -0.25), node(3, 0, -0.5), node(4, 0, -0.5));
    const { pairs } = extract(tree, { valueGap: 0.25, minimumValue: -0.25 });
    expect(pairs).toMatchObject([{ chosen: [1], rejected: [3] }]);
  });

  it("keeps the largest gaps of a tree, in order of node", () => {
    const tree = treeOf(
      node(1, 0, 1),
      node(2, 0, 0.7),
      node(3, 1, 1),
      node(4, 1, 0),
      node(5, 3, 1),
      node(6, 3, 0.5),
    );
    const { pairs, counts } = extract(tree, { maximumPairsPerTree: 2 });
    expect(pairs.map((pair) => pair.id)).toEqual(["ex/round-02/node-1", "ex/round-02/node-3"]);
    expect(counts.refusals.limit).toBe(1);
  });

  it("accounts for every expanded node", () => {
    const anyTree = fc
      .array(fc.record({ parent: fc.nat(), q: fc.integer({ min: -20, max: 20 }), token: fc.nat(3) }), {
        maxLength: 30,
      })
      .map((rows) =>
        treeOf(
          ...rows.map(({ parent, q, token }, index) =>
            node(index + 1, parent % (index + 1), q / 10, { tokens: [token] }),
          ),
        ),
      );
    fc.assert(
      fc.property(anyTree, fc.option(fc.nat(3)), (tree, maximumPairsPerTree) => {
        const { pairs, counts } = extract(tree, { maximumPairsPerTree });
        const refused = Object.values(counts.refusals).reduce((sum, count) => sum + count, 0);
        expect(counts.pairs + refused).toBe(counts.expandedNodes);
        expect(new Set(pairs.map((pair) => pair.id)).size).toBe(pairs.length);
        for (const pair of pairs) {
          expect(pair.chosenValue - pair.rejectedValue).toBeGreaterThanOrEqual(0.1);
          expect(pair.chosen).not.toEqual(pair.rejected);
        }
      }),
    );
  });

  it.each([
    { valueGap: -1 },
    { minimumValue: Number.NaN },
    { maximumOverlap: 1.1 },
    { maximumPairsPerTree: -1 },
  ])("refuses the settings %o", (settings) => {
    expect(() => extract(treeOf(), settings)).toThrow(ConfigError);
  });
});

describe("fragmentOverlap", () => {
  it.each([
    [[], [], 1],
    [[1], [], 0],
    [[1, 2], [2, 1], 1],
    [[1, 1, 2], [1, 3, 3], 1 / 3],
    [[1, 2, 3, 4, 5], [1, 2, 9, 4, 5], 0.8],
  ])("of %j and %j is %f", (one, other, expected) => {
    expect(fragmentOverlap(one, other)).toBeCloseTo(expected, 12);
    expect(fragmentOverlap(other, one)).toBeCloseTo(expected, 12);
  });
});
