import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ModelError } from "../../spec/index.js";
import { createEmbeddingClient, type EmbeddingServer } from "./embedding-client.js";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

type Handler = (
  request: { readonly body: string; readonly head: IncomingMessage },
  response: ServerResponse,
) => void;

/** A server on the loopback; returns its base address. */
async function serve(handler: Handler): Promise<string> {
  server = createServer((head, response) => {
    const parts: Buffer[] = [];
    head.on("data", (part: Buffer) => parts.push(part));
    head.on("end", () => handler({ body: Buffer.concat(parts).toString(), head }, response));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/v1`;
}

/** Vectors of length and first letter, in reverse order. */
function answer(body: string): string {
  const { input }: { input: string[] } = JSON.parse(body);
  const data = input.map((text, index) => ({ index, embedding: [text.length, text.charCodeAt(0)] }));
  return JSON.stringify({ data: data.reverse() });
}

const embed = (
  settings: Partial<EmbeddingServer> & { url: string },
  texts: readonly string[] = ["ab", "c"],
) => createEmbeddingClient({ model: "small", ...settings }).embed(texts);

describe("createEmbeddingClient", () => {
  it("asks in batches and gives the vectors in the order of the texts", async () => {
    const asked: { path: string | undefined; key: string | undefined; body: string }[] = [];
    const url = await serve(({ body, head }, response) => {
      asked.push({ path: head.url, key: head.headers.authorization, body });
      response.end(answer(body));
    });
    expect(await embed({ url: `${url}/`, batch: 2, apiKey: "secret" }, ["a", "bb", "ccc"])).toEqual([
      [1, 97],
      [2, 98],
      [3, 99],
    ]);
    expect(asked.map(({ path, key }) => [path, key])).toEqual(
      Array(2).fill(["/v1/embeddings", "Bearer secret"]),
    );
    expect(JSON.parse(asked[0]!.body)).toEqual({
      model: "small",
      input: ["a", "bb"],
      encoding_format: "float",
    });
  });

  it("tries again where the server is busy", async () => {
    let asked = 0;
    const url = await serve(({ body }, response) => {
      asked += 1;
      response.writeHead(asked === 1 ? 503 : 200).end(answer(body));
    });
    expect(await embed({ url })).toHaveLength(2);
    expect(asked).toBe(2);
  });

  it.each<[string, Handler, RegExp]>([
    ["refuses", (_, response) => response.writeHead(401).end("no"), /status 401/],
    [
      "sends elsewhere",
      (_, response) => response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
      /cannot be used/,
    ],
    ["answers no JSON", (_, response) => response.end("<html>"), /not valid JSON/],
    ["answers another form", (_, response) => response.end('{"data": 1}'), /no list of embeddings/],
    [
      "leaves one out",
      (_, response) => response.end('{"data": [{"index": 0, "embedding": [1]}]}'),
      /1 embeddings of 2/,
    ],
    [
      "gives other lengths",
      (_, response) =>
        response.end('{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1, 2]}]}'),
      /different lengths/,
    ],
    ["answers without end", (_, response) => response.write("[".repeat(5000)), /longer than 4096 bytes/],
    ["says nothing", () => undefined, /no answer within 1 s/],
    ["breaks off", (_, response) => response.destroy(), /cannot be used/],
  ])("names a server that %s", async (_, handler, message) => {
    const url = await serve(handler);
    const failing = embed({ url, timeout: 1000, maximumBytes: 4096 });
    await expect(failing).rejects.toThrow(ModelError);
    await expect(failing).rejects.toThrow(message);
  });

  it("names a server that is not there, and never tells the key", async () => {
    const url = "http://127.0.0.1:1/v1";
    const failing = embed({ url, apiKey: "secret", timeout: 5000 });
    await expect(failing).rejects.toThrow(
      /embedding server http:\/\/127\.0\.0\.1:1\/v1 \(model small\) cannot be used/,
    );
    await expect(failing).rejects.not.toThrow(/secret/);
  });
});
