/** A chat server with the OpenAI API for tests, on loopback: what it answers is a function of what it is asked. */
import { type FakeAnswer, type Listener, listen } from "../tinker/fake-http.js";

/** The body of a chat request, as far as tests read it. */
export interface ChatBody {
  readonly model?: string;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  readonly tools?: readonly { readonly function: Readonly<Record<string, unknown>> }[];
  readonly max_tokens?: number;
}

/** What the server does with a request: a message, a call of a tool, a refusal, or nothing at all. */
export type ChatReply =
  | { readonly content: string }
  | { readonly calls: readonly (readonly [name: string, args: string])[] }
  | { readonly status: number; readonly detail: string }
  | "cut";

/** What the server does; requests are counted from 1. */
export type Replying = (body: ChatBody, count: number) => ChatReply | Promise<ChatReply>;

/** The server. */
export class FakeChat {
  readonly bodies: ChatBody[] = [];
  mostInFlight = 0;
  #inFlight = 0;
  readonly #reply: Replying;
  #listener!: Listener;

  private constructor(reply: Replying) {
    this.#reply = reply;
  }

  static async start(reply: Replying): Promise<FakeChat> {
    const server = new FakeChat(reply);
    server.#listener = await listen(({ path, json }) => server.#answer(path, json), 0);
    return server;
  }

  /** What `--model` takes. */
  get spec(): string {
    return `openai:http://127.0.0.1:${this.#listener.port}#served`;
  }

  close(): Promise<void> {
    return this.#listener.close();
  }

  async #answer(path: string, json: Readonly<Record<string, unknown>>): Promise<FakeAnswer | "cut"> {
    if (path !== "/v1/chat/completions") return { status: 404, body: { error: { message: path } } };
    const body = bodyOf(json);
    this.bodies.push(body);
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    try {
      return answerOf(await this.#reply(body, this.bodies.length));
    } finally {
      this.#inFlight -= 1;
    }
  }
}

function bodyOf(json: Readonly<Record<string, unknown>>): ChatBody {
  const { messages } = json;
  return { ...json, messages: Array.isArray(messages) ? messages : [] };
}

function answerOf(reply: ChatReply): FakeAnswer | "cut" {
  if (reply === "cut") return "cut";
  if ("status" in reply) return { status: reply.status, body: { error: { message: reply.detail } } };
  const message =
    "content" in reply
      ? { role: "assistant", content: reply.content }
      : {
          role: "assistant",
          content: null,
          tool_calls: reply.calls.map(([name, args], index) => ({
            id: `call_${index}`,
            type: "function",
            function: { name, arguments: args },
          })),
        };
  const choices = [{ message, finish_reason: "content" in reply ? "stop" : "tool_calls" }];
  return { status: 200, body: { choices, usage: { prompt_tokens: 7, completion_tokens: 3 } } };
}
