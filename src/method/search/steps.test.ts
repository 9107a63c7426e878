import { describe, expect, it } from "vitest";
import { inventedRoot } from "../../../test/support/search-models.js";
import { backup, closeUpwards } from "./backup.js";
import { priorOf } from "./expand.js";
import { outcomeOf, selfEvaluationOf } from "./reward.js";
import { puctScore, selectLeaf } from "./select.js";
import { defaultSearchSettings } from "./settings.js";
import { addNode, plantTree, responseOf, type TreeNode } from "./tree.js";

const facts = { fragment: { tokens: [1], logprobs: [-1], text: "x" }, prior: 0.5, terminal: false };
const grow = () => {
  const tree = plantTree(inventedRoot("a"), 1, 1);
  const root = tree.nodes[0]!;
  const children = [addNode(tree, root, facts), addNode(tree, root, facts)] as [TreeNode, TreeNode];
  return { tree, root, children };
};

describe("puctScore", () => {
  it.each([
    [0, 0.5, 0, 4, 1, 1],
    [0.25, 0.5, 3, 16, 2, 0.25 + 1],
    [-1, 1, 1, 9, 0, -1],
    [0, 0, 0, 100, 5, 0],
  ])("Q %f, p %f, N(child) %i, N(parent) %i, c %f: %f", (q, prior, visits, parentVisits, cPuct, expected) => {
    const { children } = grow();
    expect(puctScore({ ...children[0], q, prior, visits }, parentVisits, cPuct)).toBeCloseTo(expected, 12);
  });
});

describe("selectLeaf", () => {
  it("takes the first of equals, the better by Q, the less visited, and never a closed one", () => {
    const { tree, root, children } = grow();
    root.visits = 2;
    expect(selectLeaf(tree, 1)).toBe(children[0]);
    children[1].q = 0.1;
    expect(selectLeaf(tree, 1)).toBe(children[1]);
    children[1].visits = 5;
    expect(selectLeaf(tree, 1)).toBe(children[0]);
    children[0].closed = true;
    expect(selectLeaf(tree, 1)).toBe(children[1]);
  });

  it("is the root of a new tree, and nothing in a closed one", () => {
    const { tree, root } = grow();
    root.closed = true;
    expect(selectLeaf(tree, 1)).toBeNull();
    const fresh = plantTree(inventedRoot("a"), 1, 1);
    expect(selectLeaf(fresh, 1)).toBe(fresh.nodes[0]);
  });
});

describe("backup", () => {
  it("updates Q, V and N from a deep node to the root", () => {
    const { tree, root, children } = grow();
    children[0].reward = 0.5;
    children[1].reward = -1;
    for (const child of children) backup(child, 0.5);
    expect([root.visits, root.value]).toEqual([2, -0.25]);
    const grandchild = addNode(tree, children[0], facts);
    grandchild.reward = 1;
    backup(grandchild, 0.5);
    expect([grandchild.visits, grandchild.value, grandchild.q]).toEqual([1, 0, 1]);
    expect([children[0].visits, children[0].value, children[0].q]).toEqual([2, 1, 1]);
    expect([root.visits, root.value]).toEqual([3, (2 * 1 - 1) / 3]);
    expect(responseOf(grandchild)).toEqual([1, 1]);
  });

  it("closes upwards as far as every child is closed", () => {
    const { root, children } = grow();
    closeUpwards(children[0]);
    expect([children[0].closed, root.closed]).toEqual([true, false]);
    closeUpwards(children[1]);
    expect(root.closed).toBe(true);
  });
});

describe("priorOf", () => {
  it.each([
    [[-1, -3], 1, Math.exp(-2)],
    [[-1, -3], 0, Math.exp(-4)],
    [[-1, -3], 2, Math.exp(-1)],
    [[0], 1.25, 1],
    [[1e-7], 1, 1],
    [[Number.NEGATIVE_INFINITY], 1, 0],
  ])("of %j with λ = %f is %f", (logprobs, lambda, expected) => {
    expect(priorOf({ logprobs }, lambda)).toBeCloseTo(expected, 12);
  });
});

describe("outcomeOf", () => {
  const levels = (
    functionName: number,
    argumentName: number,
    argumentType: number,
    argumentValue: number,
  ) => ({
    functionName,
    argumentName,
    argumentType,
    argumentValue,
  });
  it.each([
    [levels(1, 1, 1, 1), levels(1, 1, 1, 1), 1],
    [levels(0, 0, 0, 0), levels(1, 1, 1, 1), -1],
    [levels(1, 1, 1, 0), levels(1, 1, 1, 1), 0.5],
    [levels(1, 1, 1, 0), levels(0, 0, 0, 5), -1],
    [levels(1, 0, 0, 0.5), levels(1, 0, 0, 3), 0.25],
  ])("%o weighted %o is %f", (agreement, weights, expected) => {
    expect(outcomeOf(agreement, { ...defaultSearchSettings.weights, ...weights })).toBeCloseTo(expected, 12);
  });
});

describe("selfEvaluationOf", () => {
  it.each([
    [[0, -1e9, -1e9, -1e9], 1],
    [[-1e9, -1e9, -1e9, 0], -1],
    [[-7, -7, -1e9, -1e9], 0.55],
    [[Math.log(0.4), Math.log(0.4), Math.log(0.1), Math.log(0.1)], 0.14],
  ] as [[number, number, number, number], number][])("of %j is %f", (logprobs, expected) => {
    expect(selfEvaluationOf(logprobs)).toBeCloseTo(expected, 12);
  });
});
