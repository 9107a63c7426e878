import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../spec/index.js";
import { createAdapter, mergeFactors } from "./adapter-weights.js";

const linears = ["q_proj", "down_proj"].flatMap((target) =>
  [0, 1].map((layer) => ({ module: `model.layers.${layer}.x.${target}`, inputSize: 16, outputSize: 5 })),
);

describe("createAdapter", () => {
  it("leaves the model unchanged at first and draws A within ±1/√in", () => {
    const adapter = createAdapter(linears, { rank: 3, alpha: 6 }, 7);
    expect(adapter.targets).toEqual(["down_proj", "q_proj"]);
    expect(adapter.modules.size).toBe(4);
    for (const { a, b } of adapter.modules.values()) {
      expect([a.shape, b.shape]).toEqual([
        [3, 16],
        [5, 3],
      ]);
      expect(b.data.every((value) => value === 0)).toBe(true);
      expect(Math.max(...a.data.map(Math.abs))).toBeLessThanOrEqual(0.25);
      expect(Math.max(...a.data.map(Math.abs))).toBeGreaterThan(0.15);
    }
  });

  it("gives each module numbers of its own that depend on the seed and not on the other targets", () => {
    const all = createAdapter(linears, { rank: 2, alpha: 2 }, 1).modules;
    const one = createAdapter(linears, { rank: 2, alpha: 2, targets: ["q_proj"] }, 1).modules;
    expect([...one.keys()]).toEqual(["model.layers.0.x.q_proj", "model.layers.1.x.q_proj"]);
    expect(one.get("model.layers.1.x.q_proj")).toEqual(all.get("model.layers.1.x.q_proj"));
    expect(all.get("model.layers.0.x.q_proj")).not.toEqual(all.get("model.layers.1.x.q_proj"));
    expect(createAdapter(linears, { rank: 2, alpha: 2 }, 2).modules).not.toEqual(all);
  });

  it.each([
    ["rank 0", { rank: 0, alpha: 1 }],
    ["a fractional rank", { rank: 1.5, alpha: 1 }],
    ["alpha 0", { rank: 1, alpha: 0 }],
    ["an unknown target", { rank: 1, alpha: 1, targets: ["head"] }],
    ["no target", { rank: 1, alpha: 1, targets: [] }],
  ])("refuses %s", (_, options) => {
    expect(() => createAdapter(linears, options, 0)).toThrow(ConfigError);
  });
});

it("merges W + scale · B · A", () => {
  const weight = { shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) };
  const a = { shape: [2, 3], data: new Float32Array([1, 0, 2, 0, 1, 0]) };
  const b = { shape: [2, 2], data: new Float32Array([1, 2, 0, -1]) };
  const merged = mergeFactors(weight, { a, b }, 0.5);
  expect(Array.from(merged.data)).toEqual([1.5, 3, 4, 4, 4.5, 6]);
  expect(Array.from(weight.data)).toEqual([1, 2, 3, 4, 5, 6]);
});
