/** Options of the engine over a served model. */
import type { Tokenizer } from "../../spec/index.js";
import type { PatienceTiming } from "../remote/patience.js";
import type { UsageMeter } from "../remote/usage-meter.js";

/** Where a served model is, and how it may be asked. */
export interface OpenAIServer {
  /** Address of the server, with or without `/v1`. */
  readonly url: string;
  /** Name of the model there. */
  readonly model: string;
  /** Sent as a bearer token. @default none */
  readonly apiKey?: string;
  /** Most requests under way at once. @default 64 */
  readonly requestsInFlight?: number;
  /** @default no limit */
  readonly requestsPerMinute?: number;
  /** Counts what is asked of the server; engines may share one. @default counts for nobody */
  readonly meter?: UsageMeter;
  readonly timing?: Partial<OpenAITiming>;
}

/** Options of the engine. */
export interface OpenAIOptions extends OpenAIServer {
  readonly kind: "openai";
  /** The model's own tokenizer: ids go to the server and come back, as text where it takes no ids. */
  readonly tokenizer: Tokenizer;
  /** Longest sequence in tokens. */
  readonly contextLength: number;
  /** Whether prompts are sent as ids or as text. @default "tokens" */
  readonly prompts?: "tokens" | "text";
  /** Without them a search is not possible; with `optional`, missing ones are NaN. @default "required" */
  readonly logprobs?: "required" | "optional";
}

/** Times in milliseconds. */
export interface OpenAITiming extends PatienceTiming {
  /** Of one request, all of its tokens. @default 600 000 */
  readonly request: number;
}

/** The defaults of `OpenAITiming`. */
export const defaultOpenAITiming: OpenAITiming = {
  request: 600_000,
  retry: 500,
  patience: 300_000,
  billingPause: 5_000,
};
