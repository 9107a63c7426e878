import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../spec/index.js";
import { gatherWanted, scatterWanted } from "./batch-inputs.js";
import { checkSequences, checkShape, planBatches } from "./batches.js";
import type { PrefixTree } from "./prefix-tree.js";

const limits = { vocabularySize: 10, contextLength: 4 };

describe("checkSequences", () => {
  it.each([
    ["an empty sequence", [[1], []], "Sequence 1 is empty"],
    ["a sequence beyond the context", [[1, 2, 3, 4, 5]], "the model's context is 4"],
    ["an id beyond the vocabulary", [[1, 10]], "Sequence 0 holds 10 at position 1"],
    ["a negative id", [[-1]], "holds -1"],
    ["a fraction", [[0.5]], "holds 0.5"],
  ])("refuses %s", (_, sequences, message) => {
    expect(() => checkSequences(sequences, limits)).toThrow(InputError);
    expect(() => checkSequences(sequences, limits)).toThrow(message);
  });

  it("accepts the limits themselves", () => {
    expect(() => checkSequences([[0, 9, 0, 9]], limits)).not.toThrow();
  });
});

describe("checkShape", () => {
  it("wants one array of T − 1 numbers per sequence", () => {
    const sequences = [[1, 2, 3], [1]];
    expect(() => checkShape(sequences, [[1, 2], []], "gradients")).not.toThrow();
    expect(() => checkShape(sequences, [[1, 2]], "gradients")).toThrow(
      "1 arrays of gradients for 2 sequences",
    );
    expect(() => checkShape(sequences, [[1, 2, 3], []], "gradients")).toThrow("sequence 0 have length 3");
  });
});

describe("planBatches", () => {
  const sequences = fc.array(fc.array(fc.nat(2), { minLength: 1, maxLength: 12 }), { maxLength: 20 });

  it("puts every wanted log-probability into exactly one run, within the limits", () => {
    const bounds = fc.record({
      tokens: fc.integer({ min: 1, max: 60 }),
      cachedTokens: fc.integer({ min: 1, max: 60 }),
      cells: fc.integer({ min: 1, max: 9000 }),
      wanted: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(sequences, bounds, fc.func(fc.boolean()), (given, bounds, isWanted) => {
        const batches = planBatches(given, isWanted, bounds);
        const items = batches.flatMap((batch) => batch.items);
        const seen = items.flatMap(({ index, wanted }) => wanted.map((t) => `${index}:${t}`));
        const expected = given.flatMap((sequence, index) =>
          sequence.flatMap((_, t) => (t > 0 && isWanted(index, t) ? [`${index}:${t}`] : [])),
        );
        expect(seen.sort()).toEqual(expected.sort());
        for (const { items, tree } of batches) {
          if (items.length === 1) continue;
          expect(tree.tokens.length).toBeLessThanOrEqual(bounds.tokens);
          expect(items.reduce((sum, item) => sum + item.wanted.length, 0)).toBeLessThanOrEqual(bounds.wanted);
        }
      }),
    );
  });

  it("computes each distinct beginning once, and each distinct next token of it", () => {
    fc.assert(
      fc.property(sequences, (given) => {
        const [batch] = planBatches(given, () => true, {
          tokens: 999,
          cachedTokens: 999,
          cells: 1e9,
          wanted: 999,
        });
        const read = given.flatMap((sequence) => sequence.slice(1).map((_, t) => sequence.slice(0, t + 1)));
        const predicted = given.flatMap((sequence) =>
          sequence.slice(1).map((_, t) => sequence.slice(0, t + 2)),
        );
        expect(batch?.tree.tokens.length ?? 0).toBe(new Set(read.map(String)).size);
        expect(batch?.picks.length ?? 0).toBe(new Set(predicted.map(String)).size);
        for (const { sequence, wanted, picks } of batch?.items ?? []) {
          for (const [place, t] of wanted.entries()) {
            const [row, token] = batch!.picks[picks[place]!]!;
            expect([...beginning(batch!.tree, batch!.rows[row]!), token]).toEqual(sequence.slice(0, t + 1));
          }
        }
      }),
    );
  });

  it("lets a run grow beyond what stays in the caches only by what mostly shares a beginning", () => {
    const alike = Array.from({ length: 5 }, (_, n) => [1, 1, 1, 1, 1, 1, 10 + n, 20]);
    const unlike = Array.from({ length: 3 }, (_, n) => [30 + n, 1, 1, 1, 1, 1, 1, 1]);
    const limits = { tokens: 99, cachedTokens: 8, cells: 1e9, wanted: 999 };
    const sizes = planBatches([...alike, ...unlike], () => true, limits).map(({ items }) => items.length);
    expect(sizes).toEqual([5, 1, 1, 1]);
  });

  it("reads no token behind the last wanted one, and starts with the shortest", () => {
    const batches = planBatches([[1, 2, 3, 4], [5, 6], [7]], (index, t) => index !== 0 || t === 2, {
      tokens: 1,
      cachedTokens: 1,
      cells: 1e9,
      wanted: 9,
    });
    expect(batches.map(({ items: [item] }) => [item!.index, item!.length, item!.wanted])).toEqual([
      [1, 1, [1]],
      [0, 2, [2]],
    ]);
  });
});

describe("gatherWanted and scatterWanted", () => {
  it("are inverse on the wanted places and leave the others", () => {
    const sequences = [
      [1, 2, 3, 4],
      [5, 6, 7],
    ];
    const values = [Float32Array.of(1, 2, 3), Float32Array.of(4, 5)];
    const [batch] = planBatches(sequences, (_, t) => t !== 1, {
      tokens: 99,
      cachedTokens: 99,
      cells: 1e9,
      wanted: 99,
    });
    const results = values.map((row) => new Float32Array(row.length));
    scatterWanted(batch!, gatherWanted(batch!, values), results);
    expect(results).toEqual([Float32Array.of(0, 2, 3), Float32Array.of(0, 5)]);
  });

  it("add up what several sequences want of one pick, and give each its number", () => {
    const sequences = [
      [1, 2, 3],
      [1, 2, 4],
    ];
    const [batch] = planBatches(sequences, () => true, {
      tokens: 99,
      cachedTokens: 99,
      cells: 1e9,
      wanted: 99,
    });
    const seeds = gatherWanted(batch!, [Float32Array.of(1, 2), Float32Array.of(4, 8)]);
    const results = sequences.map(() => new Float32Array(2));
    scatterWanted(batch!, seeds, results);
    expect(results).toEqual([Float32Array.of(5, 2), Float32Array.of(5, 8)]);
  });
});

/** The tokens from the root to a node. */
function beginning(tree: PrefixTree, node: number): number[] {
  const before = tree.parents[node]! < 0 ? [] : beginning(tree, tree.parents[node]!);
  return [...before, tree.tokens[node]!];
}
