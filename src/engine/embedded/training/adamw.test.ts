import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adamWStep, completeStepOptions, norm } from "./adamw.js";

/** AdamW as its paper writes it, one number at a time in double precision. */
function reference(theta: number, gradients: readonly number[], options: typeof settings): number {
  let [m, v, value] = [0, 0, theta];
  for (const [index, gradient] of gradients.entries()) {
    const g = gradient * options.gradientScale;
    m = options.beta1 * m + (1 - options.beta1) * g;
    v = options.beta2 * v + (1 - options.beta2) * g * g;
    const meanHat = m / (1 - options.beta1 ** (index + 1));
    const squareHat = v / (1 - options.beta2 ** (index + 1));
    const decay = options.weightDecay * value;
    value -= options.learningRate * (meanHat / (Math.sqrt(squareHat) + options.eps) + decay);
  }
  return value;
}

const settings = {
  ...completeStepOptions({ learningRate: 0.01, beta2: 0.95, weightDecay: 0.1, eps: 1e-6 }),
  gradientScale: 0.5,
};

describe("adamWStep", () => {
  it.each([1, 3, 4, 5, 8191, 8192, 8193, 20_000])(
    "agrees with the paper's formulas on %i numbers",
    (size) => {
      const parameters = Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1));
      const initial = parameters.slice();
      const gradients = [1, 2, 3].map((step) =>
        Float32Array.from({ length: size }, (_, i) => Math.cos(step * i)),
      );
      const state = { step: 0, first: new Float32Array(size), second: new Float32Array(size) };
      for (const gradient of gradients) {
        adamWStep(parameters, gradient, state, [{ offset: 0, size, decays: true }], settings);
      }
      expect(state.step).toBe(3);
      const errors = Array.from(initial, (value, i) => {
        const own = gradients.map((gradient) => gradient[i]!);
        return Math.abs(parameters[i]! - reference(value, own, settings));
      });
      expect(Math.max(...errors)).toBeLessThan(2e-6);
    },
  );

  it("changes the ranges only, and decays only those that decay", () => {
    const parameters = new Float32Array(12).fill(1);
    const state = { step: 0, first: new Float32Array(12), second: new Float32Array(12) };
    const ranges = [
      { offset: 0, size: 3, decays: true },
      { offset: 5, size: 6, decays: false },
    ];
    adamWStep(parameters, new Float32Array(12), state, ranges, { ...settings, eps: 1 });
    const kept = Math.fround(1 - settings.learningRate * settings.weightDecay);
    expect(Array.from(parameters)).toEqual([kept, kept, kept, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});

describe("norm", () => {
  it("is the Euclidean norm", () => {
    const finite = fc.float32Array({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(finite, (values) => {
        const expected = Math.hypot(...values);
        expect(Math.abs(norm(values) - expected)).toBeLessThanOrEqual(1e-12 * expected);
      }),
    );
  });
});
