/**
 * Examples as token ids, for every stage: here, and nowhere else, is decided what a model sees and which tokens it is
 * trained on.
 *
 * A training sequence is: the prompt (the template's text up to where the assistant speaks), the response, the stop
 * token. The response is encoded by itself, so the prompt's ids are a prefix of the sequence's ids, and what a model
 * trained on it samples after the prompt is exactly response + stop token. Trained are the response and the stop token.
 */
import type { Example, Tokenizer } from "../spec/index.js";
import { ConfigError } from "../spec/index.js";
import type { ChatTemplate } from "./chat-template.js";
import { alternatives, type EncodedChat, encodeChat } from "./special-text.js";
import { withToolPrompt } from "./tool-prompt.js";

/** A model's text side: everything that rendering depends on. */
export interface RenderContext {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** Longest sequence of the model, in tokens. */
  readonly contextLength: number;
  /** The token that ends the assistant's turn; `findStopToken` reads it off the template. */
  readonly stopToken: number;
  /**
   * Where the tools are shown: by the `template`, in our own `system` text, or `nowhere` (the messages show them
   * already). @default `template` where the template supports tools, else `system`
   */
  readonly toolPlacement?: "template" | "system" | "nowhere";
}

/** What of an example makes its prompt. */
export type PromptParts = Pick<Example, "messages" | "tools">;

/** A training sequence of T tokens. */
export interface RenderedExample {
  readonly tokens: number[];
  /** How many of `tokens` are the prompt. */
  readonly promptLength: number;
  /** T entries: 1 where the token is trained, 0 where it is only read. */
  readonly mask: Uint8Array;
}

/** Whether a sequence fits the model. A value, not an exception: rows that do not fit are set aside and counted. */
export type LengthCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly tokens: number; readonly limit: number };

/**
 * Token ids of the dialogue up to where the assistant's response starts. Text of messages and tools never becomes a
 * special token. Not cut to the context: see `checkLength`.
 *
 * @throws DataError where the template refuses the dialogue.
 */
export function renderPrompt(context: RenderContext, example: PromptParts): number[] {
  return encodePrompt(context, example).tokens;
}

/** The prompt as text, special tokens written out, for people. */
export function renderPromptText(context: RenderContext, example: PromptParts): string {
  return encodePrompt(context, example).text;
}

/**
 * The training sequence of an example. `tokens` begins with exactly `renderPrompt(context, example)`.
 *
 * @throws DataError where the template refuses the dialogue.
 */
export function renderExample(
  context: RenderContext,
  example: PromptParts & Pick<Example, "response">,
): RenderedExample {
  const prompt = renderPrompt(context, example);
  const tokens = [...prompt, ...renderResponse(context, example.response)];
  const mask = new Uint8Array(tokens.length).fill(1, prompt.length);
  return { tokens, promptLength: prompt.length, mask };
}

/** Token ids of a response with its stop token: what the model should sample after the prompt. */
export function renderResponse({ tokenizer, stopToken }: RenderContext, response: string): number[] {
  return [...tokenizer.encode(response, { special: false }), stopToken];
}

/** Whether so many tokens, and `reserve` more to be sampled, fit the context. */
export function checkLength(context: RenderContext, tokens: number, reserve = 0): LengthCheck {
  const limit = context.contextLength - reserve;
  return tokens <= limit ? { ok: true } : { ok: false, tokens, limit };
}

/**
 * The first special token that the template writes after an assistant's text.
 *
 * @throws ConfigError where it writes none, or cannot render a plain dialogue.
 */
export function findStopToken(tokenizer: Tokenizer, template: ChatTemplate): number {
  const marker = "itool probe response";
  const text = template.render({
    messages: [
      { role: "user", content: "Hello." },
      { role: "assistant", content: marker },
    ],
    tools: [],
    addGenerationPrompt: false,
  });
  const rest = text.slice(text.lastIndexOf(marker) + marker.length);
  const found = new RegExp(alternatives(tokenizer.specialTokens) || "(?!)").exec(rest);
  const id = found === null ? undefined : tokenizer.tokenId(found[0]);
  if (id !== undefined) return id;
  throw new ConfigError(
    "The chat template writes no special token after the assistant's turn. Give the stop token in the settings.",
    { rest },
  );
}

function encodePrompt(context: RenderContext, { messages, tools }: PromptParts): EncodedChat {
  const { tokenizer, template } = context;
  const placement = context.toolPlacement ?? (template.supportsTools ? "template" : "system");
  return encodeChat(tokenizer, template, {
    messages: placement === "system" ? withToolPrompt(messages, tools) : messages,
    tools: placement === "template" ? tools : [],
    addGenerationPrompt: true,
  });
}
