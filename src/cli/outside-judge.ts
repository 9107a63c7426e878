/** A served model as the judge of a search. */
import { createChatClient, type UsageMeter } from "../engine/index.js";
import type { OutsideJudge } from "../stages/judge.js";
import type { Recipe } from "../stages/recipe.js";
import { keyOf } from "./remote-model.js";

/** An answer is one letter; some models put a few words around it. */
const LONGEST_ANSWER = 16;

/** The judge that a recipe names, where it names one and asks for judgements. Nothing is asked of its server yet. */
export function openJudge({ explore }: Recipe, meter: UsageMeter): { readonly judge?: OutsideJudge } {
  if (explore.judge === null) return {};
  const client = createChatClient({ ...explore.judge, ...keyOf("OPENAI_API_KEY"), meter });
  const judge: OutsideJudge = async (content, signal) => {
    const messages = [{ role: "user" as const, content }];
    return (await client.complete({ messages, maxTokens: LONGEST_ANSWER, temperature: 0 }, signal)).content;
  };
  return { judge };
}
