/**
 * Chat with a served model, its native tool calling included: for benchmarks that ask by messages, and for judges. What a
 * model writes as arguments comes back as it was written: nothing is repaired, and nothing evaluated.
 */
import { z } from "zod";
import {
  type ChatAnswer,
  type ChatClient,
  type ChatMessage,
  type ChatRequest,
  type ChatTool,
  type JsonObject,
  ServerError,
} from "../../spec/index.js";
import { checkAddress, checkKey } from "../remote/address.js";
import { OpenAIConnection } from "./openai-connection.js";
import type { OpenAIServer } from "./openai-options.js";

/** A client. Nothing is asked of the server yet. @throws ConfigError for an address or a key that cannot be used */
export function createChatClient(server: OpenAIServer): ChatClient {
  checkAddress(server.url, "openai", "http://localhost:8000/v1");
  checkKey(server.apiKey, "openai");
  const connection = new OpenAIConnection(server);
  return {
    complete: async (request, signal) => {
      const answer = readAnswer(await connection.post("chat/completions", bodyOf(request), signal));
      const { prompt_tokens, completion_tokens } = answer.usage ?? {};
      connection.meter.add({ read: prompt_tokens ?? 0, written: completion_tokens ?? 0, requests: 1 });
      return answerOf(answer.choices[0]!);
    },
  };
}

function bodyOf(request: ChatRequest): JsonObject {
  const { messages, tools = [], toolChoice, maxTokens, temperature, topP, seed, stop, logprobs } = request;
  return {
    messages: messages.map(messageBody),
    max_tokens: maxTokens,
    temperature,
    ...(tools.length > 0 && { tools: tools.map(toolBody) }),
    ...(tools.length > 0 && toolChoice !== undefined && { tool_choice: toolChoice }),
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
    ...(stop !== undefined && stop.length > 0 && { stop: [...stop] }),
    ...(logprobs === true && { logprobs: true }),
  };
}

function messageBody(message: ChatMessage): JsonObject {
  const { role, content } = message;
  if (message.role === "tool") return { role, content, tool_call_id: message.toolCallId };
  if (message.role !== "assistant" || message.toolCalls === undefined || message.toolCalls.length === 0) {
    return { role, content };
  }
  const calls = message.toolCalls.map(({ id, name, arguments: text }) => ({
    id,
    type: "function",
    function: { name, arguments: text },
  }));
  return { role, content: content === "" ? null : content, tool_calls: calls };
}

function toolBody({ name, description, parameters, response }: ChatTool): JsonObject {
  const more = response === undefined ? {} : { response };
  return { type: "function", function: { name, description, parameters, ...more } };
}

const choiceSchema = z.looseObject({
  finish_reason: z.string().nullish(),
  message: z.looseObject({
    content: z.string().nullish(),
    tool_calls: z
      .array(
        z.looseObject({
          id: z.string().nullish(),
          function: z.looseObject({ name: z.string(), arguments: z.string().nullish() }),
        }),
      )
      .nullish(),
  }),
  logprobs: z
    .looseObject({ content: z.array(z.looseObject({ logprob: z.number().nullable() })).nullish() })
    .nullish(),
});
const answerSchema = z.looseObject({
  choices: z.array(choiceSchema).min(1),
  usage: z
    .looseObject({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() })
    .nullish(),
});

function readAnswer(body: unknown): z.infer<typeof answerSchema> {
  const parsed = answerSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join(".") || "the answer";
  throw new ServerError(`The server's chat answer is not what the API says: ${field}: ${issue?.message}.`, {
    field,
  });
}

function answerOf({ message, finish_reason, logprobs }: z.infer<typeof choiceSchema>): ChatAnswer {
  const told = logprobs?.content?.map(({ logprob }) => logprob ?? Number.NaN);
  return {
    content: message.content ?? "",
    toolCalls: (message.tool_calls ?? []).map(({ id, function: called }, index) => ({
      id: id ?? `call-${index}`,
      name: called.name,
      arguments: called.arguments ?? "",
    })),
    finish: finishOf(finish_reason ?? "other"),
    ...(told !== undefined && { logprobs: Float32Array.from(told) }),
  };
}

function finishOf(reason: string): ChatAnswer["finish"] {
  if (reason === "stop" || reason === "length") return reason;
  return reason === "tool_calls" || reason === "function_call" ? "tool-calls" : "other";
}
