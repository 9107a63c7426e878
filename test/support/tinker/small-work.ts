/** What tests of single behaviours do with a policy of `small-server.ts`. */
import type { PolicyOptions } from "../../../src/spec/index.js";
import type { Fault } from "./fake-faults.js";

export const trainable: PolicyOptions = { adapter: { rank: 2, alpha: 32 }, seed: 4 };

export const sequences: readonly (readonly number[])[] = [
  [1, 2, 3, 4],
  [5, 6, 7],
];

/** A request for samples. */
export const asked = { prompt: [1, 2], n: 2, maxTokens: 6, temperature: 1, topP: 1, stop: [], seed: 9 };

/** The fault of being answered so. */
export function answer(
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Fault {
  return { kind: "answer", status, headers: { ...headers }, ...(body === undefined ? {} : { body }) };
}
