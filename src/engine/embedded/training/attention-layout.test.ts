import fc from "fast-check";
import { expect, it } from "vitest";
import { readDecoderConfig } from "../transformer/decoder-config.js";
import { type AttentionLayout, ancestorsOf, attentionLayout, attentionLayouts } from "./attention-layout.js";
import { BatchInputs } from "./batch-inputs.js";
import { type Batch, planBatches } from "./batches.js";

const config = readDecoderConfig({
  architectures: ["LlamaForCausalLM"],
  vocab_size: 9,
  max_position_embeddings: 2048,
  num_hidden_layers: 1,
  hidden_size: 4,
  intermediate_size: 4,
  num_attention_heads: 1,
});
const inputs = new BatchInputs(config);

function planned(sequences: readonly (readonly number[])[]): Batch {
  return planBatches(sequences, () => true, { tokens: 1e6, cachedTokens: 1e6, cells: 1e12, wanted: 1e6 })[0]!;
}

/** The tokens that each token sees, by what the graph is given: once for each place where it sees them. */
function seen(batch: Batch, layout: AttentionLayout): number[][] {
  const { bias } = inputs.make(batch, layout);
  const masks = bias!.dims[0]!;
  const mask = bias!.data as Float32Array;
  return [...batch.tree.tokens.keys()].map((token) => {
    const [row, place] = layout.queryPlaces.subarray(2 * token, 2 * token + 2);
    const line = ((masks === 1 ? 0 : row!) * layout.queries + place!) * layout.keys;
    const tokens = layout.keyTokens.subarray(row! * layout.keys, (row! + 1) * layout.keys);
    return [...tokens].filter((_, key) => mask[line + key] === 0).sort((a, b) => a - b);
  });
}

it("lets every token see its ancestors and itself, once each, however the tree is cut", () => {
  const sequences = fc.array(fc.array(fc.nat(2), { minLength: 2, maxLength: 40 }), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(sequences, (given) => {
      const batch = planned(given);
      const expected = [...batch.tree.tokens.keys()].map((node) => [...ancestorsOf(batch.tree, node), node]);
      for (const layout of attentionLayouts(batch.tree, [1, 3, 16])) {
        expect(seen(batch, layout)).toEqual(expected);
        checkPlaces(layout, batch.tree.tokens.length);
      }
    }),
    { numRuns: 60 },
  );
});

/** What the gradients need: all places of a token are known, and those without a token are held by the filler. */
function checkPlaces(layout: AttentionLayout, tokens: number): void {
  const { keyTokens, queryTokens, keys, queries, sharedPlaces, sharedTokens, uses } = layout;
  const places = (list: Int32Array, width: number): number[] =>
    Array.from({ length: list.length / 2 }, (_, entry) => list[2 * entry]! * width + list[2 * entry + 1]!);
  const known = places(layout.keyPlaces, keys);
  expect(known.map((place) => keyTokens[place])).toEqual([...known.keys()]);
  expect(places(layout.queryPlaces, queries).map((place) => queryTokens[place])).toEqual([...known.keys()]);
  const shared = places(sharedPlaces, keys);
  for (const [number, token] of sharedTokens.entries()) {
    const mine = shared.slice(number * uses, (number + 1) * uses);
    const real = [...keyTokens.keys()].filter((place) => keyTokens[place] === token);
    expect(mine.filter((place) => keyTokens[place] !== tokens).sort((a, b) => a - b)).toEqual(real);
  }
  const single = [...new Set(keyTokens)].filter((token) => token < tokens && !sharedTokens.includes(token));
  for (const token of single) expect(keyTokens.indexOf(token)).toBe(keyTokens.lastIndexOf(token));
  expect(known.length).toBe(tokens + (layout.filled ? 1 : 0));
}

const prompt = (seed: number, length: number): number[] =>
  Array.from({ length }, (_, t) => (seed * 31 + t * t) % 9);

it("gives sequences of one length without anything in common rows without padding", () => {
  const layout = attentionLayout(planned([0, 1, 2, 3].map((seed) => [seed, ...prompt(seed, 512)])).tree);
  expect(layout).toMatchObject({ rows: 4, queries: 512, keys: 512, filled: false, blocks: undefined });
});

it("puts the short branches of a long prompt into one row", () => {
  const pairs = Array.from({ length: 16 }, (_, branch) => [...prompt(1, 400), branch % 9, branch, 1, 1]);
  const layout = attentionLayout(planned(pairs.map((pair) => pair.map((token) => token % 9))).tree);
  expect(layout.rows).toBe(1);
});

it("gives every tree a row where pairs have prompts of their own", () => {
  const pairs = [0, 1, 2, 3].flatMap((seed) =>
    [0, 1].map((end) => [seed, ...prompt(seed, 400), end, 2, 3, 4, 5]),
  );
  expect(attentionLayout(planned(pairs).tree)).toMatchObject({
    rows: 4,
    queries: 409,
    keys: 409,
    filled: false,
  });
});

it("cuts a wide tree into blocks, so that pairs of places grow with its nodes and not with their square", () => {
  const branches = Array.from({ length: 400 }, (_, branch) => [
    ...prompt(1, 300),
    ...prompt(branch, 3).map((_, t) => Math.floor(branch / 8 ** t) % 8),
    ...prompt(branch, 12),
  ]);
  const { tree } = planned(branches);
  const layout = attentionLayout(tree);
  expect(layout.rows * layout.queries * layout.keys).toBeLessThan(tree.tokens.length * (315 + 512));
});
