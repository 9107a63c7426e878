import { afterEach, describe, expect, it } from "vitest";
import { type Dialect, FakeOpenAI } from "../../../test/support/openai/fake-openai.js";
import { letterTokenizer } from "../../../test/support/openai/letter-tokenizer.js";
import { openSmallModel, VOCABULARY } from "../../../test/support/tinker/small-server.js";
import { ConfigError, type Engine, InputError, type SampleRequest, ServerError } from "../../spec/index.js";
import { openEngine } from "../open-engine.js";
import { UsageMeter } from "../remote/usage-meter.js";
import { createChatClient } from "./chat-client.js";
import type { OpenAIOptions } from "./openai-options.js";

const tokenizer = letterTokenizer(VOCABULARY);
const timing = { retry: 5, patience: 2_000, billingPause: 5, request: 5_000 };
const asked: SampleRequest = {
  prompt: [1, 2],
  n: 3,
  maxTokens: 6,
  temperature: 1,
  topP: 1,
  stop: [],
  seed: 9,
};

let server: FakeOpenAI | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(
  dialect: Dialect,
  options: Partial<OpenAIOptions> = {},
): Promise<{ server: FakeOpenAI; engine: Engine }> {
  server = await FakeOpenAI.start(await openSmallModel(), tokenizer, dialect);
  const engine = await openEngine({
    kind: "openai",
    url: server.url,
    model: "small",
    tokenizer,
    contextLength: 60,
    timing,
    ...options,
  });
  return { server, engine };
}

async function samplesOf(
  dialect: Dialect,
  options: Partial<OpenAIOptions> = {},
  changes: Partial<typeof asked> = {},
) {
  const { engine } = await start(dialect, options);
  const samples = await (await engine.createPolicy()).sample([{ ...asked, ...changes }]);
  await server?.close();
  server = undefined;
  return samples[0]!;
}

describe("samples", () => {
  it("are the same tokens, however the server gives them back", async () => {
    const ids = await samplesOf("vllm");
    for (const prompts of ["tokens", "text"] as const) {
      expect(await samplesOf("logprobs", { prompts })).toEqual(ids);
      const plain = await samplesOf("plain", { prompts, logprobs: "optional" });
      expect(plain.map(({ tokens }) => tokens)).toEqual(ids.map(({ tokens }) => tokens));
      expect(plain.every(({ logprobs }) => logprobs.every(Number.isNaN))).toBe(true);
    }
  });

  it("end with the stop token, also where the server leaves it out", async () => {
    const free = await samplesOf("vllm", {}, { n: 1, maxTokens: 20 });
    const stop = free[0]!.tokens[2]!;
    const end = free[0]!.tokens.indexOf(stop) + 1;
    for (const dialect of ["vllm", "plain"] as const) {
      const [sample] = await samplesOf(
        dialect,
        { logprobs: "optional" },
        { n: 1, maxTokens: 20, stop: [stop] },
      );
      expect(sample).toMatchObject({ tokens: free[0]!.tokens.slice(0, end), finish: "stop" });
    }
  });

  it("without log-probabilities are refused where something reads them", async () => {
    await expect(samplesOf("plain")).rejects.toThrow(/evaluated, not searched with/);
  });

  it("that are too few are refused", async () => {
    const { server: fake, engine } = await start("vllm");
    fake.fail({
      path: "completions",
      fault: { kind: "answer", status: 200, body: { choices: [{ text: "a" }] } },
    });
    await expect((await engine.createPolicy()).sample([asked])).rejects.toThrow(/1 samples instead of 3/);
  });
});

describe("scores", () => {
  it("are refused where the server gives none of prompts", async () => {
    const { engine } = await start("plain");
    await expect((await engine.createPolicy()).score([[1, 2, 3]])).rejects.toThrow(
      /it can sample, not score/,
    );
  });
});

describe("a served model", () => {
  it("is not trained", async () => {
    const { engine } = await start("vllm");
    await expect(engine.createPolicy({ adapter: { rank: 2, alpha: 4 } })).rejects.toThrow(ConfigError);
    await expect(engine.createPolicy({ train: "full" })).rejects.toThrow(ConfigError);
    const policy = await engine.createPolicy();
    await expect(policy.step({ learningRate: 1 })).rejects.toThrow(InputError);
  });

  it("is asked with the key, and with so many requests at once", async () => {
    const { server: fake, engine } = await start("vllm", { apiKey: "secret", requestsInFlight: 3 });
    const policy = await engine.createPolicy();
    await policy.sample(Array.from({ length: 12 }, (_, seed) => ({ ...asked, seed })));
    expect(fake.keys).toEqual(new Set(["Bearer secret"]));
    expect(fake.mostInFlight).toBeLessThanOrEqual(3);
  });

  it("is asked so many times a minute", async () => {
    const { engine } = await start("vllm", { requestsPerMinute: 1200 });
    const policy = await engine.createPolicy();
    const started = performance.now();
    await policy.sample(Array.from({ length: 5 }, (_, seed) => ({ ...asked, seed })));
    expect(performance.now() - started).toBeGreaterThan(4 * 50 - 5);
  });

  it("is asked until the budget is spent, which is told once", async () => {
    const told: unknown[] = [];
    const meter = new UsageMeter({ budget: { tokens: 30 }, onSpent: (usage) => void told.push(usage) });
    const { engine } = await start("vllm", { meter });
    const policy = await engine.createPolicy();
    await policy.sample([asked]);
    expect(told).toHaveLength(0);
    for (let call = 0; call < 3; call += 1) await policy.sample([asked]);
    expect(told).toHaveLength(1);
  });
});

