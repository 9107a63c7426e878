import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { objectives } from "../../src/method/index.js";
import {
  CancelledError,
  type Engine,
  InputError,
  type Objective,
  type Policy,
} from "../../src/spec/index.js";
import {
  type Feature,
  request,
  type Subject,
  someSequences,
  trainable,
  unless,
  withPolicy,
} from "./engine-fixture.js";

/** With so large an ε, AdamW's first step is θ ← θ − (learningRate / ε) · gradient: plain gradient descent. */
const HUGE = 1e6;

/** Learning: gradients, steps, state, adapters. */
export function describeTraining(subject: Subject): void {
  const needing = (feature: Feature, name: string, test: () => Promise<void>): void => {
    const { name: title, skip } = unless(subject, feature, name);
    it.skipIf(skip)(title, test);
  };
  const training = (name: string, test: () => Promise<void>): void => needing("training", name, test);

  describe("accumulate and step", () => {
    for (const [name, options] of [
      ["adapter", startedAdapter],
      ["full", { train: "full" }],
    ] as const) {
      const feature = name === "full" ? "full-training" : "training";
      const { name: title, skip } = unless(subject, feature, `descend along the gradient (${name})`);
      it.skipIf(skip)(title, async () => {
        const engine = subject.engine();
        const lossAfter = (rate: number): Promise<{ loss: number; norm: number }> =>
          withPolicy(engine, options, async (policy) => {
            if (name === "adapter") await warmUp(engine, policy);
            const { gradientNorm } = await descend(engine, policy, simpo(engine), rate);
            const { loss } = await policy.accumulate(someSequences(engine), simpo(engine));
            return { loss, norm: gradientNorm };
          });
        const { loss: start, norm } = await lossAfter(0);
        // The loss falls by rate · ‖g‖² to first order; two rates cancel the second order.
        const rate = 0.01 / norm ** 2;
        const [full, half] = [(await lossAfter(rate)).loss, (await lossAfter(rate / 2)).loss];
        const slope = (4 * (start - half) - (start - full)) / rate;
        expect(Math.abs(slope / norm ** 2 - 1)).toBeLessThan(0.03);
      });
    }

    training("agree in one pass and in two", async () => {
      const engine = subject.engine();
      const { linear, twice } = supervisedBothWays(engine);
      const run = (objective: Objective): Promise<{ loss: number; norm: number; scores: Float32Array[] }> =>
        withPolicy(engine, trainable, async (policy) => {
          const { loss } = await policy.accumulate(someSequences(engine), objective);
          const { gradientNorm } = await policy.step({ learningRate: 0.01 });
          return { loss, norm: gradientNorm, scores: await policy.score(someSequences(engine)) };
        });
      const [one, two] = [await run(linear), await run(twice)];
      expect(one.loss).toBeCloseTo(two.loss, 5);
      expect(one.norm / two.norm).toBeCloseTo(1, 4);
      expectSameScores(one.scores, two.scores, 1e-3);
    });

    training("add up until the step, which clears", async () => {
      const engine = subject.engine();
      await withPolicy(engine, trainable, async (policy) => {
        const norm = async (times: number): Promise<number> => {
          for (let i = 0; i < times; i++) await policy.accumulate(someSequences(engine), simpo(engine));
          return (await policy.step({ learningRate: 0 })).gradientNorm;
        };
        const once = await norm(1);
        expect((await norm(2)) / once).toBeCloseTo(2, 4);
        expect((await norm(1)) / once).toBeCloseTo(1, 4);
        await expect(policy.step({ learningRate: 0.1 })).rejects.toThrow(InputError);
      });
    });

    needing("clipping", "clip by the global norm, which they return unclipped", async () => {
      const engine = subject.engine();
      const scoresWith = (
        clipNorm: number,
        learningRate: number,
      ): Promise<{ scores: Float32Array[]; norm: number }> =>
        withPolicy(engine, trainable, async (policy) => {
          await policy.accumulate(someSequences(engine), simpo(engine));
          const { gradientNorm } = await policy.step({
            learningRate: learningRate * HUGE,
            eps: HUGE,
            clipNorm,
          });
          return { scores: await policy.score(someSequences(engine)), norm: gradientNorm };
        });
      const { norm } = await scoresWith(0, 1);
      const [clipped, scaled] = [await scoresWith(norm / 4, 2), await scoresWith(0, 0.5)];
      expect(clipped.norm).toBe(norm);
      expectSameScores(clipped.scores, scaled.scores, 1e-4);
    });

    training("lower a loss, and sampling sees it", async () => {
      const engine = subject.engine();
      const sequence = someSequences(engine, [12])[0]!;
      const objective = objectives.supervised({ masks: [sequence.map((_, index) => Number(index > 0))] });
      await withPolicy(engine, { adapter: { rank: 8, alpha: 16 } }, async (policy) => {
        for (let step = 0; step < 60; step++) {
          await policy.accumulate([sequence], objective);
          await policy.step({ learningRate: 0.03 });
        }
        const asked = request(sequence.slice(0, 1), { temperature: 0, maxTokens: 11 });
        const sample = (await policy.sample([asked]))[0]![0]!;
        const [score] = await policy.score([sequence]);
        expect(Math.exp(score!.reduce((sum, value) => sum + value, 0) / 11)).toBeGreaterThan(0.3);
        const agreeing = sample.tokens.filter((token, index) => token === sequence[index + 1]);
        expect(agreeing.length).toBeGreaterThan(2);
      });
    });

    training("keep the order of calls that nobody awaited", async () => {
      const engine = subject.engine();
      const run = (awaited: boolean): Promise<Float32Array[]> =>
        withPolicy(engine, trainable, async (policy) => {
          const calls: Promise<unknown>[] = [];
          for (let step = 0; step < 2; step++) {
            for (const call of [
              () => policy.accumulate(someSequences(engine), simpo(engine)),
              () => policy.step({ learningRate: 0.05 }),
            ]) {
              calls.push(call());
              if (awaited) await calls.at(-1);
            }
          }
          await Promise.all(calls);
          return policy.score(someSequences(engine));
        });
      expect(await run(false)).toEqual(await run(true));
    });

    training("leave other policies of the engine alone", async () => {
      const engine = subject.engine();
      await withPolicy(engine, {}, async (reference) => {
        const before = await reference.score(someSequences(engine));
        await withPolicy(engine, trainable, async (policy) => {
          expectSameScores(await policy.score(someSequences(engine)), before, 1e-5);
          await descend(engine, policy, simpo(engine), 0.1);
          expect(await policy.score(someSequences(engine))).not.toEqual(before);
        });
        expect(await reference.score(someSequences(engine))).toEqual(before);
      });
    });

    training("pass on what an objective throws, and refuse gradients of another shape", async () => {
      const engine = subject.engine();
      const sequences = someSequences(engine);
      await withPolicy(engine, trainable, async (policy) => {
        const failing: Objective = () => {
          throw new RangeError("mine");
        };
        await expect(policy.accumulate(sequences, failing)).rejects.toThrow("mine");
        const misshapen: Objective = () => ({ loss: 0, gradients: [] });
        await expect(policy.accumulate(sequences, misshapen)).rejects.toThrow(InputError);
        await expect(policy.accumulate([[]], simpo(engine))).rejects.toThrow(InputError);
        await expect(policy.step({ learningRate: 0.1 })).rejects.toThrow(InputError);
      });
    });

    training("stop at their signal", async () => {
      const engine = subject.engine();
      await withPolicy(engine, trainable, async (policy) => {
        const signal = AbortSignal.abort();
        const work = policy.accumulate(someSequences(engine), simpo(engine), { signal });
        await expect(work).rejects.toThrow(CancelledError);
        await expect(policy.accumulate(someSequences(engine), simpo(engine))).resolves.toBeDefined();
      });
    });

    training("are refused on a policy that is not trained", async () => {
      const engine = subject.engine();
      await withPolicy(engine, {}, async (policy) => {
        await expect(policy.accumulate(someSequences(engine), simpo(engine))).rejects.toThrow(InputError);
        await expect(policy.step({ learningRate: 0.1 })).rejects.toThrow(InputError);
        await expect(policy.exportAdapter(join(subject.folder(), "none"))).rejects.toThrow(InputError);
      });
    });
  });

  describe("saved state", () => {
    training("continues bit for bit in another policy", async () => {
      const engine = subject.engine();
      const directory = join(subject.folder(), "state");
      const undisturbed = await withPolicy(engine, trainable, async (policy) => {
        await descend(engine, policy, simpo(engine), 0.05, 1e-8);
        await policy.save(directory);
        return continueTraining(engine, policy);
      });
      const resumed = await withPolicy(engine, { ...trainable, seed: 99 }, async (policy) => {
        await policy.accumulate(someSequences(engine), simpo(engine));
        await policy.load(directory);
        return continueTraining(engine, policy);
      });
      expect(resumed).toEqual(undisturbed);
    });

    training("of another policy is refused, and nothing changes", async () => {
      const engine = subject.engine();
      const directory = join(subject.folder(), "other");
      await withPolicy(engine, trainable, (policy) => policy.save(directory));
      await withPolicy(engine, { adapter: { rank: 2, alpha: 8 } }, async (policy) => {
        const before = await policy.score(someSequences(engine));
        await expect(policy.load(directory)).rejects.toThrow(InputError);
        expect(await policy.score(someSequences(engine))).toEqual(before);
      });
    });
  });

  describe("export", () => {
    training("writes an adapter that a new policy scores the same with, up to rounding", async () => {
      const engine = subject.engine();
      const directory = join(subject.folder(), "adapter");
      const trained = await withPolicy(engine, trainable, async (policy) => {
        await descend(engine, policy, simpo(engine), 0.1);
        await policy.exportAdapter(directory);
        return policy.score(someSequences(engine));
      });
      const options = { adapter: directory, train: "none" } as const;
      const read = await withPolicy(engine, options, (policy) => policy.score(someSequences(engine)));
      expectSameScores(read, trained, 1e-4);
    });

    const { name, skip } = unless(subject, "export-model", "writes a whole model that scores the same");
    it.skipIf(skip)(name, async () => {
      const engine = subject.engine();
      const directory = join(subject.folder(), "model");
      const trained = await withPolicy(engine, trainable, async (policy) => {
        await descend(engine, policy, simpo(engine), 0.1);
        await policy.exportModel(directory);
        return policy.score(someSequences(engine));
      });
      const exported = await subject.fixture.reopen(directory);
      const scores = await withPolicy(exported, {}, (policy) => policy.score(someSequences(exported)));
      expectSameScores(scores, trained, 1e-4);
      await exported.close();
    });
  });
}

