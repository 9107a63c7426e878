/** The HTTP client alone: what a server may do to one request. */
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { CancelledError } from "../../spec/index.js";
import { detailOf, NoAnswerError, retryAfter, sendOnce, textOf, withResponse } from "./http.js";

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  server = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const address = made.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const get = (url: string, timeout = 5_000) => ({ method: "GET" as const, url, headers: {}, timeout });

describe("sendOnce", () => {
  it("sends method, headers and body, and gives status, headers and the whole answer", async () => {
    const url = await serve((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        response.writeHead(418, { "x-name": "value", "set-cookie": ["a", "b"] });
        response.write(`${request.method} ${request.url} ${request.headers["x-key"]} `);
        response.end(`${request.headers["content-length"]} ${Buffer.concat(parts).toString("utf8")}`);
      });
    });
    const headers = { "x-key": "k" };
    const answer = await sendOnce({
      method: "POST",
      url: `${url}/a?b=c`,
      headers,
      body: "dä",
      timeout: 5_000,
    });
    expect(textOf(answer)).toBe("POST /a?b=c k 3 dä");
    expect([answer.status, answer.headers.get("x-name"), answer.headers.get("none")]).toEqual([
      418,
      "value",
      null,
    ]);
    expect(answer.headers.get("set-cookie")).toBe("a, b");
  });

  it("takes a redirect for an answer", async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: "http://a/b" }).end());
    const { status, headers } = await sendOnce(get(url));
    expect([status, headers.get("location")]).toEqual([302, "http://a/b"]);
  });

  it.each<[string, RequestListener]>([
    ["cuts the connection before the answer", (request) => void request.socket.destroy()],
    [
      "cuts it in the middle of the answer",
      (request, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("some", () => request.socket.destroy());
      },
    ],
  ])("says so where the server %s", async (_, listener) => {
    const failure = await sendOnce(get(await serve(listener))).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NoAnswerError);
    expect(failure).toMatchObject({ sent: true, timedOut: false });
  });

  it("waits no longer than it is told, for the answer and for the rest of it", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/part") response.writeHead(200).write("some");
    });
    for (const path of ["/none", "/part"]) {
      const failure = await sendOnce(get(url + path, 50)).catch((error: unknown) => error);
      expect(failure).toMatchObject({ sent: true, timedOut: true });
    }
  });

  it("knows what surely did not reach a server, and shows no query of an address", async () => {
    const failure = await sendOnce(get("http://127.0.0.1:1/path?signature=secret")).catch(String);
    expect(failure).toMatch(/No answer from http:\/\/127.0.0.1:1\/path \(ECONNREFUSED/);
    expect(failure).not.toMatch(/secret/);
    await expect(sendOnce(get("http://127.0.0.1:1/"))).rejects.toMatchObject({ sent: false });
  });

  it("ends at its signal, and does not begin after it", async () => {
    const url = await serve(() => undefined);
    const controller = new AbortController();
    const asked = sendOnce({ ...get(url), signal: controller.signal });
    controller.abort();
    await expect(asked).rejects.toThrow(CancelledError);
    await expect(sendOnce({ ...get(url), signal: controller.signal })).rejects.toThrow(CancelledError);
  });
});

describe("withResponse", () => {
  it("streams, and passes on what the work throws", async () => {
    const url = await serve((_, response) => void response.end("abc"));
    const size = await withResponse(get(url), async ({ body }) => {
      let bytes = 0;
      for await (const part of body) bytes += part.length;
      return bytes;
    });
    expect(size).toBe(3);
    const failing = withResponse(get(url), async () => {
      throw new RangeError("mine");
    });
    await expect(failing).rejects.toThrow(RangeError);
  });
});

describe("what an answer says", () => {
  const answer = (body: string, headers: Record<string, string> = {}) => ({
    status: 400,
    headers: new Headers(headers),
    bytes: Buffer.from(body),
  });

  it.each([
    ['{"detail":"wrong"}', "wrong"],
    ['{"error":{"message":"too long"}}', "too long"],
    ['{"detail":[{"msg":"missing"}]}', '[{"msg":"missing"}]'],
    ['{"other":1}', '{"other":1}'],
    [" <html> ", "<html>"],
    ["", ""],
  ])("of %j is %j", (body, said) => expect(detailOf(answer(body))).toBe(said));

  it.each([
    [{}, undefined],
    [{ "retry-after": "2" }, 2000],
    [{ "retry-after-ms": "30", "retry-after": "2" }, 30],
    [{ "retry-after": "86400" }, 60_000],
    [{ "retry-after": "soon" }, undefined],
  ])("asks with %j to wait %s ms", (headers, wait) => expect(retryAfter(answer("", headers))).toBe(wait));
});
