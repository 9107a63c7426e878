/** Requests to a server with the OpenAI API, within its limits, sent again where that may help. */
import { type JsonObject, ServerError } from "../../spec/index.js";
import { withoutSecret } from "../remote/address.js";
import { detailOf, type HttpAnswer, joinUrl, jsonOf, NoAnswerError, sendOnce } from "../remote/http.js";
import { Limiter } from "../remote/limiter.js";
import { Patience } from "../remote/patience.js";
import { RateLimit } from "../remote/rate-limit.js";
import { UsageMeter } from "../remote/usage-meter.js";
import { defaultOpenAITiming, type OpenAIServer, type OpenAITiming } from "./openai-options.js";

const REQUESTS_IN_FLIGHT = 64;
/** Statuses after which the same request may succeed. */
const PASSING = [408, 409, 425, 429];

/** One server and model. Generation changes nothing there, so every request may be sent again. */
export class OpenAIConnection {
  readonly meter: UsageMeter;
  /** Most requests under way at once. */
  readonly requestsInFlight: number;
  readonly #server: OpenAIServer;
  readonly #timing: OpenAITiming;
  readonly #limiter: Limiter;
  readonly #rate: RateLimit;

  constructor(server: OpenAIServer) {
    this.#server = server;
    this.meter = server.meter ?? new UsageMeter();
    this.#timing = { ...defaultOpenAITiming, ...server.timing };
    this.requestsInFlight = server.requestsInFlight ?? REQUESTS_IN_FLIGHT;
    this.#limiter = new Limiter(this.requestsInFlight);
    this.#rate = new RateLimit(server.requestsPerMinute ?? 0);
  }

  /**
   * The JSON that the server answers to a generation; the model's name is filled in.
   * @throws ServerError for a refusal, or when the patience is at its end. @throws CancelledError when the signal fires
   */
  post(path: string, body: JsonObject, signal?: AbortSignal): Promise<unknown> {
    return this.#limiter.run(async () => {
      const patience = new Patience(this.#timing, signal);
      for (;;) {
        await this.#rate.take(signal);
        const outcome = await this.#attempt(path, body, signal);
        if (!(outcome instanceof NoAnswerError) && outcome.status === 200) return jsonOf(outcome);
        const failure = outcome instanceof NoAnswerError ? outcome : this.#refusal(path, outcome);
        if (!mayPass(outcome)) throw failure;
        await patience.wait(outcome, failure);
      }
    });
  }

  async #attempt(path: string, body: JsonObject, signal?: AbortSignal): Promise<HttpAnswer | NoAnswerError> {
    const { url, model, apiKey } = this.#server;
    const base = /\/v1\/*$/.test(url) ? url : joinUrl(url, "v1");
    try {
      const answer = await sendOnce({
        method: "POST",
        url: joinUrl(base, path),
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify({ model, ...body }),
        timeout: this.#timing.request,
        ...(signal === undefined ? {} : { signal }),
      });
      return { ...answer, bytes: withoutSecret(answer.bytes, apiKey) };
    } catch (error) {
      if (error instanceof NoAnswerError) return error;
      throw error;
    }
  }

  #refusal(path: string, answer: HttpAnswer): ServerError {
    const { status } = answer;
    const { url, model } = this.#server;
    const detail = detailOf(answer);
    const fix = status === 401 || status === 403 ? " Check the API key." : "";
    const message = `${url}: ${path} of model ${model} was answered with ${status}${detail === "" ? "" : `: ${detail}`}.${fix}`;
    return new ServerError(message, { url, path, model, status, detail });
  }
}

function mayPass(outcome: HttpAnswer | NoAnswerError): boolean {
  if (outcome instanceof NoAnswerError) return true;
  const { status } = outcome;
  // A used-up quota is reported as too many requests; waiting does not bring it back.
  if (status === 429 && /insufficient_quota/.test(detailOf(outcome))) return false;
  return PASSING.includes(status) || status >= 500;
}
