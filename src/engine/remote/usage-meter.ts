/** Counts what remote engines have asked of their servers, against a budget. */

/** What was used. */
export interface Usage {
  /** Tokens that the server read: scored, and prompts. */
  readonly read: number;
  /** Tokens that it learned from. */
  readonly trained: number;
  /** Tokens that it wrote. */
  readonly written: number;
  /** Units of work: passes, steps, sample requests. Polls and heartbeats do not count. */
  readonly requests: number;
}

/** Prices of a million tokens each, in any currency. */
export interface TokenPrices {
  readonly read: number;
  readonly trained: number;
  readonly written: number;
}

/** What may be used; an absent bound is none. */
export interface Budget {
  /** All tokens together. */
  readonly tokens?: number;
  readonly requests?: number;
  /** In the currency of the prices. */
  readonly cost?: number;
}

/** What a meter is made of. */
export interface UsageMeterOptions {
  readonly budget?: Budget;
  /** @default 0 each */
  readonly prices?: TokenPrices;
  /** Called once, when the budget is spent, with the bound that was reached. What is under way goes on, so its result is not lost. */
  readonly onSpent?: (usage: Usage, bound: keyof Budget) => void;
}

const NOTHING: Usage = { read: 0, trained: 0, written: 0, requests: 0 };

/** Adds up usage; engines that share a meter share its budget. */
export class UsageMeter {
  readonly #options: UsageMeterOptions;
  #usage = NOTHING;
  #spent: keyof Budget | undefined;

  constructor(options: UsageMeterOptions = {}) {
    this.#options = options;
  }

  get usage(): Usage {
    return this.#usage;
  }

  /** The bound that was reached first; `undefined` while there is budget left. */
  get spent(): keyof Budget | undefined {
    return this.#spent;
  }

  /** Counts what was used, by one request or in earlier calls. */
  add(part: Partial<Usage>): void {
    const { read, trained, written, requests } = this.#usage;
    this.#usage = {
      read: read + (part.read ?? 0),
      trained: trained + (part.trained ?? 0),
      written: written + (part.written ?? 0),
      requests: requests + (part.requests ?? 0),
    };
    if (this.#spent !== undefined) return;
    this.#spent = this.#reached();
    if (this.#spent !== undefined) this.#options.onSpent?.(this.#usage, this.#spent);
  }

  #reached(): keyof Budget | undefined {
    const { tokens, requests, cost } = this.#options.budget ?? {};
    const { read, trained, written } = this.#usage;
    if (tokens !== undefined && read + trained + written >= tokens) return "tokens";
    if (requests !== undefined && this.#usage.requests >= requests) return "requests";
    if (cost !== undefined && costOf(this.#usage, this.#options.prices) >= cost) return "cost";
    return undefined;
  }
}

/** What the tokens cost. */
export function costOf(usage: Omit<Usage, "requests">, prices: TokenPrices | undefined): number {
  if (prices === undefined) return 0;
  const { read, trained, written } = usage;
  return (read * prices.read + trained * prices.trained + written * prices.written) / 1e6;
}
