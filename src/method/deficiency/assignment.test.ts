import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bestAssignment } from "./assignment.js";

/** The highest total by trying everything. */
function bruteForce(scores: readonly (readonly number[])[], used: readonly number[] = []): number {
  const row = used.length;
  if (row === scores.length) return 0;
  const columns = scores[row]!.map((_, column) => column).filter((column) => !used.includes(column));
  const skip = scores.length > scores[0]!.length ? [bruteForce(scores, [...used, -1])] : [];
  return Math.max(
    ...skip,
    ...columns.map((column) => scores[row]![column]! + bruteForce(scores, [...used, column])),
  );
}

const anyScores = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(fc.nat(12), { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  );

describe("bestAssignment", () => {
  it.each([
    [[], []],
    [[[]], [-1]],
    [[[0]], [0]],
    [
      [
        [1, 2],
        [1, 4],
      ],
      [0, 1],
    ],
    [
      [
        [3, 4],
        [1, 4],
      ],
      [0, 1],
    ],
    [
      [[1], [3], [2]],
      [-1, 0, -1],
    ],
    [[[0, 0, 5]], [2]],
  ] as [number[][], number[]][])("of %j is %j", (scores, expected) => {
    expect(bestAssignment(scores)).toEqual(expected);
  });

  it("reaches the highest total, each column once, as many as possible", () => {
    fc.assert(
      fc.property(anyScores, (scores) => {
        const assigned = bestAssignment(scores);
        const pairs = [...assigned.entries()].filter(([, column]) => column >= 0);
        expect(new Set(pairs.map(([, column]) => column)).size).toBe(pairs.length);
        expect(pairs).toHaveLength(Math.min(scores.length, scores[0]!.length));
        const total = pairs.reduce((sum, [row, column]) => sum + scores[row]![column]!, 0);
        expect(total).toBe(bruteForce(scores));
      }),
      { numRuns: 150 },
    );
  });
});
