import { describe, expect, it } from "vitest";
import { CancelledError, InputError, type Sample } from "../../src/spec/index.js";
import { request, type Subject, someSequences, withPolicy } from "./engine-fixture.js";

/** Scoring and sampling: what every engine can do. */
export function describeScoringAndSampling(subject: Subject): void {
  describe("score", () => {
    it("gives T − 1 log-probabilities per sequence, none above 0, none for a single token", async () => {
      const sequences = someSequences(subject.engine());
      const scores = await withPolicy(subject.engine(), {}, (policy) => policy.score(sequences));
      expect(scores.map(({ length }) => length)).toEqual(sequences.map(({ length }) => length - 1));
      expect(scores.every((score) => score.every((value) => value <= 0))).toBe(true);
      expect(await withPolicy(subject.engine(), {}, (policy) => policy.score([]))).toEqual([]);
    });

    it("gives a distribution: over all tokens the probabilities sum to 1", async () => {
      const { vocabularySize } = subject.engine().model;
      const prefix = someSequences(subject.engine(), [6])[0]!;
      const all = Array.from({ length: vocabularySize }, (_, token) => [...prefix, token]);
      const scores = await withPolicy(subject.engine(), {}, (policy) => policy.score(all));
      expect(scores.reduce((sum, score) => sum + Math.exp(score.at(-1)!), 0)).toBeCloseTo(1, 4);
    });

    it("looks at earlier tokens only, and not at other sequences", async () => {
      const long = someSequences(subject.engine(), [12])[0]!;
      const [whole, start] = await withPolicy(subject.engine(), {}, (policy) =>
        policy.score([long, long.slice(0, 7), ...someSequences(subject.engine())]),
      );
      for (const [index, value] of start!.entries()) expect(value).toBeCloseTo(whole![index]!, 4);
    });

    it("gives where they are read what it gives when all are read", async () => {
      const sequences = someSequences(subject.engine());
      const reads = sequences.map(({ length }) =>
        Uint8Array.from({ length: length - 1 }, (_, place) => Number(place % 3 === 1)),
      );
      await withPolicy(subject.engine(), {}, async (policy) => {
        const [all, some] = [await policy.score(sequences), await policy.score(sequences, { reads })];
        for (const [index, read] of reads.entries()) {
          expect(some[index]).toHaveLength(read.length);
          const places = [...read.keys()].filter((place) => read[place] === 1);
          for (const place of places) expect(some[index]![place]).toBeCloseTo(all[index]![place]!, 4);
        }
      });
    });
  });

  describe("sample", () => {
    it("gives n samples per request with log-probabilities that score agrees with", async () => {
      const prompts = someSequences(subject.engine(), [3, 8, 1]);
      const requests = prompts.map((prompt, index) =>
        request(prompt, { n: index + 1, temperature: 1.3, topP: 0.9 }),
      );
      await withPolicy(subject.engine(), {}, async (policy) => {
        const samples = await policy.sample(requests);
        expect(samples.map(({ length }) => length)).toEqual([1, 2, 3]);
        for (const [index, group] of samples.entries()) {
          const scores = await policy.score(group.map(({ tokens }) => [...prompts[index]!, ...tokens]));
          for (const [row, sample] of group.entries()) {
            expect(sample.logprobs).toHaveLength(sample.tokens.length);
            expectClose(sample.logprobs, scores[row]!.subarray(prompts[index]!.length - 1));
          }
        }
      });
    });

    it("takes the most probable token at temperature 0", async () => {
      const { vocabularySize } = subject.engine().model;
      const prompt = someSequences(subject.engine(), [5])[0]!;
      await withPolicy(subject.engine(), {}, async (policy) => {
        const [sample] = firsts(await policy.sample([request(prompt, { temperature: 0, maxTokens: 3 })]));
        for (const [index, token] of sample!.tokens.entries()) {
          const prefix = [...prompt, ...sample!.tokens.slice(0, index)];
          const all = Array.from({ length: vocabularySize }, (_, next) => [...prefix, next]);
          const last = (await policy.score(all)).map((score) => score.at(-1)!);
          expect(last[token]!).toBeGreaterThanOrEqual(Math.max(...last) - 1e-6);
        }
      });
    });

    it("gives a sample that depends on seed, index, prompt and weights only", async () => {
      const [first, second, third] = someSequences(subject.engine(), [4, 11, 30]);
      const wanted = request(second!, { n: 3 });
      const [alone, again, among, other] = await withPolicy(subject.engine(), {}, async (policy) => [
        (await policy.sample([wanted]))[0]!,
        (await policy.sample([wanted]))[0]!,
        (await policy.sample([request(third!, { n: 70 }), { ...wanted, n: 5 }, request(first!)]))[1]!,
        (await policy.sample([{ ...wanted, seed: 22 }]))[0]!,
      ]);
      expect(again).toEqual(alone);
      expectSameSamples(among!.slice(0, 3), alone!, subject.fixture.batchTolerance ?? 0);
      expect(other!.map(({ tokens }) => tokens)).not.toEqual(alone!.map(({ tokens }) => tokens));
      expect(new Set(alone!.map(({ tokens }) => tokens.join())).size).toBe(3);
    });

    it("ends at a stop token, at maxTokens, and at the end of the context", async () => {
      const { contextLength } = subject.engine().model;
      const [prompt, full] = someSequences(subject.engine(), [5, contextLength - 2]);
      await withPolicy(subject.engine(), {}, async (policy) => {
        const [free, cut] = firsts(await policy.sample([request(prompt!), request(full!)]));
        expect([free!.tokens.length, free!.finish]).toEqual([8, "length"]);
        expect([cut!.tokens.length, cut!.finish]).toEqual([2, "length"]);
        const stop = free!.tokens[2]!;
        const [stopped] = firsts(await policy.sample([request(prompt!, { stop: [stop] })]));
        expect(stopped!.finish).toBe("stop");
        expect(stopped!.tokens).toEqual(free!.tokens.slice(0, free!.tokens.indexOf(stop) + 1));
      });
    });

    it("draws from the nucleus only", async () => {
      const prompt = someSequences(subject.engine(), [4])[0]!;
      await withPolicy(subject.engine(), {}, async (policy) => {
        const [best] = (await policy.sample([request(prompt, { temperature: 0, maxTokens: 1 })]))[0]!;
        const narrow = (await policy.sample([request(prompt, { n: 20, maxTokens: 1, topP: 1e-6 })]))[0]!;
        expect(new Set(narrow.map(({ tokens }) => tokens[0]))).toEqual(new Set(best!.tokens));
      });
    });
  });

  describe("wrong input is an InputError before any work", () => {
    it.each<[string, (vocabulary: number, context: number) => number[]]>([
      ["an empty sequence", () => []],
      ["a negative id", () => [0, -1]],
      ["an id past the vocabulary", (vocabulary) => [0, vocabulary]],
      ["a fractional id", () => [0, 0.5]],
      ["a sequence longer than the context", (_, context) => new Array<number>(context + 1).fill(0)],
    ])("%s", async (_, make) => {
      const { vocabularySize, contextLength } = subject.engine().model;
      const tokens = make(vocabularySize, contextLength);
      await withPolicy(subject.engine(), {}, async (policy) => {
        await expect(policy.score([[0], tokens])).rejects.toThrow(InputError);
        await expect(policy.sample([request(tokens)])).rejects.toThrow(InputError);
        expect(await policy.score([[0, 1]])).toHaveLength(1);
      });
    });

    it.each([
      { n: 0 },
      { maxTokens: 0 },
      { temperature: -1 },
      { temperature: Number.NaN },
      { topP: 0 },
      { topP: 1.1 },
      { stop: [-1] },
      { seed: Number.NaN },
    ])("%o", async (changes) => {
      const asked = withPolicy(subject.engine(), {}, (policy) => policy.sample([request([1], changes)]));
      await expect(asked).rejects.toThrow(InputError);
    });
  });

  describe("long work", () => {
    const many = (): ReturnType<typeof request>[] =>
      someSequences(subject.engine(), new Array<number>(200).fill(6)).map((prompt) =>
        request(prompt, { n: 40, maxTokens: 40 }),
      );

    it("stops within seconds of its signal and leaves the policy as it was", async () => {
      await withPolicy(subject.engine(), {}, async (policy) => {
        const before = await policy.sample([request([1, 2])]);
        const controller = new AbortController();
        const work = policy.sample(many(), {
          signal: controller.signal,
          onProgress: () => controller.abort(),
        });
        const failure = await work.catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(CancelledError);
        expect(await policy.sample([request([1, 2])])).toEqual(before);
      });
    });

    it("does not begin where the signal came first", async () => {
      await withPolicy(subject.engine(), {}, async (policy) => {
        const signal = AbortSignal.abort();
        await expect(policy.sample(many(), { signal })).rejects.toThrow(CancelledError);
        await expect(policy.score([[1, 2]], { signal })).rejects.toThrow(CancelledError);
      });
    });

    it("reports progress up to all of it", async () => {
      const seen: (readonly [number, number])[] = [];
      const requests = someSequences(subject.engine(), [3, 4]).map((prompt) => request(prompt, { n: 2 }));
      const onProgress = (done: number, total: number): void => void seen.push([done, total]);
      await withPolicy(subject.engine(), {}, (policy) => policy.sample(requests, { onProgress }));
      const [done, total] = seen.at(-1)!;
      expect(done).toBe(total);
    });
  });

  describe("close", () => {
    it("ends a policy: calls made before finish, later ones are InputErrors", async () => {
      const policy = await subject.engine().createPolicy();
      const early = policy.score([[0, 1]]);
      await policy.close();
      await expect(early).resolves.toHaveLength(1);
      await expect(policy.score([[0, 1]])).rejects.toThrow(InputError);
      await policy.close();
    });

    it("ends an engine and its policies", async () => {
      const engine = await subject.fixture.open();
      const policy = await engine.createPolicy();
      await engine.close();
      await engine.close();
      await expect(engine.createPolicy()).rejects.toThrow(InputError);
      await expect(policy.score([[0, 1]])).rejects.toThrow(InputError);
    });
  });
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of actual.entries())
    expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-4);
}

/** Per request, its first sample. */
function firsts(samples: Sample[][]): Sample[] {
  return samples.map((group) => group[0]!);
}

function expectSameSamples(actual: readonly Sample[], expected: readonly Sample[], tolerance: number): void {
  expect(actual.map(({ tokens, finish }) => ({ tokens, finish }))).toEqual(
    expected.map(({ tokens, finish }) => ({ tokens, finish })),
  );
  const gaps = actual.flatMap(({ logprobs }, row) =>
    [...logprobs].map((value, index) => Math.abs(value - expected[row]!.logprobs[index]!)),
  );
  expect(Math.max(...gaps)).toBeLessThanOrEqual(tolerance);
}
