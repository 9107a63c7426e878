/** A served model as somebody who answers benchmark questions: by chat, with native tools where they are offered. */
import { together } from "../engine/remote/together.js";
import { type ChatClient, ServerError } from "../spec/index.js";
import type { BenchmarkAnswer, BenchmarkQuestion, Responder } from "./responder.js";

/** How a served model answers. */
export interface ChatResponderOptions {
  readonly client: ChatClient;
  /** Longest answer, in tokens. */
  readonly maximumTokens: number;
}

/** The note of a question that the server refused. */
export const REFUSED = "refused-by-server";

/** As many refusals before any answer are the server's, not the questions'. */
const HOPELESS = 8;
/** Statuses that speak of one request: malformed, too large, unprocessable, or one that the server stumbles over. */
const OF_ONE_REQUEST: readonly unknown[] = [400, 413, 422, 500];

/**
 * Answers at temperature 0. What the server refuses for one question is that question's failure. A server that stays away,
 * or that has refused eight questions and answered none, is an error of the whole call.
 */
export function chatResponder({ client, maximumTokens }: ChatResponderOptions): Responder {
  const told = { answers: 0, refusals: 0 };
  const ask = async (question: BenchmarkQuestion, signal: AbortSignal): Promise<BenchmarkAnswer> => {
    const { messages, offered = [] } = question;
    const request = { messages, tools: offered, maxTokens: maximumTokens, temperature: 0 };
    try {
      const { content, toolCalls, finish } = await client.complete(request, signal);
      told.answers += 1;
      return { text: content, toolCalls, cut: finish === "length" };
    } catch (error) {
      if (!(error instanceof ServerError) || !isOfOneRequest(error)) throw error;
      told.refusals += 1;
      if (told.answers === 0 && told.refusals >= HOPELESS) throw error;
      return { text: "", note: REFUSED, failure: error.message };
    }
  };
  return { batches: false, answer: (questions, call) => together(questions, ask, call) };
}

/** An answer of another shape than the API's has no status, but names the field that is wrong. */
function isOfOneRequest({ facts }: ServerError): boolean {
  return OF_ONE_REQUEST.includes(facts.status) || facts.field !== undefined;
}
