/**
 * Requests to a training server with the retries that each may have. What a call that was lost on the way has done is not
 * known, so only calls that may be repeated are: the rest fail with `LostAnswerError`, and their callers know what to do.
 */
import { type JsonValue, ServerError } from "../../spec/index.js";
import { withoutSecret } from "../remote/address.js";
import { detailOf, type HttpAnswer, joinUrl, jsonOf, NoAnswerError, sendOnce } from "../remote/http.js";
import { isEmptyRefusal, Patience } from "../remote/patience.js";
import type { Credential } from "./credential.js";
import { failureOf, LostAnswerError } from "./failures.js";
import type { TinkerTiming } from "./tinker-options.js";

/** A call of the API. */
export interface ApiCall {
  /** @default "POST" */
  readonly method?: "GET" | "POST" | "DELETE";
  /** Below `/api/v1/`. */
  readonly path: string;
  readonly json?: JsonValue;
  /** Instead of `json`. */
  readonly encoded?: { readonly body: Uint8Array<ArrayBuffer>; readonly contentType: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it does the same when it is carried out twice. @default true */
  readonly repeatable?: boolean;
  /** Statuses that the caller deals with, besides 2xx. */
  readonly expected?: readonly number[];
  readonly timeout?: number;
  /** Milliseconds that it is tried again for. @default as the timing says */
  readonly patience?: number;
  readonly signal?: AbortSignal;
}

/** What a connection needs to know. */
export interface ConnectionOptions {
  readonly url: string;
  readonly timing: TinkerTiming;
  readonly credential: Credential;
  /** What answers may be written in. */
  readonly accept: string;
  readonly warn: (message: string) => void;
}

/** Sends calls to one server. */
export class Connection {
  readonly timing: TinkerTiming;
  readonly warn: (message: string) => void;
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.timing = options.timing;
    this.warn = options.warn;
  }

  get url(): string {
    return this.#options.url;
  }

  /** The address of a path of the API. */
  address(path: string): string {
    return joinUrl(this.#options.url, `api/v1/${path}`);
  }

  /** Headers that every request to the server has. */
  async headers(): Promise<Record<string, string>> {
    const key = await this.#options.credential.current();
    return { accept: this.#options.accept, ...(key === undefined ? {} : { "x-api-key": key }) };
  }

  /** One attempt. @throws NoAnswerError, CancelledError as `sendOnce` */
  async attempt(call: ApiCall): Promise<HttpAnswer> {
    const { method = "POST", path, json, encoded, timeout, signal } = call;
    const contentType = encoded?.contentType ?? (json === undefined ? undefined : "application/json");
    const body = encoded?.body ?? (json === undefined ? undefined : JSON.stringify(json));
    const headers = await this.headers();
    const answer = await sendOnce({
      method,
      url: this.address(path),
      headers: {
        ...headers,
        ...(contentType === undefined ? {} : { "content-type": contentType }),
        ...call.headers,
      },
      timeout: timeout ?? this.timing.request,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { ...answer, bytes: withoutSecret(answer.bytes, headers["x-api-key"]) };
  }

  /**
   * The answer, after as many attempts as it takes and the call allows.
   * @throws LostAnswerError where a call that may not be repeated got no answer. @throws ServerError for a refusal, or when the patience is at its end
   */
  async send(call: ApiCall): Promise<HttpAnswer> {
    const patience = new Patience(
      { ...this.timing, patience: call.patience ?? this.timing.patience },
      call.signal,
    );
    for (;;) {
      const outcome = await this.attempt(call).catch((error: unknown) => {
        if (error instanceof NoAnswerError) return error;
        throw error;
      });
      if (!(outcome instanceof NoAnswerError) && isWanted(outcome, call)) return outcome;
      const failure = outcome instanceof NoAnswerError ? outcome : refusal(call.path, outcome);
      if (isLost(outcome) && call.repeatable === false) {
        throw new LostAnswerError(`${failure.message} It may have been carried out.`, failure.facts);
      }
      if (!(outcome instanceof NoAnswerError) && !mayRecover(outcome)) throw failure;
      await patience.wait(outcome, failure);
    }
  }

  /** The answer's JSON object. @throws ServerError as `send`, and where it is none */
  async object(call: ApiCall): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.send(call);
    const body = jsonOf(answer);
    if (isObject(body)) return body;
    const { status } = answer;
    throw new ServerError(
      `${call.path} was answered with ${status} and no JSON object. Is this a Tinker server?`,
      {
        url: this.url,
        path: call.path,
        status,
      },
    );
  }
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWanted({ status }: HttpAnswer, { expected = [] }: ApiCall): boolean {
  return (status >= 200 && status < 300) || expected.includes(status);
}

/** Whether the call may have been carried out all the same: proxies answer so, too, when the server was too slow for them. */
function isLost(outcome: HttpAnswer | NoAnswerError): boolean {
  if (outcome instanceof NoAnswerError) return outcome.sent;
  return outcome.status >= 500 || outcome.status === 408 || isEmptyRefusal(outcome);
}

function mayRecover(answer: HttpAnswer): boolean {
  const advice = answer.headers.get("x-should-retry");
  if (advice !== null) return advice === "true";
  return [402, 408, 425, 429].includes(answer.status) || answer.status >= 500 || isEmptyRefusal(answer);
}

/** The failure that a refusal describes. */
export function refusal(path: string, answer: HttpAnswer): ServerError {
  const { status } = answer;
  const detail = detailOf(answer);
  if ((status === 400 || status === 404) && detail !== "") return failureOf(detail, { path, status });
  const said = detail === "" ? "" : `: ${detail}`;
  const fix = status === 401 || status === 403 ? " Check the API key." : "";
  return new ServerError(`${path} was answered with ${status}${said}.${fix}`, { path, status, detail });
}
