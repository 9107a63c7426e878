/** Chat with a served model, its native tool calling included, as the OpenAI API has it. */
import type { JsonObject } from "./json.js";

/** A call of a tool as the API writes it. */
export interface ChatToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON, if the model wrote JSON. */
  readonly arguments: string;
}

/** One turn without tools. */
export interface SpokenMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** One turn. */
export type ChatMessage =
  | { readonly role: "system" | "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string; readonly toolCalls?: readonly ChatToolCall[] }
  | { readonly role: "tool"; readonly content: string; readonly toolCallId: string };

/** A tool on offer. */
export interface ChatTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments. */
  readonly parameters: JsonObject;
  /** What it returns. No field of the API; servers ignore it, or show it to the model. @default not sent */
  readonly response?: JsonObject;
}

/** What is asked. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ChatTool[];
  /** @default "auto" where there are tools */
  readonly toolChoice?: "auto" | "none" | "required";
  readonly maxTokens: number;
  readonly temperature: number;
  /** @default 1 */
  readonly topP?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  /** Asks for the log-probability of each token. @default false */
  readonly logprobs?: boolean;
}

/** What the model answered. */
export interface ChatAnswer {
  /** Empty where it only called tools. */
  readonly content: string;
  readonly toolCalls: readonly ChatToolCall[];
  /** `length`: it was cut at `maxTokens`. */
  readonly finish: "stop" | "length" | "tool-calls" | "other";
  /** One a token of the content, where they were asked for and given. */
  readonly logprobs?: Float32Array;
}

/** Asks one served model. */
export interface ChatClient {
  /** @throws ServerError where the server refuses or stays away. @throws CancelledError when the signal fires */
  complete(request: ChatRequest, signal?: AbortSignal): Promise<ChatAnswer>;
}
