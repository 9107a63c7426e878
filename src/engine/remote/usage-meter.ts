/** Counts what a remote engine has asked of its server, against a budget. */

/** What was used. */
export interface Usage {
  /** Tokens read by the server: scored, trained on, and prompts. */
  readonly read: number;
  /** Tokens that the server wrote. */
  readonly written: number;
  /** Units of work: passes, steps, sample requests. Polls and heartbeats do not count. */
  readonly requests: number;
}

/** What a meter is made of. */
export interface UsageMeterOptions {
  /** Most tokens, read and written together. @default no limit */
  readonly tokenBudget?: number;
  /** Called once, when the budget is spent. What is under way goes on, so its result is not lost. */
  readonly onBudgetSpent?: (usage: Usage) => void;
}

/** Adds up usage. */
export class UsageMeter {
  readonly #options: UsageMeterOptions;
  #usage: Usage = { read: 0, written: 0, requests: 0 };
  #spent = false;

  constructor(options: UsageMeterOptions = {}) {
    this.#options = options;
  }

  get usage(): Usage {
    return this.#usage;
  }

  /** Counts one request with its tokens. */
  add({ read = 0, written = 0, requests = 0 }: Partial<Usage>): void {
    const usage = this.#usage;
    this.#usage = {
      read: usage.read + read,
      written: usage.written + written,
      requests: usage.requests + requests,
    };
    const { tokenBudget, onBudgetSpent } = this.#options;
    if (tokenBudget === undefined || this.#spent) return;
    if (this.#usage.read + this.#usage.written < tokenBudget) return;
    this.#spent = true;
    onBudgetSpent?.(this.#usage);
  }
}
