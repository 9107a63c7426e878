/** A policy as somebody who answers benchmark questions: greedily, in text. */
import type { Policy } from "../spec/index.js";
import { checkLength, type RenderContext, renderPrompt } from "../text/index.js";
import type { BfclAnswer, BfclResponder } from "./bfcl.js";

/** How a policy answers. */
export interface PolicyResponderOptions {
  readonly policy: Policy;
  readonly context: RenderContext;
  /** Longest answer, in tokens. */
  readonly maximumTokens: number;
}

/** The note of an answer that was not asked for. */
export const TOO_LONG = "prompt-exceeds-context";

/** Answers with the most probable tokens. A prompt that leaves no room in the context gets an empty answer and a note. */
export function policyResponder({ policy, context, maximumTokens }: PolicyResponderOptions): BfclResponder {
  return async (questions, call) => {
    const prompts = questions.map((question) => renderPrompt(context, question));
    const asked = prompts.filter((prompt) => fits(context, prompt));
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
    return prompts.map((prompt): BfclAnswer => {
      if (!fits(context, prompt)) return { text: "", note: TOO_LONG };
      const tokens = samples[next++]![0]!.tokens;
      const spoken = tokens.at(-1) === context.stopToken ? tokens.slice(0, -1) : tokens;
      return { text: context.tokenizer.decode(spoken) };
    });
  };
}

/** Room for one token at least. */
function fits(context: RenderContext, prompt: readonly number[]): boolean {
  return checkLength(context, prompt.length, 1).ok;
}
