/** The failures of a training server that the client treats differently; to callers all are `ServerError`s. */
import { ServerError } from "../../spec/index.js";

/** The request was sent and no answer came: it may have been carried out. */
export class LostAnswerError extends ServerError {}

/** The server does not have the model (any more): a restart, an expired session, an unloaded adapter. */
export class LostModelError extends ServerError {}

/** The server lost the promise of a result; the request may be sent again. */
export class LostPromiseError extends ServerError {}

/** The server carried the request out and says that it failed. Asking again would fail again. */
export class FailedRequestError extends ServerError {}

/** What servers say of a model that they do not have. */
const LOST_MODEL = /not loaded|stale request|model not found|session not found|unknown model|no such model/i;

/** The failure that the server's own words describe. */
export function failureOf(
  detail: string,
  facts: Readonly<Record<string, unknown>>,
): LostModelError | FailedRequestError {
  const message = `The server says: ${detail}`;
  return LOST_MODEL.test(detail)
    ? new LostModelError(message, { ...facts, detail })
    : new FailedRequestError(message, { ...facts, detail });
}
