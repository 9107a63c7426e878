/** Bounds how much is under way at once. */

/** Runs at most `limit` works at a time, in the order they came; the limit may change while works run. */
export class Limiter {
  readonly #waiting: (() => void)[] = [];
  #limit: number;
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  set limit(value: number) {
    this.#limit = value;
    this.#start();
  }

  /** The result of the work, which begins when it is its turn. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#start();
    });
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#start();
    }
  }

  #start(): void {
    while (this.#running < this.#limit && this.#waiting.length > 0) {
      this.#running += 1;
      this.#waiting.shift()!();
    }
  }
}
