/** Whether examples fit a model: those that do not are set aside and counted, never cut. */
import { DataError, type Example, type Rejection } from "../spec/index.js";
import { checkLength, type RenderContext, type RenderedExample, renderExample } from "../text/index.js";

/** An example as training sees it, or why it cannot be used with this model. */
export type ContextFit =
  | { readonly ok: true; readonly rendered: RenderedExample }
  | { readonly ok: false; readonly rejection: Rejection };

/** More than any tokenizer puts into one: text beyond that is not worth encoding to learn that it is too long. */
const charactersOfToken = 256;

/**
 * The rendered example where it fits the context. Rules: `too-long` (prompt, response and stop token are more tokens
 * than the model takes) and `template` (the model's chat template refuses the dialogue).
 */
export function fitsContext(example: Example, context: RenderContext): ContextFit {
  const reject = (rule: string, message: string): ContextFit => {
    const { file, row, turn, field = `conversations[${turn}].value` } = example.origin;
    return { ok: false, rejection: { file, row, field, rule, message } };
  };
  const { contextLength } = context;
  const characters = example.messages.reduce(
    (sum, { content }) => sum + content.length,
    example.response.length,
  );
  if (characters > charactersOfToken * contextLength) {
    const message = `${characters} characters; the model takes ${contextLength} tokens. Use a longer context or leave it out.`;
    return reject("too-long", message);
  }
  try {
    const rendered = renderExample(context, example);
    const length = checkLength(context, rendered.tokens.length);
    if (length.ok) return { ok: true, rendered };
    return reject(
      "too-long",
      `${length.tokens} tokens; the model takes ${length.limit}. Use a longer context or leave it out.`,
    );
  } catch (error) {
    if (error instanceof DataError) return reject("template", error.message);
    throw error;
  }
}
