/** How long a client goes on trying, and how it waits, by what a server answered. */
import type { ServerError } from "../../spec/index.js";
import { type HttpAnswer, NoAnswerError, retryAfter } from "./http.js";
import { backoff, pause } from "./pause.js";

/** Times in milliseconds. */
export interface PatienceTiming {
  /** First wait before a request is sent again; doubles up to 60 times this. */
  readonly retry: number;
  /** How long a server may not answer sensibly before the call fails. */
  readonly patience: number;
  /** Wait while the account is paused for billing. */
  readonly billingPause: number;
}

/** 400 without a word is a proxy's hiccup; more than these in a row are not. */
const EMPTY_ANSWERS = 3;
/** How long a pause for billing is waited through. */
const BILLING_LIMIT = 3_600_000;

/** How long to go on trying, by what was answered. */
export class Patience {
  readonly #timing: PatienceTiming;
  readonly #signal: AbortSignal | undefined;
  #attempts = 0;
  #emptyAnswers = 0;
  #silentSince = performance.now();
  #billingSince: number | undefined;

  constructor(timing: PatienceTiming, signal?: AbortSignal) {
    this.#timing = timing;
    this.#signal = signal;
  }

  /** The server has said something sensible: count anew. */
  renew(): void {
    this.#attempts = 0;
    this.#emptyAnswers = 0;
    this.#silentSince = performance.now();
  }

  /** Waits before the next attempt. @throws `failure` when it has been tried long enough */
  async wait(outcome: HttpAnswer | NoAnswerError, failure: ServerError): Promise<void> {
    if (!(outcome instanceof NoAnswerError) && outcome.status === 402) return this.#waitForBilling(failure);
    if (isEmptyRefusal(outcome) && ++this.#emptyAnswers > EMPTY_ANSWERS) throw failure;
    if (performance.now() - this.#silentSince > this.#timing.patience) throw failure;
    const asked = outcome instanceof NoAnswerError ? undefined : retryAfter(outcome);
    const wait = asked ?? backoff(this.#attempts, this.#timing.retry, 60 * this.#timing.retry);
    this.#attempts += 1;
    await pause(wait, this.#signal);
  }

  async #waitForBilling(failure: ServerError): Promise<void> {
    this.#billingSince ??= performance.now();
    if (performance.now() - this.#billingSince > BILLING_LIMIT) throw failure;
    this.#silentSince = performance.now();
    await pause(this.#timing.billingPause, this.#signal);
  }
}

/** 400 without a body: not the server's own answer. */
export function isEmptyRefusal(outcome: HttpAnswer | NoAnswerError): boolean {
  return !(outcome instanceof NoAnswerError) && outcome.status === 400 && outcome.bytes.length === 0;
}
