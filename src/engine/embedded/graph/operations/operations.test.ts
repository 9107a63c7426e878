import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../method/index.js";
import { GraphBuilder, type Value } from "../graph-builder.js";
import { Tape } from "../tape.js";
import { attention, stretchBiases } from "./attention.js";
import { gatedSilu } from "./gated-silu.js";
import { collectQueries, spreadKeys, spreadQueries } from "./grid.js";
import { add, linear, multiply } from "./linear.js";
import { pickLogProbabilities } from "./log-probabilities.js";
import { rmsNorm } from "./rms-norm.js";
import { rotate } from "./rotary.js";
import { reshape, selectRows, transpose } from "./shape.js";

/** One operation under test: float operands by name with their shapes, and how the result is made of them. */
interface Case {
  readonly name: string;
  readonly operands: Readonly<Record<string, readonly number[]>>;
  readonly resultShape: readonly number[];
  readonly make: (tape: Tape, operands: Readonly<Record<string, Value>>) => Value;
}

const cosines = [1, 0.5, 0.6, -0.2, 0.1, 0.9];
const sines = [0, 0.8, -0.8, 0.3, 1, 0.4];
const rotaryTables = (tape: Tape) => ({
  cosine: tape.graph.floats(cosines, [3, 2]),
  sine: tape.graph.floats(sines, [3, 2]),
  negativeSine: tape.graph.floats(
    sines.map((sine) => -sine),
    [3, 2],
  ),
});

/** Tokens 0 to 2; token 3 fills places. Token 0 is a key in both rows. */
const gridOf = ({ graph }: Tape) => ({
  queryTokens: graph.integers([0, 3, 2, 1], [2, 2]),
  queryPlaces: graph.integers([0, 0, 1, 1, 1, 0, 0, 1], [4, 2]),
  keyTokens: graph.integers([0, 1, 3, 0, 2, 3], [2, 3]),
  keyPlaces: graph.integers([0, 0, 0, 1, 1, 1, 0, 2], [4, 2]),
  sharedTokens: graph.integers([0], [1, 1]),
  sharedPlaces: graph.integers([0, 0, 1, 0], [1, 2, 2]),
});
const operandsOf = (o: Readonly<Record<string, Value>>) => ({ query: o.q!, key: o.k!, value: o.v! });
const tokens = ({ graph }: Tape) => graph.integers([0, 1, 2]);

