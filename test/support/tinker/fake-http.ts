/** The HTTP of fake servers: whole requests in, whole answers out, or a connection cut. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request, read whole. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Uint8Array;
  /** Empty where the body is no JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** An answer: JSON, bytes, or neither. */
export interface FakeAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that listens. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on loopback. */
export async function listen(
  answer: (request: FakeRequest) => Promise<FakeAnswer | "cut">,
  port: number,
): Promise<Listener> {
  const server = createServer((incoming, response) => {
    const parts: Uint8Array[] = [];
    incoming.on("data", (part: Uint8Array) => parts.push(part));
    incoming.on("end", () => {
      const bytes = Buffer.concat(parts);
      const { method = "GET", url = "/", headers } = incoming;
      void answer({ method, path: url, headers, bytes, json: jsonOf(bytes) }).then(
        (result) => write(response, result),
        (error: unknown) => write(response, { status: 500, body: String(error) }),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    port: isAddress(address) ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function write(response: ServerResponse, answer: FakeAnswer | "cut"): void {
  if (answer === "cut") {
    response.destroy();
    return;
  }
  const { status, body, bytes, headers } = answer;
  const isJson = body !== undefined;
  response.writeHead(status, { ...(isJson && { "content-type": "application/json" }), ...headers });
  response.end(isJson ? JSON.stringify(body) : bytes);
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}

function jsonOf(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  } catch {
    return {};
  }
}
