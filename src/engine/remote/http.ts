/**
 * One HTTP request and its whole answer, bounded in time and size. Retries are the callers' business. It goes by Node's own
 * client: `fetch` takes several times the processor time for a small request, and a search sends thousands.
 */
import { Agent, type ClientRequest, type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure, Agent as SecureAgent } from "node:https";
import { ServerError } from "../../spec/index.js";
import { expectListeners, throwIfAborted } from "./pause.js";

/** What is sent. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Milliseconds until the whole answer is there. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** Headers of an answer, by names in lower case. */
export interface AnswerHeaders {
  get(name: string): string | null;
}

/** What came back, whatever its status. Redirects are answers. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly bytes: Uint8Array;
}

/** An answer whose body is still coming. */
export interface HttpResponse extends Omit<HttpAnswer, "bytes"> {
  readonly body: AsyncIterable<Uint8Array>;
}

/** There was no answer, or not all of it. */
export class NoAnswerError extends ServerError {
  /** False where the request surely did not reach the server. */
  readonly sent: boolean;
  /** True where the time was up: the server may be busy with it. */
  readonly timedOut: boolean;

  constructor(url: string, cause: unknown) {
    const reason = reasonOf(cause);
    const place = withoutQuery(url);
    super(`No answer from ${place} (${reason}).`, { url: place, reason }, { cause });
    this.timedOut = cause instanceof TimeUp;
    this.sent = !/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(reason);
  }
}

/** The time of a request is up. */
class TimeUp extends Error {
  constructor(milliseconds: number) {
    super(`nothing within ${milliseconds / 1000} seconds`);
  }
}

/** Most bytes of an answer that is read into memory. */
const LARGEST_ANSWER = 2 ** 30;
/** Idle connections are closed before servers (uvicorn: five seconds) close them under a request. */
const keepAlive = { keepAlive: true, timeout: 4_000 };
const agents = { "http:": new Agent(keepAlive), "https:": new SecureAgent(keepAlive) };

/**
 * The answer to one attempt.
 * @throws NoAnswerError where none came in time. @throws CancelledError when the signal fires
 */
export async function sendOnce(request: HttpRequest): Promise<HttpAnswer> {
  return withResponse(request, async ({ status, headers, body }) => ({
    status,
    headers,
    bytes: await readBounded(body, request.url),
  }));
}

/**
 * What `work` makes of the response, whose body it may stream; the time limit is for all of it.
 * @throws as `sendOnce`, and whatever `work` throws of its own
 */
export async function withResponse<T>(
  request: HttpRequest,
  work: (response: HttpResponse) => Promise<T>,
): Promise<T> {
  throwIfAborted(request.signal);
  const exchange = new Exchange(request);
  try {
    return await work(await exchange.response());
  } catch (cause) {
    throwIfAborted(request.signal);
    if (exchange.failure === undefined) throw cause;
    throw new NoAnswerError(request.url, exchange.failure);
  } finally {
    exchange.end();
  }
}

/** One request under way. */
class Exchange {
  /** Why the connection failed. */
  failure: unknown;
  readonly #request: HttpRequest;
  readonly #outgoing: ClientRequest;
  #incoming: IncomingMessage | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = (): void => this.#fail(new Error("it was cancelled"));

  constructor(request: HttpRequest) {
    const { method, url, headers, timeout, signal } = request;
    this.#request = request;
    const target = new URL(url);
    const secure = target.protocol === "https:";
    this.#outgoing = secure
      ? requestSecure(target, { method, headers, agent: agents["https:"] })
      : requestPlain(target, { method, headers, agent: agents["http:"] });
    // Kept for as long as the exchange lasts: an error after the answer began has nobody else to hear it.
    this.#outgoing.on("error", (error) => {
      this.failure ??= error;
    });
    this.#timer = setTimeout(() => this.#fail(new TimeUp(timeout)), timeout);
    if (signal === undefined) return;
    expectListeners(signal);
    signal.addEventListener("abort", this.#abort, { once: true });
  }

  response(): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      this.#outgoing.on("error", reject);
      this.#outgoing.on("response", (incoming) => {
        this.#incoming = incoming;
        incoming.on("error", (error) => {
          this.failure ??= error;
        });
        const get = (name: string): string | null => {
          const value = incoming.headers[name];
          return Array.isArray(value) ? value.join(", ") : (value ?? null);
        };
        resolve({ status: incoming.statusCode ?? 0, headers: { get }, body: incoming });
      });
      this.#outgoing.end(this.#request.body);
    });
  }

  /** Leaves nothing behind; a body that was not read to its end is not waited for. */
  end(): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener("abort", this.#abort);
    if (this.#incoming?.complete !== true) this.#outgoing.destroy();
    else this.#incoming.resume();
  }

  #fail(reason: Error): void {
    this.failure ??= reason;
    this.#outgoing.destroy(reason);
  }
}

/** The answer's text. */
export function textOf({ bytes }: Pick<HttpAnswer, "bytes">): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

const parsed = new WeakMap<Uint8Array, { readonly value: unknown }>();

/** The answer's JSON, parsed once; `undefined` where it is none. */
export function jsonOf(answer: Pick<HttpAnswer, "bytes">): unknown {
  const known = parsed.get(answer.bytes);
  if (known !== undefined) return known.value;
  const value = parse(textOf(answer));
  parsed.set(answer.bytes, { value });
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What a server says went wrong: `detail` or `error` as text or as a list of findings, else the beginning of the body;
 * empty where there is no body.
 */
export function detailOf(answer: HttpAnswer): string {
  const body = jsonOf(answer);
  if (typeof body === "object" && body !== null) {
    const found = "detail" in body ? body.detail : "error" in body ? body.error : body;
    const text = typeof found === "string" ? found : messageOf(found);
    return text.slice(0, 2000);
  }
  return textOf(answer).trim().slice(0, 500);
}

function messageOf(found: unknown): string {
  if (
    typeof found === "object" &&
    found !== null &&
    "message" in found &&
    typeof found.message === "string"
  ) {
    return found.message;
  }
  return JSON.stringify(found) ?? "";
}

/** Milliseconds that the answer asks to wait, at most a minute; `undefined` where it does not say. */
export function retryAfter({ headers }: Pick<HttpAnswer, "headers">): number | undefined {
  const exact = Number(headers.get("retry-after-ms") ?? Number.NaN);
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const wait = Number.isFinite(exact) ? exact : 1000 * seconds;
  return Number.isFinite(wait) && wait >= 0 ? Math.min(wait, 60_000) : undefined;
}

async function readBounded(body: AsyncIterable<Uint8Array>, url: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.byteLength;
    if (size > LARGEST_ANSWER) {
      throw new ServerError(`${withoutQuery(url)} answers with more than ${LARGEST_ANSWER} bytes.`, {
        url: withoutQuery(url),
        limit: LARGEST_ANSWER,
      });
    }
    parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause === undefined ? "" : `: ${reasonOf(cause.cause)}`;
  const code = "code" in cause && typeof cause.code === "string" ? `${cause.code} ` : "";
  return `${code}${cause.message}${inner}`;
}

/** The address without what may be secret in it: signed addresses carry their signature in the query. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** The address of a path below a base, whether or not the base ends with a slash. */
export function joinUrl(base: string, path: string): string {
  return `${base.replace(/\/+$/, "")}/${path}`;
}