const cases: readonly Case[] = [
  {
    name: "add",
    operands: { a: [2, 3], b: [2, 3] },
    resultShape: [2, 3],
    make: (t, o) => add(t, o.a!, o.b!),
  },
  {
    name: "multiply",
    operands: { a: [2, 3], b: [2, 3] },
    resultShape: [2, 3],
    make: (t, o) => multiply(t, o.a!, o.b!),
  },
  {
    name: "linear",
    operands: { x: [4, 3], w: [5, 3] },
    resultShape: [4, 5],
    make: (t, o) => linear(t, o.x!, o.w!),
  },
  {
    name: "linear with scale and addend",
    operands: { x: [4, 3], w: [5, 3], c: [4, 5] },
    resultShape: [4, 5],
    make: (t, o) => linear(t, o.x!, o.w!, { scale: 0.5, addend: o.c! }),
  },
  {
    name: "a sum of several uses of one operand",
    operands: { x: [3, 3], w: [3, 3] },
    resultShape: [3, 3],
    make: (t, o) => add(t, add(t, o.x!, linear(t, o.x!, o.w!)), multiply(t, o.x!, o.x!)),
  },
  {
    name: "reshape and transpose",
    operands: { x: [2, 6] },
    resultShape: [2, 3, 2],
    make: (t, o) => {
      const cube = reshape(t, o.x!, t.graph.integers([2, 2, 3]), t.graph.integers([2, 6]));
      return transpose(t, multiply(t, cube, cube), [1, 2, 0]);
    },
  },
  {
    name: "selectRows",
    operands: { x: [5, 2] },
    resultShape: [3, 2],
    make: (t, o) => selectRows(t, multiply(t, o.x!, o.x!), t.graph.integers([4, 0, 2])),
  },
  {
    name: "rmsNorm",
    operands: { x: [3, 6], w: [6] },
    resultShape: [3, 6],
    make: (t, o) => rmsNorm(t, o.x!, o.w!, 0.01, 6),
  },
  {
    name: "rotate",
    operands: { x: [6, 8] },
    resultShape: [6, 8],
    make: (t, o) => rotate(t, o.x!, t.graph.integers([0, 1, 2, 2, 0, 1], [6, 1]), rotaryTables(t)),
  },
  {
    name: "spreadQueries and collectQueries",
    operands: { x: [4, 3] },
    resultShape: [3, 3],
    make: (t, o) => {
      const places = spreadQueries(t, o.x!, gridOf(t));
      return selectRows(t, collectQueries(t, multiply(t, places, places), gridOf(t)), tokens(t));
    },
  },
  {
    name: "spreadKeys with a token in two rows",
    operands: { x: [4, 3] },
    resultShape: [4, 3],
    make: (t, o) => {
      const places = spreadKeys(t, o.x!, gridOf(t));
      const flat = reshape(
        t,
        multiply(t, places, places),
        t.graph.integers([6, 3]),
        t.graph.integers([2, 3, 3]),
      );
      return selectRows(t, flat, t.graph.integers([0, 1, 3, 4]));
    },
  },
  {
    name: "spreadKeys with no token in two rows",
    operands: { x: [3, 2] },
    resultShape: [1, 3, 2],
    make: (t, o) => {
      const alone = {
        keyTokens: t.graph.integers([2, 0, 1], [1, 3]),
        sharedTokens: t.graph.integers([], [0, 1]),
      };
      const keyPlaces = t.graph.integers([0, 1, 0, 2, 0, 0], [3, 2]);
      const sharedPlaces = t.graph.integers([], [0, 1, 2]);
      return spreadKeys(t, o.x!, { ...gridOf(t), ...alone, keyPlaces, sharedPlaces });
    },
  },
  {
    name: "gatedSilu",
    operands: { gate: [3, 4], up: [3, 4] },
    resultShape: [3, 4],
    make: (t, o) => gatedSilu(t, o.gate!, o.up!),
  },
  {
    name: "attention with grouped heads and a bias per sequence",
    operands: { q: [2, 3, 16], k: [2, 3, 8], v: [2, 3, 8] },
    resultShape: [2, 3, 16],
    make: (t, o) => {
      const hidden = [0, -1e30, -1e30, 0, 0, -1e30, 0, 0, 0];
      const bias = t.graph.floats([...hidden, 0, 0.5, -0.5, 0, 0, 0, 1, 0, 0], [2, 1, 3, 3]);
      return attention(t, { ...operandsOf(o), biases: [bias], heads: 4, keyHeads: 2, headSize: 4 });
    },
  },
  {
    name: "attention in two stretches of queries",
    operands: { q: [2, 3, 16], k: [2, 3, 8], v: [2, 3, 8] },
    resultShape: [2, 3, 16],
    make: (t, o) => {
      const bias = t.graph.floats([0, -1e30, -1e30, 0, 0, -1e30, 0, 0.5, 0], [1, 1, 3, 3]);
      const integers = (...values: number[]): Value => t.graph.integers(values);
      const stretches = {
        counts: integers(2, 1),
        keyCounts: [integers(2), integers(3)],
        keyPads: [integers(0, 0, 0, 0, 0, 0, 1, 0), integers(0, 0, 0, 0, 0, 0, 0, 0)],
      };
      const biases = stretchBiases(t.graph, bias, stretches);
      return attention(t, { ...operandsOf(o), biases, stretches, heads: 4, keyHeads: 2, headSize: 4 });
    },
  },
  {
    name: "pickLogProbabilities with two tokens of one row",
    operands: { x: [3, 5] },
    resultShape: [4],
    make: (t, o) => pickLogProbabilities(t, o.x!, t.graph.integers([0, 1, 2, 4, 2, 0, 1, 1], [4, 2])),
  },
];