const startedAdapter = { adapter: { rank: 4, alpha: 8 }, seed: 3 } as const;

/** Sequences 0 and 5, 3 and 4 as pairs: a loss that is not linear in the log-probabilities. */
function simpo(engine: Engine): Objective {
  const lengths = someSequences(engine).map(({ length }) => length);
  const pairs = [
    [0, 5],
    [3, 4],
  ] as const;
  return Object.assign(
    (logprobs: readonly Float32Array[]) => {
      const gradients = logprobs.map((values) => new Float32Array(values.length));
      let loss = 0;
      for (const [chosen, rejected] of pairs) {
        const margin = mean(logprobs[chosen]!) - mean(logprobs[rejected]!);
        loss += Math.log1p(Math.exp(-2 * margin));
        const slope = -2 / (1 + Math.exp(2 * margin));
        gradients[chosen]!.fill(slope / logprobs[chosen]!.length);
        gradients[rejected]!.fill(-slope / logprobs[rejected]!.length);
      }
      return { loss, gradients };
    },
    {
      reads: lengths.map((length, index) =>
        new Uint8Array(length - 1).fill(Number(pairs.flat().some((i) => i === index))),
      ),
    },
  );
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The supervised loss with its linear gradients announced, and without. */
function supervisedBothWays(engine: Engine): { linear: Objective; twice: Objective } {
  const masks = someSequences(engine).map((sequence) => sequence.map((_, index) => Number(index > 1)));
  const linear = objectives.supervised({ masks });
  return { linear, twice: (logprobs) => linear(logprobs) };
}

/** Moves the factor B away from zero, where the gradient of A is zero. */
async function warmUp(engine: Engine, policy: Policy): Promise<void> {
  await descend(engine, policy, simpo(engine), 0.05, 1e-8);
}

async function descend(
  engine: Engine,
  policy: Policy,
  objective: Objective,
  rate: number,
  eps = HUGE,
): Promise<{ gradientNorm: number }> {
  await policy.accumulate(someSequences(engine), objective);
  const learningRate = eps === HUGE ? rate * HUGE : rate;
  return policy.step({ learningRate, eps, beta1: 0, beta2: 0, clipNorm: 0 });
}

async function continueTraining(engine: Engine, policy: Policy): Promise<unknown> {
  for (let step = 0; step < 2; step++) {
    await policy.accumulate(someSequences(engine), simpo(engine));
    await policy.step({ learningRate: 0.02, weightDecay: 0.1 });
  }
  return [await policy.score(someSequences(engine)), await policy.sample([request([1, 2], { n: 2 })])];
}

function expectSameScores(actual: Float32Array[], expected: Float32Array[], tolerance: number): void {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  const differences = actual.flatMap((scores, row) =>
    [...scores].map((value, index) => Math.abs(value - expected[row]![index]!)),
  );
  expect(Math.max(...differences)).toBeLessThan(tolerance);
}
