import { describe, expect, it } from "vitest";
import { InputError, NumericError } from "../../../spec/index.js";
import type { WeightTensor } from "../weights/loaded-weights.js";
import { TrainedParameters } from "./trained-parameters.js";

const tensor = (shape: readonly number[], ...data: number[]): WeightTensor => ({
  shape,
  data: Float32Array.from(data),
});
const initial = new Map([
  ["matrix", tensor([2, 3], 1, 2, 3, 4, 5, 6)],
  ["norm", tensor([2], 1, 1)],
]);
const begun = (): TrainedParameters => {
  const parameters = new TrainedParameters(initial);
  parameters.begin();
  return parameters;
};
const values = (parameters: TrainedParameters): number[][] =>
  [...parameters.tensors.values()].map(({ data }) => [...data]);
const gradients = (parameters: TrainedParameters): number[][] =>
  [...parameters.gradients.values()].map(({ data }) => [...data]);

describe("TrainedParameters", () => {
  it("adds gradients of whole weights and of rows, and leaves out further rows", () => {
    const parameters = begun();
    parameters.addRowGradients(
      "matrix",
      Int32Array.of(1, 1, 0),
      Float32Array.of(1, 2, 3, 1, 1, 1, 5, 5, 5, 9, 9, 9),
    );
    parameters.addGradient("matrix", Float32Array.of(10, 0, 0, 0, 0, 0));
    parameters.addGradient("norm", Float32Array.of(1, 2));
    parameters.addGradient("norm", Float32Array.of(1, 2));
    expect(gradients(parameters)).toEqual([
      [15, 5, 5, 2, 3, 4],
      [2, 4],
    ]);
  });

  it("reports the norm before clipping, moves by the clipped gradient, and clears it", () => {
    const [clipped, small] = [begun(), begun()];
    clipped.addGradient("norm", Float32Array.of(30, 40));
    small.addGradient("norm", Float32Array.of(0.6, 0.8));
    // A large eps makes the step depend on the size of the gradient.
    expect(clipped.step({ learningRate: 1, eps: 1 }).gradientNorm).toBe(50);
    small.step({ learningRate: 1, eps: 1 });
    expect(values(clipped)[1]![0]).toBeCloseTo(values(small)[1]![0]!, 6);
    expect(values(clipped)[1]![0]).toBeLessThan(1);
    expect(
      gradients(clipped)
        .flat()
        .every((value) => value === 0),
    ).toBe(true);
  });

  it("decays matrices, never vectors", () => {
    const parameters = begun();
    parameters.step({ learningRate: 0.5, weightDecay: 0.5 });
    expect(values(parameters)).toEqual([
      [0.75, 1.5, 2.25, 3, 3.75, 4.5],
      [1, 1],
    ]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("drops a gradient with %d and keeps the weights", (bad) => {
    const parameters = begun();
    parameters.addGradient("norm", Float32Array.of(1, bad));
    expect(() => parameters.step({ learningRate: 1 })).toThrow(NumericError);
    expect(values(parameters)).toEqual(values(new TrainedParameters(initial)));
    expect(() => parameters.step({ learningRate: 1 })).toThrow(InputError);
    expect(parameters.optimizerState().step).toBe(0);
  });

  it("goes on from a saved state with the same bits", () => {
    const train = (parameters: TrainedParameters, steps: readonly number[]): void => {
      for (const step of steps) {
        parameters.begin();
        parameters.addGradient(
          "matrix",
          Float32Array.from({ length: 6 }, (_, i) => Math.sin(i * step)),
        );
        parameters.step({ learningRate: 0.1 });
      }
    };
    const [whole, before, after] = [1, 2, 3].map(begun);
    train(whole!, [1, 2, 3, 4]);
    train(before!, [1, 2]);
    after!.addGradient("norm", Float32Array.of(1, 1));
    after!.restore(before!.tensors, before!.optimizerState());
    train(after!, [3, 4]);
    expect(values(after!)).toEqual(values(whole!));
    expect(after!.optimizerState()).toEqual(whole!.optimizerState());
  });

  it("refuses a state that does not fit and changes nothing", () => {
    const parameters = new TrainedParameters(initial);
    const other = new TrainedParameters(new Map([["matrix", tensor([2, 3], 0, 0, 0, 0, 0, 0)]]));
    expect(() => parameters.restore(other.tensors, other.optimizerState())).toThrow("norm is missing");
    expect(values(parameters)).toEqual(values(new TrainedParameters(initial)));
  });
});
