import fc from "fast-check";
import { expect, it } from "vitest";
import { PrefixTreeBuilder, prefixOrder } from "./prefix-tree.js";

const items = fc
  .array(fc.array(fc.nat(2), { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 15 })
  .map((sequences) => sequences.map((sequence, index) => ({ index, sequence, length: sequence.length })));

it("orders sequences so that the tree has one node for each distinct beginning, in preorder", () => {
  fc.assert(
    fc.property(items, (given) => {
      const ordered = prefixOrder(given);
      expect(ordered.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
        given.map(({ index }) => index),
      );
      const builder = new PrefixTreeBuilder();
      const beginnings = new Set(
        given.flatMap(({ sequence }) => sequence.map((_, t) => String(sequence.slice(0, t + 1)))),
      );
      for (const { sequence, length } of ordered) {
        const size = builder.size;
        const cost = builder.cost(sequence, length);
        const path = builder.add(sequence, length);
        expect(builder.size - size).toBe(cost);
        const { tokens, parents, depths } = builder.tree();
        expect(path.map((node) => tokens[node])).toEqual(sequence);
        expect(path.map((node) => parents[node])).toEqual([-1, ...path.slice(0, -1)]);
        expect(path.map((node) => depths[node])).toEqual(path.map((_, depth) => depth));
      }
      const { parents, depths } = builder.tree();
      expect(builder.size).toBe(beginnings.size);
      for (let node = 1; node < parents.length; node += 1) {
        // In preorder a node's parent is the node before it or an ancestor of that one.
        let above = node - 1;
        while (above >= 0 && depths[above]! >= depths[node]!) above = parents[above]!;
        expect(parents[node]).toBe(above);
      }
    }),
  );
});

it("visits the shorter branch first, equal ones in the order given", () => {
  const order = (sequences: readonly (readonly number[])[]): number[] =>
    prefixOrder(sequences.map((sequence, index) => ({ index, sequence, length: sequence.length }))).map(
      ({ index }) => index,
    );
  expect(order([[9, 1, 1], [5], [7, 2], [4, 4]])).toEqual([1, 2, 3, 0]);
  expect(order([[1, 5, 5, 5], [1, 9], [2, 0, 0], [1]])).toEqual([2, 3, 1, 0]);
});

it("reads no more than the length says", () => {
  const builder = new PrefixTreeBuilder();
  builder.add([1, 2, 3], 2);
  expect(builder.cost([1, 2, 3], 3)).toBe(1);
  builder.add([1], 1);
  expect(builder.cost([1, 2], 2)).toBe(0);
});

it("orders thousands of sequences that begin each other", () => {
  const long = Array.from({ length: 3000 }, (_, t) => t % 7);
  const nested = long.map((_, index) => ({ index, sequence: long, length: index + 1 }));
  expect(prefixOrder(nested.toReversed()).map(({ length }) => length)).toEqual(
    nested.map(({ length }) => length),
  );
});