describe("failures", () => {
  const fault = (status: number, body: unknown = { error: { message: "no" } }, headers = {}) =>
    ({ kind: "answer", status, body, headers }) as const;

  it.each([408, 409, 425, 429, 500, 502, 503])("%d passes", async (status) => {
    const { server: fake, engine } = await start("vllm");
    const policy = await engine.createPolicy();
    const calm = await policy.sample([asked]);
    fake.fail({
      path: "completions",
      fault: fault(status, { error: { message: "wait" } }, { "retry-after-ms": "2" }),
      times: 3,
    });
    expect(await policy.sample([asked])).toEqual(calm);
  });

  it("a cut connection passes", async () => {
    const { server: fake, engine } = await start("vllm");
    fake.fail({ path: "completions", fault: { kind: "refuse" }, times: 2 });
    expect(await (await engine.createPolicy()).sample([asked])).toHaveLength(1);
  });

  it.each<[string, number, unknown, RegExp]>([
    ["a wrong key", 401, { error: { message: "bad key" } }, /401: bad key. Check the API key/],
    [
      "an unknown model",
      404,
      { error: { message: "no such model" } },
      /model small was answered with 404: no such model/,
    ],
    [
      "a quota",
      429,
      { error: { code: "insufficient_quota", message: "insufficient_quota: pay" } },
      /insufficient_quota/,
    ],
  ])("%s does not", async (_, status, body, message) => {
    const { server: fake, engine } = await start("vllm");
    fake.fail({ path: "completions", fault: fault(status, body), times: 50 });
    await expect((await engine.createPolicy()).sample([asked])).rejects.toThrow(message);
    expect(fake.bodies).toHaveLength(1);
  });

  it("an answer of another shape is an error that names the field", async () => {
    const { server: fake, engine } = await start("vllm");
    fake.fail({ path: "completions", fault: fault(200, { choices: [{ text: 3 }] }) });
    await expect((await engine.createPolicy()).sample([asked])).rejects.toThrow(/choices.0.text/);
  });
});

describe("chat", () => {
  const tool = { name: "get_time", description: "The time.", parameters: { type: "object", properties: {} } };

  it("sends messages and tools as the API has them, and reads calls as they were written", async () => {
    const { server: fake } = await start("vllm");
    fake.chat = {
      message: {
        content: null,
        tool_calls: [{ id: "c1", function: { name: "get_time", arguments: "{not json" } }],
      },
      finish_reason: "tool_calls",
    };
    const client = createChatClient({ url: `${fake.url}/v1/`, model: "small", timing });
    const call = { id: "c0", name: "get_time", arguments: "{}" };
    const answer = await client.complete({
      messages: [
        { role: "user", content: "When?" },
        { role: "assistant", content: "", toolCalls: [call] },
        { role: "tool", content: "noon", toolCallId: "c0" },
      ],
      tools: [tool],
      toolChoice: "required",
      maxTokens: 9,
      temperature: 0,
    });
    expect(answer).toEqual({
      content: "",
      toolCalls: [{ id: "c1", name: "get_time", arguments: "{not json" }],
      finish: "tool-calls",
    });
    expect(fake.bodies.at(-1)).toEqual({
      model: "small",
      messages: [
        { role: "user", content: "When?" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c0", type: "function", function: { name: "get_time", arguments: "{}" } }],
        },
        { role: "tool", content: "noon", tool_call_id: "c0" },
      ],
      tools: [{ type: "function", function: tool }],
      tool_choice: "required",
      max_tokens: 9,
      temperature: 0,
    });
  });

  it("gives log-probabilities where they come", async () => {
    const { server: fake } = await start("vllm");
    fake.chat = {
      message: { content: "hi" },
      finish_reason: "length",
      logprobs: { content: [{ logprob: -0.5 }, { logprob: null }] },
    };
    const client = createChatClient({ url: fake.url, model: "small", timing });
    const request = {
      messages: [{ role: "user", content: "x" }] as const,
      maxTokens: 2,
      temperature: 0,
      logprobs: true,
    };
    expect(await client.complete(request)).toEqual({
      content: "hi",
      toolCalls: [],
      finish: "length",
      logprobs: new Float32Array([-0.5, Number.NaN]),
    });
  });

  it("refuses an answer without choices", async () => {
    const { server: fake } = await start("vllm");
    fake.fail({ path: "completions", fault: { kind: "answer", status: 200, body: { choices: [] } } });
    const client = createChatClient({ url: fake.url, model: "small", timing });
    const request = { messages: [], maxTokens: 2, temperature: 0 };
    await expect(client.complete(request)).rejects.toThrow(ServerError);
  });
});
