/** The engine over any served model with the OpenAI API: samples, and scores where the server gives log-probabilities of prompts. */
import {
  type AccumulateResult,
  type CallOptions,
  ConfigError,
  type Engine,
  InputError,
  type ModelInfo,
  type Policy,
  type PolicyOptions,
  type Sample,
  type SampleRequest,
  ServerError,
  type StepResult,
} from "../../spec/index.js";
import { checkRequests, checkSequences } from "../check-calls.js";
import { checkAddress, checkKey } from "../remote/address.js";
import { SharedCalls } from "../remote/shared-calls.js";
import { together } from "../remote/together.js";
import {
  type CompletionsAnswer,
  promptLogprobs,
  readAnswer,
  sampleBody,
  sampleOf,
  scoreBody,
} from "./completions.js";
import { OpenAIConnection } from "./openai-connection.js";
import type { OpenAIOptions } from "./openai-options.js";

/** An engine on the server. Nothing is asked of it yet. @throws ConfigError for options out of range */
export async function openOpenAIEngine(options: OpenAIOptions): Promise<Engine> {
  const { url, apiKey, contextLength } = options;
  checkAddress(url, "openai", "http://localhost:8000/v1");
  checkKey(apiKey, "openai");
  if (!Number.isSafeInteger(contextLength) || contextLength < 1) {
    const message = `The openai engine's contextLength is ${contextLength}, but must be an integer ≥ 1.`;
    throw new ConfigError(message, { contextLength });
  }
  return new OpenAIEngine(options);
}

class OpenAIEngine implements Engine {
  readonly kind = "openai";
  readonly model: ModelInfo;
  readonly #options: OpenAIOptions;
  readonly #connection: OpenAIConnection;
  readonly #policies: Policy[] = [];
  #closed = false;

  constructor(options: OpenAIOptions) {
    const { model, contextLength, tokenizer } = options;
    this.model = {
      name: model,
      vocabularySize: tokenizer.vocabularySize,
      contextLength,
      parameterCount: undefined,
    };
    this.#options = options;
    this.#connection = new OpenAIConnection(options);
  }

  async createPolicy({ adapter, train }: PolicyOptions = {}): Promise<Policy> {
    if (this.#closed) throw new InputError("The engine is closed. Open it again.");
    if (adapter !== undefined || (train ?? "none") !== "none") {
      const message =
        "A served model cannot be trained, and takes no adapter from here. Serve the adapter under a name of its own and give that as model, or use the embedded or tinker engine.";
      throw new ConfigError(message, { train: train ?? "adapter" });
    }
    const policy = new OpenAIPolicy(this.model, this.#options, this.#connection);
    this.#policies.push(policy);
    return policy;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const policy of this.#policies) await policy.close();
  }
}

class OpenAIPolicy implements Policy {
  readonly requestsInFlight: number;
  readonly #info: ModelInfo;
  readonly #options: OpenAIOptions;
  readonly #connection: OpenAIConnection;
  readonly #calls = new SharedCalls();
  /** Whether the server takes vLLM's fields; known after the first request. */
  #extended = true;

  constructor(info: ModelInfo, options: OpenAIOptions, connection: OpenAIConnection) {
    this.requestsInFlight = connection.requestsInFlight;
    this.#info = info;
    this.#options = options;
    this.#connection = connection;
  }

  score(sequences: readonly (readonly number[])[], options: CallOptions = {}): Promise<Float32Array[]> {
    return this.#calls.shared(async () => {
      checkSequences(sequences, this.#info);
      const one = async (tokens: readonly number[], signal: AbortSignal): Promise<Float32Array> => {
        if (tokens.length === 1) return new Float32Array();
        const prompt = this.#promptOf(tokens);
        const answer = await this.#ask((extended) => scoreBody(prompt, extended), tokens.length, signal);
        return promptLogprobs(answer, tokens);
      };
      return together(sequences, one, options);
    });
  }

  sample(requests: readonly SampleRequest[], options: CallOptions = {}): Promise<Sample[][]> {
    return this.#calls.shared(async () => {
      checkRequests(requests, this.#info);
      const one = (request: SampleRequest, signal: AbortSignal) => this.#sampleOne(request, signal);
      return together(requests, one, options, ({ n }) => n);
    });
  }

