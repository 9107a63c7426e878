/** A policy as somebody who answers benchmark questions: greedily, in text. */
import { IToolError, type Policy } from "../spec/index.js";
import { checkLength, type RenderContext, renderPrompt } from "../text/index.js";
import type { BenchmarkAnswer, BenchmarkQuestion, Responder } from "./responder.js";

/** How a policy answers. */
export interface PolicyResponderOptions {
  readonly policy: Policy;
  readonly context: RenderContext;
  /** Longest answer, in tokens. */
  readonly maximumTokens: number;
}

/** Notes of questions that were not asked. */
export const TOO_LONG = "prompt-exceeds-context";
export const TEMPLATE_FAILS = "template-refuses-dialogue";

/** Answers with the most probable tokens. A dialogue that the template refuses, or that leaves
 * no room in the context, gets an empty answer and a note. */
export function policyResponder({ policy, context, maximumTokens }: PolicyResponderOptions): Responder {
  const answer: Responder["answer"] = async (questions, call) => {
    const prompts = questions.map((question) => promptOf(question, context));
    const asked = prompts.filter((prompt) => typeof prompt !== "string");
    const requests = asked.map((prompt) => ({
      prompt,
      n: 1,
      maxTokens: maximumTokens,
      temperature: 0,
      topP: 1,
      stop: [context.stopToken],
      seed: 0,
    }));
    const samples = requests.length === 0 ? [] : await policy.sample(requests, call);
    let next = 0;
    return prompts.map((prompt): BenchmarkAnswer => {
      if (typeof prompt === "string") return { text: "", note: prompt };
      const { tokens, finish } = samples[next++]![0]!;
      const spoken = tokens.at(-1) === context.stopToken ? tokens.slice(0, -1) : tokens;
      return { text: context.tokenizer.decode(spoken), cut: finish === "length" };
    });
  };
  const { requestsInFlight } = policy;
  return { batches: true, answer, ...(requestsInFlight !== undefined && { requestsInFlight }) };
}

/** The prompt's tokens, or the note on why there are none. */
function promptOf({ messages, tools }: BenchmarkQuestion, context: RenderContext): number[] | string {
  try {
    const prompt = renderPrompt(context, { messages, tools });
    return checkLength(context, prompt.length, 1).ok ? prompt : TOO_LONG;
  } catch (error) {
    if (error instanceof IToolError) return TEMPLATE_FAILS;
    throw error;
  }
}
