import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../spec/index.js";
import { createRandom, deriveSeed, restoreRandom } from "./random.js";

const draws = (seed: number, count: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.uniform());
};
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("createRandom", () => {
  it("repeats itself for equal seeds and differs for others", () => {
    expect(draws(7, 50)).toEqual(draws(7, 50));
    expect(draws(7, 50)).not.toEqual(draws(8, 50));
  });

  it("is pinned: these numbers must never change", () => {
    const random = createRandom(1);
    expect([random.integer(1000), random.integer(1000), random.integer(1000)]).toEqual([700, 400, 304]);
    expect(random.shuffle([0, 1, 2, 3, 4])).toEqual([3, 1, 2, 4, 0]);
  });

  it("has first draws that do not follow the seed", () => {
    const firsts = Array.from({ length: 4000 }, (_, seed) => createRandom(seed).uniform());
    expect(Math.abs(mean(firsts) - 0.5)).toBeLessThan(0.02);
    const products = firsts.slice(1).map((value, index) => (value - 0.5) * (firsts[index]! - 0.5));
    expect(Math.abs(mean(products))).toBeLessThan(0.01);
  });

  it("draws uniforms in [0, 1) with the right moments", () => {
    const values = draws(3, 20_000);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(mean(values.map((value) => (value - 0.5) ** 2)) - 1 / 12)).toBeLessThan(0.003);
  });

  it("draws normals with mean 0, variance 1 and kurtosis 3", () => {
    const random = createRandom(5);
    const values = Array.from({ length: 40_000 }, () => random.normal());
    expect(Math.abs(mean(values))).toBeLessThan(0.02);
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(0.03);
    expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan(0.2);
  });

  it("draws every integer equally often (chi square, 9 degrees of freedom)", () => {
    const random = createRandom(11);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 20_000; draw++) counts[random.integer(10)]! += 1;
    expect(counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(27.9);
  });

  it("shuffles into every order equally often and leaves the input alone", () => {
    const random = createRandom(13);
    const items = Object.freeze(["a", "b", "c"]);
    const orders = new Map<string, number>();
    for (let draw = 0; draw < 6000; draw++) {
      const order = random.shuffle(items).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 31 + 1])("refuses integer(%s)", (n) => {
    expect(() => createRandom(1).integer(n)).toThrow(InputError);
  });

  it("chooses an item, and refuses to choose from none", () => {
    expect(["x", "y"]).toContain(createRandom(1).choice(["x", "y"]));
    expect(() => createRandom(1).choice([])).toThrow(InputError);
  });

  it("goes on from a saved state, also after JSON", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 20 }), (seed, skipped) => {
        const random = createRandom(seed);
        for (let draw = 0; draw < skipped; draw++) random.normal();
        const saved = JSON.parse(JSON.stringify(random.state()));
        const expected = [random.uniform(), random.normal(), random.integer(99)];
        const restored = restoreRandom(saved);
        expect([restored.uniform(), restored.normal(), restored.integer(99)]).toEqual(expected);
      }),
    );
  });
});

describe("deriveSeed", () => {
  it.each([
    [
      [1, "a", "b"],
      [1, "ab"],
    ],
    [
      [1, 1],
      [1, "1"],
    ],
    [
      [1, "a", 2],
      [1, 2, "a"],
    ],
    [[1], [2]],
    [[1, ""], [1]],
    [[0.1], [0.2]],
  ] as [[number, ...(string | number)[]], [number, ...(string | number)[]]][])(
    "%j and %j differ",
    (one, other) => {
      expect(deriveSeed(...one)).not.toBe(deriveSeed(...other));
    },
  );

  it("is pinned and in range", () => {
    expect(deriveSeed(1, "tree", "row-17", 3)).toBe(2009146258);
    expect(deriveSeed(-0)).toBe(deriveSeed(0));
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), (seed, label) => {
        const derived = deriveSeed(seed, label);
        return Number.isInteger(derived) && derived >= 0 && derived < 2 ** 32;
      }),
    );
  });

  it("hardly ever collides: 20,000 labels, at most a few", () => {
    const seeds = new Set(Array.from({ length: 20_000 }, (_, index) => deriveSeed(1, "sample", index)));
    expect(seeds.size).toBeGreaterThan(19_995);
  });

  it("refuses seeds that are not finite", () => {
    expect(() => deriveSeed(Number.NaN)).toThrow(InputError);
  });
});