  accumulate(): Promise<AccumulateResult> {
    return Promise.reject(untrainable());
  }

  step(): Promise<StepResult> {
    return Promise.reject(untrainable());
  }

  save(): Promise<void> {
    return Promise.reject(untrainable());
  }

  load(): Promise<void> {
    return Promise.reject(untrainable());
  }

  exportAdapter(): Promise<void> {
    return Promise.reject(untrainable());
  }

  exportModel(): Promise<void> {
    return Promise.reject(untrainable());
  }

  close(): Promise<void> {
    return this.#calls.close(async () => undefined);
  }

  async #sampleOne(request: SampleRequest, signal: AbortSignal): Promise<Sample[]> {
    const room = this.#info.contextLength - request.prompt.length;
    if (room <= 0) {
      return Array.from({ length: request.n }, () => ({
        tokens: [],
        logprobs: new Float32Array(),
        finish: "length",
      }));
    }
    const { tokenizer, logprobs = "required" } = this.#options;
    const fitting = { ...request, maxTokens: Math.min(request.maxTokens, room) };
    const prompt = this.#promptOf(request.prompt);
    const body = (extended: boolean) => sampleBody(fitting, prompt, tokenizer, extended);
    const answer = await this.#ask(body, request.prompt.length, signal);
    if (answer.choices.length !== request.n) {
      const message = `The server gave ${answer.choices.length} samples instead of ${request.n}.`;
      throw new ServerError(message, { given: answer.choices.length, wanted: request.n });
    }
    const samples = answer.choices.map((choice) => sampleOf(choice, fitting, tokenizer));
    if (logprobs === "optional" || samples.every((sample) => !sample.logprobs.some(Number.isNaN)))
      return samples;
    const message =
      "The server gives no log-probability for each token of a sample: it can be evaluated, not searched with. Serve the model with vLLM, or use another engine.";
    throw new ServerError(message, { model: this.#info.name });
  }

  #promptOf(tokens: readonly number[]): readonly number[] | string {
    return this.#options.prompts === "text" ? this.#options.tokenizer.decode(tokens) : tokens;
  }

  /** Asks with vLLM's fields, and without them from the first refusal on. */
  async #ask(
    body: (extended: boolean) => ReturnType<typeof scoreBody>,
    promptTokens: number,
    signal: AbortSignal,
  ): Promise<CompletionsAnswer> {
    const extended = this.#extended;
    try {
      return this.#counted(
        readAnswer(await this.#connection.post("completions", body(extended), signal)),
        promptTokens,
      );
    } catch (error) {
      if (!extended || !isRefusedField(error)) throw error;
      this.#extended = false;
      return this.#counted(
        readAnswer(await this.#connection.post("completions", body(false), signal)),
        promptTokens,
      );
    }
  }

  #counted(answer: CompletionsAnswer, promptTokens: number): CompletionsAnswer {
    const read = answer.usage?.prompt_tokens ?? promptTokens;
    const texts = answer.choices.map(
      ({ token_ids, text }) => token_ids?.length ?? this.#options.tokenizer.encode(text).length,
    );
    const written = answer.usage?.completion_tokens ?? texts.reduce((sum, length) => sum + length, 0);
    this.#connection.meter.add({ read, written, requests: 1 });
    return answer;
  }
}

function isRefusedField(error: unknown): boolean {
  return error instanceof ServerError && (error.facts.status === 400 || error.facts.status === 422);
}

function untrainable(): InputError {
  return new InputError(
    "A served model is not trained: it can only score and sample. Use the embedded or tinker engine.",
  );
}
