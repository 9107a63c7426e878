/**
 * A server that is never busy: it answers every request for samples after a fixed time with responses that it was given,
 * so that what is measured is the client. `canned-server.ts RESPONSES.json DELAY-MS json|protobuf`. Writes its address; ends
 * with its input. `GET /load` tells how many requests were under way, over time, since the first.
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { z } from "zod";
import { writeSamples } from "../test/support/tinker/fake-protobuf.js";
import type { ServerLoad } from "./load.js";

const askedSchema = z.looseObject({
  num_samples: z.int(),
  sampling_params: z.looseObject({ max_tokens: z.int(), seed: z.int() }),
});
const polledSchema = z.looseObject({ request_id: z.string() });

class Load {
  #started: number | undefined;
  #changed = 0;
  #underWay = 0;
  #area = 0;
  #above = 0;
  requests = 0;
  tokens = 0;

  change(by: number): void {
    const now = performance.now();
    this.#started ??= now;
    if (this.#changed > 0) this.#account(now);
    this.#changed = now;
    this.#underWay += by;
  }

  read(): ServerLoad {
    this.change(0);
    const time = performance.now() - this.#started!;
    return {
      seconds: time / 1000,
      mean: this.#area / time,
      atLeast64: this.#above / time,
      requests: this.requests,
      tokens: this.tokens,
    };
  }

  #account(now: number): void {
    const passed = now - this.#changed;
    this.#area += passed * this.#underWay;
    if (this.#underWay >= 64) this.#above += passed;
  }
}

const [file = "", delay = "200", format = "protobuf"] = process.argv.slice(2);
const responses = z.array(z.array(z.int())).parse(JSON.parse(readFileSync(file, "utf8")));
const load = new Load();
const results = new Map<string, Promise<Buffer>>();
let ids = 0;

function later(result: Buffer, milliseconds: number): string {
  ids += 1;
  const id = String(ids);
  results.set(id, new Promise((resolve) => setTimeout(() => resolve(result), milliseconds)));
  return id;
}

function sample(body: unknown): string {
  const { num_samples, sampling_params } = askedSchema.parse(body);
  const samples = Array.from({ length: num_samples }, (_, index) => {
    const whole = responses[(sampling_params.seed + index) % responses.length]!;
    const tokens = whole.slice(0, sampling_params.max_tokens);
    const stopped = tokens.length === whole.length;
    return { tokens, stopped, logprobs: new Float32Array(tokens.length).fill(-0.5) };
  });
  load.requests += 1;
  load.tokens += samples.reduce((sum, { tokens }) => sum + tokens.length, 0);
  load.change(1);
  setTimeout(() => load.change(-1), Number(delay));
  return later(encode(samples), Number(delay));
}

function encode(samples: Parameters<typeof writeSamples>[0]): Buffer {
  if (format === "protobuf") return Buffer.from(writeSamples(samples));
  const sequences = samples.map(({ tokens, stopped, logprobs }) => ({
    stop_reason: stopped ? "stop" : "length",
    tokens,
    logprobs: Array.from(logprobs),
  }));
  return Buffer.from(JSON.stringify({ sequences, prompt_logprobs: null }));
}

async function answer(path: string, body: unknown, response: ServerResponse): Promise<void> {
  const accept = (id: string): void => json(response, { request_id: id });
  const now = (result: object): void => accept(later(Buffer.from(JSON.stringify(result)), 0));
  switch (path) {
    case "/load":
      return json(response, load.read());
    case "/api/v1/retrieve_future": {
      const id = polledSchema.parse(body).request_id;
      const result = await results.get(id)!;
      results.delete(id);
      const isJson = result[0] === 0x7b;
      response.writeHead(200, { "content-type": isJson ? "application/json" : "application/x-protobuf" });
      response.end(result);
      return;
    }
    case "/api/v1/asample":
      return accept(sample(body));
    case "/api/v1/create_session":
      return json(response, { session_id: "session" });
    case "/api/v1/get_server_capabilities":
      return json(response, { supported_models: [{ model_name: "bench" }] });
    case "/api/v1/create_model":
      return now({ model_id: "model" });
    case "/api/v1/save_weights_for_sampler":
      return now({ sampling_session_id: "sampling" });
    default:
      return path.endsWith("unload_model") ? now({ status: "unloaded" }) : json(response, {});
  }
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  const text = Buffer.concat(parts).toString("utf8");
  await answer(request.url ?? "", text === "" ? {} : JSON.parse(text), response);
}

const server = createServer((request, response) => void serve(request, response));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null)
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
