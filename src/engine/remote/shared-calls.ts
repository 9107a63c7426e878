/**
 * The order of a policy's calls when many may be under way: calls that only read the weights, or add to the gradient, go
 * on together; a call that changes or keeps the weights waits for all before it, and all after it wait for it. What
 * callers see is as if the calls ran one after the other, in the order made.
 */
import { InputError } from "../../spec/index.js";

/** Orders the calls of one policy. */
export class SharedCalls {
  #barrier: Promise<unknown> = Promise.resolve();
  #since: Promise<unknown>[] = [];
  #closed = false;

  /** Runs together with others of its kind. @throws InputError once closed */
  shared<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closed());
    const result = this.#barrier.then(work);
    const ended = result.then(ignore, ignore);
    this.#since.push(ended);
    void ended.then(() => {
      this.#since = this.#since.filter((other) => other !== ended);
    });
    return result;
  }

  /** Runs alone. @throws InputError once closed */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closed());
    const before = [this.#barrier, ...this.#since];
    const result = Promise.all(before).then(work);
    this.#barrier = result.then(ignore, ignore);
    this.#since = [];
    return result;
  }

  /** Waits for the calls made before, runs `work`, and takes no more calls. Closing again does nothing. */
  async close(work: () => Promise<void>): Promise<void> {
    if (this.#closed) return;
    const result = this.exclusive(work);
    this.#closed = true;
    await result;
  }
}

function ignore(): void {}

function closed(): InputError {
  return new InputError("The policy is closed. Create a new one.");
}