describe("gradient rules agree with finite differences", () => {
  it.each(cases)("$name", async (testCase) => {
    const names = Object.keys(testCase.operands);
    const stream = createRandom(7);
    const random = (): number => 2 * stream.uniform() - 1;
    const operands = names.map((name) =>
      Float32Array.from({ length: size(testCase.operands[name]!) }, random),
    );
    const seed = Float32Array.from({ length: size(testCase.resultShape) }, random);
    const session = await InferenceSession.create(buildWithGradients(testCase));
    const run = (values: readonly Float32Array[]) => session.run(feeds(testCase, values, seed));

    const analytic = await run(operands);
    for (const [index, name] of names.entries()) {
      const numeric = await differences(operands, index, async (values) =>
        dot((await run(values)).result!.data as Float32Array, seed),
      );
      expect(relativeDistance(analytic[`gradient_${name}`]!.data as Float32Array, numeric)).toBeLessThan(
        3e-3,
      );
    }
    await session.release();
  });
});

describe("Tape", () => {
  it("emits no nodes for operands that are not wanted", () => {
    const make = (wanted: "x" | "w"): number => {
      const graph = new GraphBuilder("test");
      const tape = new Tape(graph);
      const values = { x: graph.input("x", "float32", [2, 2]), w: graph.input("w", "float32", [2, 2]) };
      const result = linear(tape, multiply(tape, values.x, values.x), values.w);
      tape.gradients(result, graph.input("seed", "float32", [2, 2]), [values[wanted]]);
      return graph.build().length;
    };
    expect(make("w")).toBeLessThan(make("x"));
  });

  it("refuses a wanted value that the result does not depend on", () => {
    const graph = new GraphBuilder("test");
    const tape = new Tape(graph);
    const x = graph.input("x", "float32", [2]);
    const other = graph.input("other", "float32", [2]);
    expect(() => tape.gradients(add(tape, x, x), x, [other])).toThrow("does not depend on other");
  });
});

function buildWithGradients(testCase: Case): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder(testCase.name);
  const tape = new Tape(graph);
  const inputs = Object.entries(testCase.operands).map(([name, shape]) =>
    graph.input(name, "float32", shape),
  );
  const seed = graph.input("seed", "float32", testCase.resultShape);
  const result = testCase.make(tape, Object.fromEntries(inputs.map((value) => [value.name, value])));
  graph.output("result", result);
  const gradients = tape.gradients(result, seed, inputs);
  for (const [index, input] of inputs.entries()) graph.output(`gradient_${input.name}`, gradients[index]!);
  return graph.build();
}

function feeds(testCase: Case, values: readonly Float32Array[], seed: Float32Array): Record<string, Tensor> {
  const entries = Object.entries(testCase.operands).map(([name, shape], index): [string, Tensor] => [
    name,
    new Tensor("float32", values[index]!, shape),
  ]);
  return { ...Object.fromEntries(entries), seed: new Tensor("float32", seed, testCase.resultShape) };
}

/** Central differences of a scalar function by each number of operand `index`. */
async function differences(
  operands: readonly Float32Array[],
  index: number,
  evaluate: (values: readonly Float32Array[]) => Promise<number>,
): Promise<Float64Array> {
  const step = 1 / 128;
  const result = new Float64Array(operands[index]!.length);
  for (let i = 0; i < result.length; i += 1) {
    const shifted = async (by: number): Promise<number> => {
      const values = operands.map((operand) => operand.slice());
      values[index]![i]! += by;
      return evaluate(values);
    };
    result[i] = ((await shifted(step)) - (await shifted(-step))) / (2 * step);
  }
  return result;
}

function relativeDistance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i += 1) {
    difference += (actual[i]! - expected[i]!) ** 2;
    norm += expected[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
