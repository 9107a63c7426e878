import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Difficulty } from "../spec/index.js";
import { classifyDifficulty, orderByCurriculum } from "./curriculum.js";

describe("classifyDifficulty", () => {
  it.each([
    [1, 999, 1, "easy"],
    [0, 0, 0, "easy"],
    [2, 999, 1, "medium"],
    [3, 500, 0, "medium"],
    [1, 1000, 1, "medium"],
    [1, 1999, 1, "medium"],
    [1, 10, 2, "medium"],
    [1, 10, 3, "medium"],
    [4, 10, 1, "hard"],
    [1, 2000, 1, "hard"],
    [1, 10, 4, "hard"],
    [3, 1999, 3, "medium"],
  ] as const)("%i tools, %i characters, %i calls: %s", (toolCount, toolTextLength, callCount, expected) => {
    expect(classifyDifficulty({ toolCount, toolTextLength, callCount })).toBe(expected);
  });
});

const rows = (classes: readonly Difficulty[]) =>
  classes.map((difficulty, index) => ({ id: `row-${index}`, difficulty }));
const anyRows = fc.array(fc.constantFrom<Difficulty>("easy", "medium", "hard"), { maxLength: 40 }).map(rows);

describe("orderByCurriculum", () => {
  it("keeps every row once, easy before medium before hard", () => {
    fc.assert(
      fc.property(anyRows, fc.integer(), (examples, seed) => {
        const { examples: ordered, counts } = orderByCurriculum(examples, seed);
        expect(ordered.map((row) => row.id).sort()).toEqual(examples.map((row) => row.id).sort());
        const ranks = ordered.map((row) => ["easy", "medium", "hard"].indexOf(row.difficulty));
        expect(ranks).toEqual(ranks.toSorted());
        expect(counts.easy + counts.medium + counts.hard).toBe(examples.length);
      }),
    );
  });

  it("depends on the seed and the set of rows, not on their order", () => {
    const examples = rows(Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? "easy" : "hard")));
    const ordered = orderByCurriculum(examples, 1).examples;
    expect(orderByCurriculum(examples.toReversed(), 1).examples).toEqual(ordered);
    expect(orderByCurriculum(examples, 2).examples).not.toEqual(ordered);
    expect(ordered.slice(0, 15)).not.toEqual(examples.filter((row) => row.difficulty === "easy"));
  });

  it("reports empty classes", () => {
    expect(orderByCurriculum(rows(["hard", "easy"]), 1)).toMatchObject({
      counts: { easy: 1, medium: 0, hard: 1 },
      empty: ["medium"],
    });
    expect(orderByCurriculum([], 1)).toMatchObject({ examples: [], empty: ["easy", "medium", "hard"] });
  });

  it("reverses or mixes the classes for the ablations", () => {
    const examples = rows(Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? "easy" : "hard")));
    const classes = (order: "hard-to-easy" | "mixed") =>
      orderByCurriculum(examples, 1, order).examples.map((row) => row.difficulty);
    expect(classes("hard-to-easy")).toEqual([...new Array(20).fill("hard"), ...new Array(20).fill("easy")]);
    expect(new Set(classes("mixed").slice(0, 20)).size).toBe(2);
  });
});
