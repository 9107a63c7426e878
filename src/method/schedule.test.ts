import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../spec/index.js";
import { type LearningRateSchedule, learningRateAt, warmupStepsOf } from "./schedule.js";

const all = (schedule: LearningRateSchedule, total: number) =>
  Array.from({ length: total }, (_, index) => learningRateAt(schedule, index + 1, total));

describe("learningRateAt", () => {
  it.each([
    [{ kind: "constant", peak: 2 }, [2, 2, 2, 2]],
    [{ kind: "linear", peak: 4 }, [4, 3, 2, 1]],
    [{ kind: "linear", peak: 4, floor: 0.5 }, [4, 3.5, 3, 2.5]],
    [{ kind: "cosine", peak: 2 }, [2, 1 + Math.SQRT1_2, 1, 1 - Math.SQRT1_2]],
    [{ kind: "constant", peak: 3, warmupSteps: 2 }, [1, 2, 3, 3]],
    [{ kind: "linear", peak: 3, warmupRatio: 0.5 }, [1, 2, 3, 1.5]],
    [{ kind: "cosine", peak: 5, warmupSteps: 9 }, [0.5, 1, 1.5, 2]],
    [{ kind: "linear", peak: 0 }, [0, 0, 0, 0]],
  ] as [LearningRateSchedule, number[]][])("%o over 4 steps", (schedule, expected) => {
    all(schedule, 4).forEach((rate, index) => {
      expect(rate).toBeCloseTo(expected[index]!, 12);
    });
  });

  it("rises to the peak, reaches it once warm-up is over, then never rises", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("constant" as const, "linear" as const, "cosine" as const),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (kind, warmupRatio, total) => {
          const rates = all({ kind, peak: 1, warmupRatio }, total);
          const warmup = warmupStepsOf({ warmupRatio }, total);
          expect(rates.every((rate) => rate > 0 && rate <= 1)).toBe(true);
          if (warmup < total) expect(rates[warmup]).toBe(1);
          const differences = rates.slice(1).map((rate, index) => rate - rates[index]!);
          expect(differences.slice(0, warmup).every((difference) => difference > 0)).toBe(true);
          expect(differences.slice(warmup).every((difference) => difference <= 0)).toBe(true);
        },
      ),
    );
  });

  it.each([
    [{ kind: "linear", peak: 1 }, 0, 4],
    [{ kind: "linear", peak: 1 }, 5, 4],
    [{ kind: "linear", peak: 1 }, 1.5, 4],
    [{ kind: "linear", peak: 1, floor: 2 }, 1, 4],
    [{ kind: "linear", peak: 1, warmupRatio: -1 }, 1, 4],
    [{ kind: "linear", peak: 1, warmupSteps: 0.5 }, 1, 4],
    [{ kind: "linear", peak: 1, warmupSteps: 1, warmupRatio: 0.1 }, 1, 4],
  ] as [LearningRateSchedule, number, number][])("refuses %o at step %f of %i", (schedule, step, total) => {
    expect(() => learningRateAt(schedule, step, total)).toThrow(InputError);
  });
});
