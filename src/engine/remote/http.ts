/** One HTTP request and its whole answer, bounded in time and size. Retries are the callers' business. */
import { CancelledError, ServerError } from "../../spec/index.js";
import { throwIfAborted } from "./pause.js";

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

/** What came back, whatever its status. Redirects are answers. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** There was no answer, or not all of it. */
export class NoAnswerError extends ServerError {
  /** False where the request surely did not reach the server. */
  readonly sent: boolean;
  /** True where the time was up: the server may be busy with it. */
  readonly timedOut: boolean;

  constructor(url: string, cause: unknown) {
    const reason = reasonOf(cause);
    super(`No answer from ${url} (${reason}).`, { url, reason }, { cause });
    this.timedOut = cause instanceof DOMException && cause.name === "TimeoutError";
    this.sent = !/ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(reason);
  }
}

/** Most bytes of an answer that is read into memory. */
const LARGEST_ANSWER = 2 ** 30;

/**
 * The answer to one attempt.
 * @throws NoAnswerError where none came in time. @throws CancelledError when the signal fires
 */
export async function sendOnce(request: HttpRequest): Promise<HttpAnswer> {
  return withResponse(request, async (response) => {
    const { status, headers } = response;
    return { status, headers, bytes: await readBounded(response, LARGEST_ANSWER) };
  });
}

/**
 * What `work` makes of the response, whose body it may stream; the time limit is for all of it.
 * @throws as `sendOnce`
 */
export async function withResponse<T>(
  { method, url, headers, body, timeout, signal }: HttpRequest,
  work: (response: Response) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  const limit = AbortSignal.timeout(timeout);
  const ended = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  try {
    const init = { method, headers, signal: ended, redirect: "manual" as const };
    return await work(await fetch(url, body === undefined ? init : { ...init, body }));
  } catch (cause) {
    throwIfAborted(signal);
    if (cause instanceof ServerError || cause instanceof CancelledError) throw cause;
    if (cause instanceof TypeError || cause instanceof DOMException) throw new NoAnswerError(url, cause);
    throw cause;
  }
}

/** The answer's text. */
export function textOf({ bytes }: HttpAnswer): string {
  return new TextDecoder().decode(bytes);
}

/** The answer's JSON; `undefined` where it is none. */
export function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(textOf(answer));
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

async function readBounded(response: Response, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > limit) {
      throw new ServerError(`${response.url} answers with more than ${limit} bytes.`, {
        url: response.url,
        limit,
      });
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** `fetch` hides the system's reason in the cause of the cause. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause === undefined ? "" : `: ${reasonOf(cause.cause)}`;
  const code = "code" in cause && typeof cause.code === "string" ? `${cause.code} ` : "";
  return `${code}${cause.message}${inner}`;
}

/** The address of a path below a base, whether or not the base ends with a slash. */
export function joinUrl(base: string, path: string): string {
  return `${base.replace(/\/+$/, "")}/${path}`;
}
