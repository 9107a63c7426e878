import { describe, expect, it } from "vitest";
import { createRandom } from "../../method/index.js";
import { ModelError, NumericError } from "../../spec/index.js";
import { createAdapter } from "../embedded/weights/adapter-weights.js";
import { BigramModel, type BigramModelOptions, bigramModule } from "./bigram-model.js";
import { scriptedContinuations } from "./scripted-options.js";

const size = 5;
const random = createRandom(1);
const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());

function model(changes: Partial<BigramModelOptions> = {}): BigramModel {
  return new BigramModel({
    vocabularySize: size,
    script: (prefix) => [prefix.length, 0, 0.5, -1, 0],
    table: { shape: [size, size], data: values(size * size) },
    adapter: undefined,
    train: "full",
    ...changes,
  });
}

describe("the gradient agrees with finite differences", () => {
  const sequence = [1, 3, 3, 0, 4];
  const gradient = new Float32Array([0.5, -1, 0, 2]);
  const linear = { module: bigramModule, inputSize: size, outputSize: size };
  const drawn = createAdapter([linear], { rank: 2, alpha: 3 }, 4);
  const factors = { ...drawn.modules.get(bigramModule)!, b: { shape: [size, 2], data: values(size * 2) } };
  const adapter = { ...drawn, modules: new Map([[bigramModule, factors]]) };

  it.each(["full", "adapter"] as const)("%s", (train) => {
    const subject = model({ train, adapter });
    const parameters = subject.parameters!;
    const weighted = (): number =>
      subject.score(sequence).reduce((sum, logprob, index) => sum + gradient[index]! * logprob, 0);
    parameters.begin();
    subject.backward(sequence, gradient);
    let checked = 0;
    for (const [name, { data }] of parameters.tensors) {
      for (let index = 0; index < data.length; index++) {
        const kept = data[index]!;
        const at = (offset: number): number => {
          data[index] = kept + offset;
          subject.weightsChanged();
          return weighted();
        };
        const difference = (at(0.01) - at(-0.01)) / 0.02;
        data[index] = kept;
        expect(parameters.gradients.get(name)!.data[index]!).toBeCloseTo(difference, 2);
        checked++;
      }
    }
    expect(checked).toBe(train === "full" ? 25 : 20);
  });
});

it("refuses scripts that give no distribution", () => {
  expect(() => model({ script: () => [0] }).score([0, 1])).toThrow(ModelError);
  expect(() => model({ script: () => new Array<number>(size).fill(Number.NaN) }).score([0, 1])).toThrow(
    NumericError,
  );
  const nothing = new Array<number>(size).fill(Number.NEGATIVE_INFINITY);
  expect(() => model({ script: () => nothing }).score([0, 1])).toThrow(NumericError);
});

it("scripts fixed continuations", () => {
  const script = scriptedContinuations(size, [[1, 2, 3]], 4);
  const certain = model({
    script,
    train: "none",
    table: { shape: [size, size], data: new Float32Array(25) },
  });
  expect(Array.from(certain.score([1, 2, 3, 4]))).toEqual([0, 0, 0]);
  expect(certain.score([2, 3])[0]).toBe(Number.NEGATIVE_INFINITY);
});
