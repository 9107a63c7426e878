/** Keeps to so many requests a minute. */
import { pause } from "./pause.js";

/** Spaces requests evenly; 0 is no limit. */
export class RateLimit {
  readonly #spacing: number;
  #next = 0;

  constructor(perMinute: number) {
    this.#spacing = perMinute > 0 ? 60_000 / perMinute : 0;
  }

  /** Resolves when it is this request's turn. @throws CancelledError when the signal fires */
  async take(signal?: AbortSignal): Promise<void> {
    if (this.#spacing === 0) return;
    const now = performance.now();
    const turn = Math.max(now, this.#next);
    this.#next = turn + this.#spacing;
    await pause(turn - now, signal);
  }
}
