/** Served models on four items of our own: prompting and native tool calling over HTTP, refusals, retries, continuing. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EvaluateBfclOptions, runBfclEvaluation } from "../../src/cli/commands/evaluate-bfcl.js";
import { ConfigError } from "../../src/spec/index.js";
import { recordedTerminal } from "../support/cli-console.js";
import { type ChatBody, type ChatReply, FakeChat, type Replying } from "../support/openai/fake-chat.js";
import { writeSmallData } from "./small-data.js";

let folder: string;
let server: FakeChat | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-bfcl-served-"));
  await writeSmallData(join(folder, "data"));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function start(reply: Replying): Promise<FakeChat> {
  await server?.close();
  server = await FakeChat.start(reply);
  return server;
}

function evaluate(options: Partial<EvaluateBfclOptions> = {}, model = server!.spec) {
  const given = {
    model,
    data: join(folder, "data"),
    prompt: "native" as const,
    maximumTokens: 64,
    out: join(folder, "out"),
    signal: new AbortController().signal,
  };
  return runBfclEvaluation({ ...given, ...options }, recordedTerminal().terminal);
}

const results = async (out = "out") =>
  (await readFile(join(folder, out, "results.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line): { id: string; result: unknown; note?: string } => JSON.parse(line));

const last = ({ messages }: ChatBody) => messages.at(-1)!;

/** Calls what is right, by the last thing that was said. */
function perfectNative(body: ChatBody): ChatReply {
  const { role, content } = last(body);
  const said = String(content);
  if (role !== "user") return { content: "Done." };
  if (said.startsWith("Weather in Oslo")) return { calls: [["weather_of", '{"city": "oslo"}']] };
  if (said.startsWith("Weather in Rome")) return { calls: [["weather_of", '{"city": "Rome", "days": 3}']] };
  if (said.startsWith("Log in")) return { calls: [["message_login", '{"user_id": "USR001"}']] };
  if (said.includes("some more functions"))
    return { calls: [["send_message", '{"receiver_id": "USR002", "message": "Hi"}']] };
  return { content: "[weather.of(city='nowhere')]" };
}

describe("native tool calling", () => {
  it("offers tools as the API has them, keeps calls in the official form, and judges them", async () => {
    const { bodies } = await start(perfectNative);
    const { summary, notes } = await evaluate({ strict: true });
    expect(summary).toMatchObject({ valid: 4, judged: 4, strictValid: 4 });
    expect(notes).toEqual({});
    expect(bodies[0]!.messages).toEqual([{ role: "user", content: "Weather in Oslo?" }]);
    expect(bodies[0]!.tools).toEqual([
      {
        type: "function",
        function: {
          name: "weather_of",
          description: "Weather of a city. The function is written in Python 3 syntax.",
          parameters: {
            type: "object",
            properties: {
              city: { type: "string", description: "City." },
              days: { type: "integer", description: "Days." },
            },
            required: ["city"],
          },
        },
      },
    ]);
    expect((await results()).map(({ id, result }) => [id, result])).toEqual([
      ["simple_python_0", [{ weather_of: '{"city": "oslo"}' }]],
      ["simple_python_1", [{ weather_of: '{"city": "Rome", "days": 3}' }]],
      // A text that looks like a call is none where tools were offered.
      ["irrelevance_0", "[weather.of(city='nowhere')]"],
      [
        "multi_turn_miss_func_0",
        [
          [[{ message_login: '{"user_id": "USR001"}' }], "Done."],
          ["[weather.of(city='nowhere')]"],
          [[{ send_message: '{"receiver_id": "USR002", "message": "Hi"}' }], "Done."],
        ],
      ],
    ]);
  });

  it("sends results back as messages of tools, and reveals held-back functions as tools", async () => {
    const { bodies } = await start(perfectNative);
    await evaluate({ categories: ["multi_turn_miss_func"] });
    const names = bodies.map(({ tools = [] }) => tools.map((tool) => tool.function.name));
    expect(names.slice(0, 3)).toEqual([["message_login"], ["message_login"], ["message_login"]]);
    expect(names.slice(3)).toEqual([
      ["message_login", "send_message"],
      ["message_login", "send_message"],
    ]);
    expect(bodies[1]!.messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: null,
        tool_calls: [
          {
            id: "call_0",
            type: "function",
            function: { name: "message_login", arguments: '{"user_id": "USR001"}' },
          },
        ],
      },
      { role: "tool", content: expect.stringContaining('"login_status": true'), tool_call_id: "call_0" },
    ]);
    expect(bodies[3]!.messages.at(-1)!.content).not.toContain("send_message");
  });

  it.each<[string, string, string]>([
    ["arguments that are no JSON", "{city", "ast_decoder:decoder_failed"],
    ["arguments that are no object", "[1]", "ast_decoder:decoder_wrong_output_format"],
    ["a wrong type", '{"city": 5}', "type_error:simple"],
    [
      "a parameter that is not there",
      '{"city": "Oslo", "__proto__": 1}',
      "simple_function_checker:unexpected_param",
    ],
  ])("judges %s", async (_, args, type) => {
    await start(() => ({ calls: [["weather_of", args]] }));
    const { summary } = await evaluate({ categories: ["simple_python"], limit: 1 });
    expect(summary.errorTypes).toEqual({ [type]: 1 });
  });

  it("counts a text in place of a call as no call, and the pointed name as another", async () => {
    await start(() => ({ content: "[weather.of(city='Oslo')]" }));
    const { summary } = await evaluate({ categories: ["simple_python"], limit: 1 });
    expect(summary.errorTypes).toEqual({ "ast_decoder:decoder_failed": 1 });
    await start(() => ({ calls: [["weather.of", '{"city": "Oslo"}']] }));
    const other = await evaluate({ categories: ["simple_python"], limit: 1, out: join(folder, "other") });
    expect(other.summary.errorTypes).toEqual({ "simple_function_checker:wrong_func_name": 1 });
  });
});

