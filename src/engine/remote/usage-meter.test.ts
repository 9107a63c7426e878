import { describe, expect, it, vi } from "vitest";
import { type Budget, costOf, UsageMeter } from "./usage-meter.js";

const prices = { read: 1, trained: 10, written: 4 };

describe("UsageMeter", () => {
  it("adds up", () => {
    const meter = new UsageMeter();
    meter.add({ read: 3, requests: 1 });
    meter.add({ trained: 2, written: 5 });
    expect(meter.usage).toEqual({ read: 3, trained: 2, written: 5, requests: 1 });
    expect(meter.spent).toBeUndefined();
  });

  it.each<[keyof Budget, Budget]>([
    ["tokens", { tokens: 30, requests: 100 }],
    ["requests", { tokens: 1000, requests: 3 }],
    ["cost", { cost: 449e-6 }],
  ])("tells once when the bound of %s is reached, not before", (bound, budget) => {
    const onSpent = vi.fn();
    const meter = new UsageMeter({ budget, prices, onSpent });
    for (let call = 1; call <= 5; call += 1) {
      meter.add({ trained: 10, read: bound === "cost" ? 50 : 0, requests: 1 });
      expect(onSpent).toHaveBeenCalledTimes(Number(call >= 3));
    }
    expect(onSpent.mock.calls[0]![1]).toBe(bound);
    expect(meter.spent).toBe(bound);
  });

  it("counts what was used earlier against the budget", () => {
    const meter = new UsageMeter({ budget: { tokens: 10 } });
    meter.add({ read: 10, trained: 0, written: 0, requests: 4 });
    expect(meter.spent).toBe("tokens");
  });
});

it("costOf takes prices of a million tokens", () => {
  expect(costOf({ read: 2e6, trained: 1e6, written: 5e5 }, prices)).toBe(2 + 10 + 2);
  expect(costOf({ read: 2e6, trained: 1e6, written: 5e5 }, undefined)).toBe(0);
});
