/**
 * What identifies the client: an API key, or a short-lived token that the hosted service gives for it. A token is renewed
 * before it expires; the key itself goes nowhere else.
 */
import type { HttpAnswer } from "../remote/http.js";
import { jsonOf } from "../remote/http.js";

/** Renewed so long before it expires. */
const RENEW_BEFORE = 300_000;
/** With so little left a request waits for the new token. */
const URGENT_BEFORE = 60_000;
/** After an exchange that failed. */
const PAUSE_AFTER_FAILURE = 60_000;

/** Asks the server for a token in exchange for the key. */
export type TokenExchange = (key: string) => Promise<HttpAnswer>;

/** Gives the value of the header `X-API-Key`. */
export class Credential {
  readonly #key: string | undefined;
  #exchange: TokenExchange | undefined;
  #token: { readonly text: string; readonly expires: number } | undefined;
  #renewal: Promise<void> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(key: string | undefined) {
    this.#key = key;
  }

  /** From now on tokens are used in place of the key. */
  useTokens(exchange: TokenExchange): void {
    this.#exchange = exchange;
  }

  /** The key or a token that is still good; `undefined` without a key. */
  async current(): Promise<string | undefined> {
    if (this.#exchange === undefined || this.#key === undefined) return this.#key;
    const left = (this.#token?.expires ?? 0) - Date.now();
    if (left < RENEW_BEFORE && Date.now() - this.#failedAt > PAUSE_AFTER_FAILURE) {
      this.#renewal ??= this.#renew(this.#key, this.#exchange);
      if (left < URGENT_BEFORE) await this.#renewal;
    }
    return this.#token?.text ?? this.#key;
  }

  async #renew(key: string, exchange: TokenExchange): Promise<void> {
    try {
      const answer = jsonOf(await exchange(key));
      const text = typeof answer === "object" && answer !== null && "jwt" in answer ? answer.jwt : undefined;
      if (typeof text === "string") this.#token = { text, expires: expiryOf(text) };
      else this.#failedAt = Date.now();
    } catch {
      this.#failedAt = Date.now();
    } finally {
      this.#renewal = undefined;
    }
  }
}

/** The `exp` claim of a token in milliseconds; an hour from now where it has none. */
function expiryOf(token: string): number {
  const payload = token.split(".")[1] ?? "";
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    if (typeof claims === "object" && claims !== null && "exp" in claims && typeof claims.exp === "number") {
      return 1000 * claims.exp;
    }
  } catch {
    // Not a token with claims: it is used for an hour.
  }
  return Date.now() + 3_600_000;
}
