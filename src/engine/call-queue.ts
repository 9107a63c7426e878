import { InputError } from "../spec/index.js";

/** Runs the calls of one policy one after the other, in the order made, whether or not the earlier ones fail. */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @throws InputError once the queue is closed. */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new InputError("The policy is closed. Create a new one."));
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Waits for the calls made before, runs `work`, and takes no more calls. Closing again does nothing. */
  async close(work: () => Promise<void>): Promise<void> {
    if (this.#closed) return;
    const result = this.run(work);
    this.#closed = true;
    await result;
  }
}
