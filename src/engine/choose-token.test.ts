import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseToken, sampleRandom } from "./choose-token.js";

/** The nucleus by its definition: sort by probability, then id; take until `topP` of the mass is reached. */
function nucleusByDefinition(probabilities: readonly number[], topP: number): Set<number> {
  const order = probabilities.map((_, token) => token).filter((token) => probabilities[token]! > 0);
  order.sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  const total = probabilities.reduce((sum, probability) => sum + probability, 0);
  const kept = new Set<number>();
  let running = 0;
  for (const token of order) {
    if (kept.size > 0 && running >= topP * total) break;
    kept.add(token);
    running += probabilities[token]!;
  }
  return kept;
}

// Multiples of 1/64: sums are exact, so a cut never hangs on rounding; equal ones are frequent.
const distribution = fc
  .array(fc.nat(8), { minLength: 1, maxLength: 30 })
  .filter((counts) => counts.some((count) => count > 0))
  .map((counts) => counts.map((count) => count / 64));

describe("chooseToken", () => {
  it("draws exactly the tokens of the nucleus, each by its share", () => {
    fc.assert(
      fc.property(distribution, fc.constantFrom(0.125, 0.25, 0.5, 0.75, 1), (probabilities, topP) => {
        const kept = nucleusByDefinition(probabilities, topP);
        const mass = [...kept].reduce((sum, token) => sum + probabilities[token]!, 0);
        const grid = 4096;
        const counts = new Map<number, number>();
        for (let step = 0; step < grid; step++) {
          const token = chooseToken(Float32Array.from(probabilities), topP, (step + 0.5) / grid);
          counts.set(token, (counts.get(token) ?? 0) + 1);
        }
        expect(new Set(counts.keys())).toEqual(kept);
        for (const token of kept) {
          expect(Math.abs(counts.get(token)! / grid - probabilities[token]! / mass)).toBeLessThan(2 / grid);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["the first token at 0", [0.5, 0.5], 1, 0, 0],
    ["never a token of probability 0", [0, 1, 0], 1, 0.9999999999999999, 1],
    ["the only token, however little it has", [0, 0, 1e-38], 0.5, 0.7, 2],
    ["the lowest id among equals", [0.25, 0.25, 0.25, 0.25], 0.1, 0.99, 0],
    ["a distribution that sums to less than 1", [0.2, 0.2], 1, 0.75, 1],
  ])("%s", (_, probabilities, topP, uniform, token) => {
    expect(chooseToken(Float32Array.from(probabilities), topP, uniform)).toBe(token);
  });
});

it("gives every seed, index and prompt its own stream", () => {
  const request = { prompt: [1, 2], n: 1, maxTokens: 1, temperature: 1, topP: 1, stop: [], seed: 3 };
  const draws = [
    sampleRandom(request, 0),
    sampleRandom(request, 1),
    sampleRandom({ ...request, seed: 4 }, 0),
    sampleRandom({ ...request, prompt: [12] }, 0),
  ].map((random) => random.uniform());
  expect(new Set(draws).size).toBe(4);
  expect(sampleRandom({ ...request, n: 9, maxTokens: 7 }, 0).uniform()).toBe(draws[0]);
});
