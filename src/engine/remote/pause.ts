/** Waiting that a signal ends. */
import { setMaxListeners } from "node:events";
import { setTimeout } from "node:timers/promises";
import { CancelledError } from "../../spec/index.js";

/** Resolves after so many milliseconds. @throws CancelledError as soon as the signal fires */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  if (signal !== undefined) expectListeners(signal);
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    throwIfAborted(signal);
    throw cause;
  }
}

/** Hundreds of requests listen to the signal of one call: Node takes more than ten for a leak. */
export function expectListeners(signal: AbortSignal): void {
  setMaxListeners(0, signal);
}

/** @throws CancelledError when the signal has fired */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new CancelledError("The work was cancelled.");
}

/** Wait before attempt `attempt` (from 0): doubles from `base`, at most `limit`, less up to a quarter at random. */
export function backoff(attempt: number, base: number, limit: number): number {
  const whole = Math.min(base * 2 ** attempt, limit);
  return whole * (1 - 0.25 * Math.random());
}
