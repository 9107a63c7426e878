/** What the conformance suite needs of an engine, and the inputs that its parts share. */
import { createRandom } from "../../src/method/index.js";
import type { Engine, Policy, PolicyOptions, SampleRequest } from "../../src/spec/index.js";

/** What a suite can leave out for an engine, each with the reason in the test's name. */
export type Feature = "training" | "full-training" | "export-model" | "clipping";

/** How an engine is tested. */
export interface EngineFixture {
  /** A fresh engine over the same small random model: at least 16 tokens, a context of 64 to 4096. */
  readonly open: () => Promise<Engine>;
  /** An engine over a folder that `exportModel` wrote. */
  readonly reopen: (directory: string) => Promise<Engine>;
  /** Milliseconds that `open` may take. @default 60 000 */
  readonly startTimeout?: number;
  /** How far log-probabilities of a sample may move with the batch around it; its tokens never do. @default 0 */
  readonly batchTolerance?: number;
  /** Features that this engine does not have, and why. */
  readonly skips?: Readonly<Partial<Record<Feature, string>>>;
}

/** An engine under test; opened before the tests that use it. */
export interface Subject {
  readonly fixture: EngineFixture;
  readonly engine: () => Engine;
  /** A folder for the test's files, removed afterwards. */
  readonly folder: () => string;
}

/** The adapter that trained policies get. */
export const trainable: PolicyOptions = { adapter: { rank: 4, alpha: 8 }, seed: 3 };

/** Sequences of several lengths, one of a single token, the same on every run. */
export function someSequences(engine: Engine, lengths: readonly number[] = [9, 1, 2, 17, 5, 9]): number[][] {
  const random = createRandom(11);
  return lengths.map((length) => Array.from({ length }, () => random.integer(engine.model.vocabularySize)));
}

/** A request with settings to override. */
export function request(prompt: readonly number[], changes: Partial<SampleRequest> = {}): SampleRequest {
  return { prompt, n: 1, maxTokens: 8, temperature: 1, topP: 1, stop: [], seed: 21, ...changes };
}

/** Gives the work a new policy and closes it afterwards. */
export async function withPolicy<Result>(
  engine: Engine,
  options: PolicyOptions,
  work: (policy: Policy) => Promise<Result>,
): Promise<Result> {
  const policy = await engine.createPolicy(options);
  try {
    return await work(policy);
  } finally {
    await policy.close();
  }
}

/** A name for `it` that states why the test is skipped, and whether it is. */
export function unless(subject: Subject, feature: Feature, name: string): { name: string; skip: boolean } {
  const reason = subject.fixture.skips?.[feature];
  return reason === undefined ? { name, skip: false } : { name: `${name} (skipped: ${reason})`, skip: true };
}
