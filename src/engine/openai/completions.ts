/**
 * Completions of token ids. Servers differ in what they give back: ids beside the text (vLLM's `return_token_ids`), ids
 * written as tokens (`token_id:7`), or text alone, which is then encoded again.
 */
import { z } from "zod";
import { deriveSeed } from "../../method/random.js";
import {
  type JsonObject,
  type Sample,
  type SampleRequest,
  ServerError,
  type Tokenizer,
} from "../../spec/index.js";

const logprobsSchema = z.looseObject({
  tokens: z.array(z.string()).nullish(),
  token_logprobs: z.array(z.number().nullable()).nullish(),
});
const choiceSchema = z.looseObject({
  index: z.int().nullish(),
  text: z.string(),
  finish_reason: z.string().nullish(),
  token_ids: z.array(z.int().min(0)).nullish(),
  logprobs: logprobsSchema.nullish(),
});
const usageSchema = z.looseObject({
  prompt_tokens: z.number().nullish(),
  completion_tokens: z.number().nullish(),
});
const answerSchema = z.looseObject({ choices: z.array(choiceSchema).min(1), usage: usageSchema.nullish() });

/** One choice of an answer. */
export type Choice = z.infer<typeof choiceSchema>;
/** A checked answer. */
export type CompletionsAnswer = z.infer<typeof answerSchema>;

/** The answer, its choices in order. @throws ServerError where it is not what the API says */
export function readAnswer(body: unknown): CompletionsAnswer {
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.map(String).join(".") || "the answer";
    throw new ServerError(`The server's completion is not what the API says: ${field}: ${issue?.message}.`, {
      field,
    });
  }
  const choices = parsed.data.choices.toSorted((one, other) => (one.index ?? 0) - (other.index ?? 0));
  return { ...parsed.data, choices };
}

/** The body of a request for samples. @param extended With the fields of vLLM, which strict servers refuse. */
export function sampleBody(
  request: SampleRequest,
  prompt: readonly number[] | string,
  tokenizer: Tokenizer,
  extended: boolean,
): JsonObject {
  const { n, maxTokens, temperature, topP, stop, seed } = request;
  const texts = stop.map((token) => tokenizer.decode([token])).filter((text) => text !== "");
  return {
    prompt: typeof prompt === "string" ? prompt : [...prompt],
    n,
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    seed: deriveSeed(seed, "sample", request.prompt.join(",")) >>> 2,
    logprobs: extended ? 0 : 1,
    ...(extended
      ? { return_token_ids: true, return_tokens_as_token_ids: true, stop_token_ids: [...stop] }
      : texts.length > 0 && { stop: texts.slice(0, MOST_STOPS) }),
  };
}

/** The API takes no more. */
const MOST_STOPS = 4;

/** The body of a request for the log-probabilities of a prompt: it is echoed, and one token more is drawn. */
export function scoreBody(prompt: readonly number[] | string, extended: boolean): JsonObject {
  return {
    prompt: typeof prompt === "string" ? prompt : [...prompt],
    max_tokens: 1,
    temperature: 0,
    echo: true,
    logprobs: extended ? 0 : 1,
  };
}

/**
 * The choice as a sample. A stop token that ended it and that the server left out is put back. Log-probabilities that the
 * server did not give, or not one a token, are NaN.
 */
export function sampleOf(choice: Choice, request: SampleRequest, tokenizer: Tokenizer): Sample {
  const given = idsOf(choice) ?? tokenizer.encode(choice.text);
  const end = given.findIndex((token) => request.stop.includes(token));
  const ended = end < 0 ? given : given.slice(0, end + 1);
  const stopped = end >= 0 || choice.finish_reason === "stop";
  const [stop] = request.stop;
  const restored =
    end < 0 && choice.finish_reason === "stop" && stop !== undefined && ended.length < request.maxTokens;
  const tokens = restored ? [...ended, stop] : ended;
  const told = choice.logprobs?.token_logprobs ?? [];
  const aligned = told.length === given.length || told.length === tokens.length;
  const logprobs = Float32Array.from(tokens, (_, index) => (aligned ? told[index] : undefined) ?? Number.NaN);
  return { tokens, logprobs, finish: stopped ? "stop" : "length" };
}

/** Token ids that the server gave, in whichever way; `undefined` where it gave text alone. */
function idsOf({ token_ids, logprobs }: Choice): number[] | undefined {
  if (token_ids) return token_ids;
  const written = logprobs?.tokens?.map((token) => Number(/^token_id:(\d+)$/.exec(token)?.[1] ?? Number.NaN));
  return written !== undefined && written.length > 0 && !written.some(Number.isNaN) ? written : undefined;
}

/**
 * log p of the prompt's tokens but the first.
 * @throws ServerError where the server does not give one number for each
 */
export function promptLogprobs({ choices }: CompletionsAnswer, prompt: readonly number[]): Float32Array {
  const told = choices[0]!.logprobs?.token_logprobs ?? [];
  const own = told.slice(1, prompt.length);
  if (own.length === prompt.length - 1 && own.every((value) => value !== null))
    return Float32Array.from(own, Number);
  const message = `The server gives no log-probabilities of prompts (${told.length} numbers for ${prompt.length} tokens): it can sample, not score. Serve the model with vLLM, or use another engine.`;
  throw new ServerError(message, { given: told.length, tokens: prompt.length });
}
