/** The gradient that a server makes of our passes, by the tables of its documentation, is the one that was asked for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Flavour, gradientObjective } from "../../../test/support/tinker/fake-pass.js";
import type { Datum } from "./codec.js";
import { jsonCodec } from "./json-codec.js";
import { chunkPass, gradientPass, scoringPass, type Weighted, worthSending } from "./passes.js";

const weighted = fc
  .array(
    fc.tuple(fc.integer({ min: 2, max: 6 }), fc.infiniteStream(fc.double({ min: -2, max: 2, noNaN: true }))),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((rows) =>
    rows.map(([length, stream]): Weighted => {
      const gradient = Float32Array.from({ length: length - 1 }, () => stream.next().value);
      return { tokens: Array.from({ length }, (_, token) => token), gradient };
    }),
  );

/** What the server hands to its optimiser, per log-probability: its loss differentiated at some log-probabilities. */
function serverGradient(
  data: readonly Datum[],
  flavour: Flavour,
  loss: string,
  config: Record<string, number>,
) {
  const pending = data.map(({ input, targets, floats }) => ({
    input,
    tensors: {
      target_tokens: targets,
      ...Object.fromEntries(Object.entries(floats).map(([name, values]) => [name, Array.from(values)])),
    },
    loss,
    config,
  }));
  const logprobs = data.map(({ targets }) => Float32Array.from(targets, (_, index) => -1 - index));
  return gradientObjective(pending, flavour)(logprobs).gradients;
}

describe("gradientPass", () => {
  it.each([
    ["sum", "skyrl-torch"],
    ["mean", "skyrl-jax"],
  ] as const)("is exact on servers that take the %s (%s), also in chunks", (normalisation, flavour) => {
    fc.assert(
      fc.property(weighted, (items) => {
        const pass = gradientPass(items, normalisation, items.length);
        const chunks = chunkPass(pass, { data: 2, bytes: 1e6 }, jsonCodec);
        const data = chunks.flatMap((chunk) => chunk.data);
        const given = serverGradient(data, flavour, pass.loss, { ...pass.lossConfig });
        for (const [index, { gradient }] of items.entries()) {
          for (const [position, value] of gradient.entries()) {
            expect(Math.abs(given[index]![position]! - value)).toBeLessThan(
              1e-5 * Math.max(1, Math.abs(value)),
            );
          }
        }
      }),
    );
  });
});

describe("chunkPass", () => {
  const pass = scoringPass(Array.from({ length: 7 }, () => [1, 2, 3, 4, 5]));
  const sizes = (data: number, bytes: number) =>
    chunkPass(pass, { data, bytes }, jsonCodec).map((chunk) => chunk.data.length);

  it("keeps to the number of data and of bytes, and sends what is too large alone", () => {
    expect(sizes(3, 1e6)).toEqual([3, 3, 1]);
    expect(sizes(100, 2 * jsonCodec.sizeOf(pass.data[0]!))).toEqual([2, 2, 2, 1]);
    expect(sizes(100, 1)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it("never underestimates the bytes of a token by much", () => {
    const encoded = jsonCodec.encodePass({ ...pass, modelId: "m", sequenceNumber: 1, forwardOnly: true });
    const estimated = pass.data.reduce((sum, datum) => sum + jsonCodec.sizeOf(datum), 0);
    expect(encoded.body.length).toBeLessThan(estimated + 250 * pass.data.length);
  });
});

describe("worthSending", () => {
  const item = (...gradient: number[]): Weighted => ({
    tokens: [0, ...gradient.keys()],
    gradient: Float32Array.from(gradient),
  });
  it("leaves out what has no gradient, but not everything", () => {
    const [one, none, single] = [item(1, 0), item(0, 0), item()];
    expect(worthSending([none, one, single])).toEqual([one]);
    expect(worthSending([single, none, none])).toEqual([none]);
    expect(worthSending([single])).toEqual([]);
  });
});