describe("prompting mode on a server", () => {
  it("describes the functions in the messages and offers no tools", async () => {
    const { bodies } = await start((body) => ({
      content: String(last(body).content).startsWith("Weather in Oslo") ? "[weather.of(city='Oslo')]" : "No.",
    }));
    const { summary } = await evaluate({ prompt: "benchmark", categories: ["simple_python", "irrelevance"] });
    expect(summary).toMatchObject({ valid: 2, judged: 3 });
    expect(bodies.every(({ tools }) => tools === undefined)).toBe(true);
    expect(String(bodies[0]!.messages[0]!.content)).toContain('"name": "weather.of"');
    expect(bodies[0]!.max_tokens).toBe(64);
  });

  it("asks no more at once than it may", async () => {
    const slow = await start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { content: "No." };
    });
    await evaluate({ prompt: "benchmark", requestsInFlight: 2 });
    expect(slow.mostInFlight).toBe(2);
  });
});

describe("a server with faults", () => {
  it("is asked again where that may help", async () => {
    const { bodies } = await start((body, count) => {
      if (count === 1) return { status: 503, detail: "busy" };
      return count === 2 ? "cut" : perfectNative(body);
    });
    const { summary } = await evaluate({ categories: ["simple_python"], requestsInFlight: 1 });
    expect(summary).toMatchObject({ valid: 2, judged: 2 });
    expect(bodies).toHaveLength(4);
  });

  it("fails one item, not the run, where it refuses one question", async () => {
    await start((body) => {
      const refused = String(body.messages[0]!.content).startsWith("Weather in Rome");
      const afterLogin = last(body).role === "tool";
      return refused || afterLogin ? { status: 400, detail: "too long" } : perfectNative(body);
    });
    const { summary, notes } = await evaluate();
    expect(notes).toEqual({ "refused-by-server": 2 });
    expect(summary.errorTypes).toEqual({ "ast_decoder:decoder_failed": 1, "multi_turn:inference_error": 1 });
    const failed = (await results()).filter(({ note }) => note !== undefined);
    expect(failed.map(({ id }) => id)).toEqual(["simple_python_1", "multi_turn_miss_func_0"]);
    for (const { result } of failed) expect(result).toMatch(/^Error during inference: .*400: too long/);
  });

  it.each<[string, ChatReply, RegExp]>([
    ["a wrong key", { status: 401, detail: "bad key" }, /401: bad key. Check the API key/],
    ["an unknown model", { status: 404, detail: "no such model" }, /404: no such model/],
  ])("ends the run on %s, and the same command goes on", async (_, reply, message) => {
    let broken = true;
    await start((body) => (broken && last(body).content === "What is love?" ? reply : perfectNative(body)));
    await expect(evaluate()).rejects.toThrow(message);
    broken = false;
    expect((await evaluate()).summary).toMatchObject({ valid: 4, judged: 4 });
  });

  it("ends the run where it refuses everything", async () => {
    await start(() => ({ status: 400, detail: "tools are off" }));
    const names = Array.from({ length: 8 }, (_, index) => `simple_python_${index}`);
    await writeSmallData(join(folder, "many"), names);
    await expect(evaluate({ data: join(folder, "many"), categories: ["simple_python"] })).rejects.toThrow(
      /400: tools are off/,
    );
  });

  it("goes on where it was stopped, with the same bytes", async () => {
    const data = join(folder, "many");
    await writeSmallData(
      data,
      Array.from({ length: 70 }, (_, index) => `simple_python_${index}`),
    );
    const controller = new AbortController();
    let stopping = true;
    const { bodies } = await start((body, count) => {
      if (stopping && count === 66) controller.abort();
      return perfectNative(body);
    });
    const request = { data, categories: ["simple_python"], requestsInFlight: 1 };
    const stopped = { ...request, out: join(folder, "stopped") };
    await expect(evaluate({ ...stopped, signal: controller.signal })).rejects.toThrow(/cancelled/);
    stopping = false;
    const before = bodies.length;
    await evaluate(stopped);
    expect(bodies.length - before).toBe(6);
    await evaluate({ ...request, out: join(folder, "whole") });
    for (const file of ["results.jsonl", "verdicts.jsonl", "scores.json"])
      expect(await readFile(join(folder, "stopped", file))).toEqual(
        await readFile(join(folder, "whole", file)),
      );
  });
});

describe("what cannot be asked so", () => {
  it.each<[Partial<EvaluateBfclOptions>, RegExp]>([
    [{ model: "models/nano" }, /--prompt native needs a model on a server with the OpenAI API/],
    [{ model: "tinker:http://localhost:1#m" }, /--prompt native needs a model on a server/],
    [{ model: "openai:nowhere" }, /write openai:URL#MODEL/],
    [
      { model: "openai:http://localhost:1#m", adapter: "folder" },
      /a served model takes no adapter from here/,
    ],
    [{ model: "openai:http://localhost:1#m", prompt: "template" }, /--tokenizer FOLDER/],
  ])("refuses %o", async (options, message) => {
    await expect(evaluate(options, "")).rejects.toThrow(ConfigError);
    await expect(evaluate(options, "")).rejects.toThrow(message);
  });
});
