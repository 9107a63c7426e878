/** A server with the OpenAI API for tests, on loopback, over an engine that the test gives. */
import type { Engine, Policy, Tokenizer } from "../../../src/spec/index.js";
import { FaultPlan, type PlannedFault } from "../tinker/fake-faults.js";
import { type FakeAnswer, type FakeRequest, type Listener, listen } from "../tinker/fake-http.js";

/** What a server gives back of tokens: ids (vLLM), tokens with log-probabilities, or text alone. */
export type Dialect = "vllm" | "logprobs" | "plain";

/** The server. */
export class FakeOpenAI {
  readonly faults = new FaultPlan();
  readonly bodies: Readonly<Record<string, unknown>>[] = [];
  readonly keys = new Set<string | undefined>();
  mostInFlight = 0;
  #inFlight = 0;
  readonly #engine: Engine;
  readonly #policy: Policy;
  readonly #tokenizer: Tokenizer;
  readonly #dialect: Dialect;
  #listener!: Listener;
  /** What chat answers: an answer's `message`, its reason and log-probabilities. */
  chat: Readonly<Record<string, unknown>> = { message: { content: "hello" }, finish_reason: "stop" };

  private constructor(engine: Engine, policy: Policy, tokenizer: Tokenizer, dialect: Dialect) {
    this.#engine = engine;
    this.#policy = policy;
    this.#tokenizer = tokenizer;
    this.#dialect = dialect;
  }

  static async start(engine: Engine, tokenizer: Tokenizer, dialect: Dialect): Promise<FakeOpenAI> {
    const server = new FakeOpenAI(engine, await engine.createPolicy(), tokenizer, dialect);
    server.#listener = await listen((request) => server.#answer(request), 0);
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.port}`;
  }

  fail(...faults: readonly PlannedFault[]): void {
    for (const fault of faults) this.faults.add(fault);
  }

  async close(): Promise<void> {
    await this.#listener.close();
    await this.#engine.close();
  }

  async #answer(request: FakeRequest): Promise<FakeAnswer | "cut"> {
    const { authorization } = request.headers;
    this.keys.add(authorization);
    this.bodies.push(request.json);
    const fault = this.faults.next(request.path, undefined);
    if (fault?.kind === "answer")
      return { status: fault.status, body: fault.body, headers: fault.headers ?? {} };
    if (fault !== undefined) return "cut";
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    try {
      if (request.path.endsWith("/v1/chat/completions"))
        return { status: 200, body: { choices: [this.chat] } };
      return await this.#complete(request.json);
    } finally {
      this.#inFlight -= 1;
    }
  }

  async #complete(body: Readonly<Record<string, unknown>>): Promise<FakeAnswer> {
    if (this.#dialect !== "vllm" && "return_token_ids" in body) {
      return { status: 400, body: { error: { message: "Unrecognized request argument: return_token_ids" } } };
    }
    const prompt =
      typeof body.prompt === "string" ? this.#tokenizer.encode(body.prompt) : numbers(body.prompt);
    const stop = numbers(body.stop_token_ids).concat(
      (Array.isArray(body.stop) ? body.stop : []).flatMap((text) => this.#tokenizer.encode(String(text))),
    );
    const seed = Number(body.seed ?? 0);
    const settings = {
      prompt,
      n: 1,
      maxTokens: Number(body.max_tokens),
      temperature: Number(body.temperature),
      topP: Number(body.top_p ?? 1),
      stop,
    };
    const requests = Array.from({ length: Number(body.n ?? 1) }, (_, index) => ({
      ...settings,
      seed: seed + index,
    }));
    const samples = (await this.#policy.sample(requests, { signal: new AbortController().signal })).map(
      ([sample]) => sample!,
    );
    const echoed = body.echo === true ? await this.#policy.score([prompt]) : [];
    const choices = samples.map(({ tokens, logprobs, finish }, index) => {
      // Text leaves the stop token out; ids keep it.
      const shown = finish === "stop" ? tokens.slice(0, -1) : tokens;
      const kept = this.#dialect === "vllm" ? tokens : shown;
      const own = Array.from(logprobs.subarray(0, kept.length));
      const told = body.echo === true ? [null, ...echoed[0]!, ...own] : own;
      return {
        index,
        text: this.#tokenizer.decode(shown),
        finish_reason: finish,
        ...(this.#dialect === "vllm" && { token_ids: tokens }),
        logprobs: this.#dialect === "plain" ? null : { token_logprobs: told },
      };
    });
    return { status: 200, body: { choices: choices.reverse() } };
  }
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}
