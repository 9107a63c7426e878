import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../spec/index.js";
import { gatherWanted, scatterWanted } from "./batch-inputs.js";
import { checkSequences, checkShape, planBatches } from "./batches.js";

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
  const sequences = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 30 }), { maxLength: 20 });

  it("puts every wanted log-probability into exactly one run, within the limits", () => {
    const cases = fc.record({
      sequences,
      tokens: fc.integer({ min: 1, max: 60 }),
      wanted: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(cases, fc.func(fc.boolean()), ({ sequences, ...bounds }, isWanted) => {
        const batches = planBatches(sequences, isWanted, bounds);
        const seen = batches.flat().flatMap(({ index, wanted }) => wanted.map((t) => `${index}:${t}`));
        const expected = sequences.flatMap((sequence, index) =>
          sequence.flatMap((_, t) => (t > 0 && isWanted(index, t) ? [`${index}:${t}`] : [])),
        );
        expect(seen.sort()).toEqual(expected.sort());
        for (const batch of batches) {
          if (batch.length === 1) continue;
          expect(batch.length * Math.max(...batch.map(({ length }) => length))).toBeLessThanOrEqual(
            bounds.tokens,
          );
          expect(batch.reduce((sum, item) => sum + item.wanted.length, 0)).toBeLessThanOrEqual(bounds.wanted);
        }
      }),
    );
  });

  it("reads no token behind the last wanted one, and starts with the shortest", () => {
    const batches = planBatches([[1, 2, 3, 4], [5, 6], [7]], (index, t) => index !== 0 || t === 2, {
      tokens: 1,
      wanted: 9,
    });
    expect(batches.map(([item]) => [item!.index, item!.length, item!.wanted])).toEqual([
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
    const [batch] = planBatches(sequences, (_, t) => t !== 1, { tokens: 99, wanted: 99 });
    const results = values.map((row) => new Float32Array(row.length));
    scatterWanted(batch!, gatherWanted(batch!, values), results);
    expect(results).toEqual([Float32Array.of(0, 2, 3), Float32Array.of(0, 5)]);
  });
});
