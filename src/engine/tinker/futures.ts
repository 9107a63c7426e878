/**
 * Results by long poll. Three shapes of failure: 200 with `error` (hosted), 400 with `detail` (SkyRL), and statuses of the
 * way there; and two of "not yet": 408, and 200 with `type: try_again`.
 */
import { z } from "zod";
import { ServerError } from "../../spec/index.js";
import { detailOf, type HttpAnswer, jsonOf, NoAnswerError } from "../remote/http.js";
import { Patience } from "../remote/patience.js";
import { pause } from "../remote/pause.js";
import { type Connection, isObject, refusal } from "./connection.js";
import { failureOf, LostModelError, LostPromiseError } from "./failures.js";

/** The kinds of work that give a future, as the servers' telemetry names them. */
export type FutureType =
  | "CreateModel"
  | "Forward"
  | "ForwardBackward"
  | "OptimStep"
  | "SaveWeights"
  | "LoadWeights"
  | "SaveWeightsForSampler"
  | "Sample"
  | "UnloadModel";

const acceptedSchema = z.looseObject({ request_id: z.union([z.string(), z.number()]).transform(String) });

/** The id under which the result of an accepted request will be. @throws ServerError where the server gave none */
export function requestIdOf(body: unknown): string {
  const parsed = acceptedSchema.safeParse(body);
  if (parsed.success) return parsed.data.request_id;
  throw new ServerError("The server accepted a request and gave no request_id. Is this a Tinker server?");
}

/** A result that is waited for. */
export interface Future {
  readonly requestId: string;
  readonly type: FutureType;
  readonly signal?: AbortSignal;
  /** Milliseconds in all. @default as the timing says */
  readonly limit?: number;
}

/**
 * The answer that holds the result: JSON, or protobuf where the connection accepts it.
 * @throws FailedRequestError, LostModelError, LostPromiseError for what the server says. @throws ServerError where it does not answer in time
 */
export async function retrieve(connection: Connection, future: Future): Promise<HttpAnswer> {
  const { timing } = connection;
  const started = performance.now();
  const patience = new Patience(timing, future.signal);
  const states = new QueueStates(connection);
  for (let iteration = 0; ; iteration += 1) {
    const polled = performance.now();
    const outcome = await poll(connection, future, iteration);
    if (performance.now() - started > (future.limit ?? timing.result)) throw overdue(future, started);
    if (isResult(outcome)) return outcome;
    if (isPending(outcome)) {
      patience.renew();
      if (!(outcome instanceof NoAnswerError)) states.tell(outcome);
      await pause(Math.max(0, timing.pollPause - (performance.now() - polled)), future.signal);
    } else await patience.wait(outcome, failureOfPoll(outcome));
  }
}

async function poll(
  connection: Connection,
  { requestId, type, signal }: Future,
  iteration: number,
): Promise<HttpAnswer | NoAnswerError> {
  try {
    return await connection.attempt({
      path: "retrieve_future",
      json: { request_id: requestId, allow_metadata_only: false },
      headers: {
        "x-tinker-request-type": type,
        "x-tinker-request-iteration": String(iteration),
      },
      timeout: connection.timing.poll,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof NoAnswerError) return error;
    throw error;
  }
}

/** @throws what the server says of the request */
function isResult(outcome: HttpAnswer | NoAnswerError): outcome is HttpAnswer {
  if (outcome instanceof NoAnswerError) return false;
  const { status, bytes } = outcome;
  if (status === 410) throw new LostPromiseError("The server lost the promise of a result.", { status });
  if (status === 404) throw new LostModelError(`The server says: ${detailOf(outcome)}`, { status });
  if (status === 400 && bytes.length > 0) throw failureOf(detailOf(outcome), { status });
  if (status < 200 || status >= 300) return false;
  if (isProtobuf(outcome)) return true;
  const body = jsonOf(outcome);
  if (!isObject(body)) return false;
  if ("error" in body && typeof body.error === "string") {
    throw failureOf(body.error, { status, category: String(body.category ?? "unknown").toLowerCase() });
  }
  return body.type !== "try_again" && body.status !== "complete_metadata";
}

/** SkyRL holds a poll longer than we wait for it, so time that is up says no more than that. */
function isPending(outcome: HttpAnswer | NoAnswerError): boolean {
  if (outcome instanceof NoAnswerError) return outcome.timedOut;
  return outcome.status === 408 || (outcome.status === 200 && isObject(jsonOf(outcome)));
}

/** Statuses that more patience cannot mend are thrown at once. */
function failureOfPoll(outcome: HttpAnswer | NoAnswerError): ServerError {
  if (outcome instanceof NoAnswerError) return outcome;
  const failure = refusal("retrieve_future", outcome);
  if ([400, 402, 429].includes(outcome.status) || outcome.status >= 500 || outcome.status < 300)
    return failure;
  throw failure;
}

/** Whether an answer is written in protobuf. */
export function isProtobuf({ headers }: Pick<HttpAnswer, "headers">): boolean {
  return /protobuf/.test(headers.get("content-type") ?? "");
}

function overdue({ requestId, type }: Future, started: number): ServerError {
  const seconds = Math.round((performance.now() - started) / 1000);
  const message = `${type} ${requestId} has no result after ${seconds} seconds. Look at the server's log; the same command goes on from the last checkpoint.`;
  return new ServerError(message, { requestId, type, seconds });
}

/** Tells people once when the server holds a request back. */
class QueueStates {
  readonly #connection: Connection;
  #last = "active";

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  tell(answer: HttpAnswer): void {
    const body = jsonOf(answer);
    const state = isObject(body) && typeof body.queue_state === "string" ? body.queue_state : "active";
    if (state === this.#last) return;
    this.#last = state;
    if (state === "active") return;
    const reason =
      isObject(body) && typeof body.queue_state_reason === "string" ? ` (${body.queue_state_reason})` : "";
    this.#connection.warn(`The server holds requests back: ${state}${reason}.`);
  }
}
