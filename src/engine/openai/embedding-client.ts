/**
 * A client of an embedding server with OpenAI's interface (`POST …/embeddings`). The server is not trusted: each request
 * has a time limit, each answer a size limit, and every number of it is checked.
 */
import ky, { HTTPError } from "ky";
import { z } from "zod";
import { type Embedder, ModelError } from "../../spec/index.js";

/** Where the server is and how long it may take. */
export interface EmbeddingServer {
  /** Base address, e.g. `http://127.0.0.1:8000/v1`. */
  readonly url: string;
  readonly model: string;
  /** Sent as a bearer token. */
  readonly apiKey?: string;
  /** Longest time of one request with its retries, in milliseconds. @default 60000 */
  readonly timeout?: number;
  /** Longest answer, in bytes. @default 33554432 */
  readonly maximumBytes?: number;
  /** Texts of one request. @default 64 */
  readonly batch?: number;
}

const answerSchema = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1) })),
});

/** An embedder that asks the server. Its calls throw ModelError for a server that fails, is silent or answers nonsense. */
export function createEmbeddingClient(server: EmbeddingServer): Embedder {
  const { batch = 64 } = server;
  return {
    name: `${server.model} at ${server.url}`,
    async embed(texts) {
      const vectors: (readonly number[])[] = [];
      for (let start = 0; start < texts.length; start += batch) {
        vectors.push(...(await embedBatch(server, texts.slice(start, start + batch))));
      }
      return vectors;
    },
  };
}

async function embedBatch(
  server: EmbeddingServer,
  texts: readonly string[],
): Promise<readonly (readonly number[])[]> {
  const parsed = answerSchema.safeParse(await ask(server, texts));
  if (!parsed.success)
    throw failure(server, `its answer is no list of embeddings (${parsed.error.issues[0]?.message})`);
  const byIndex = new Map(parsed.data.data.map(({ index, embedding }) => [index, embedding]));
  const vectors = texts.map((_, index) => byIndex.get(index));
  const length = vectors[0]?.length;
  if (vectors.every((vector) => vector !== undefined && vector.length === length)) {
    return vectors.flatMap((vector) => (vector === undefined ? [] : [vector]));
  }
  throw failure(server, `it gave ${byIndex.size} embeddings of ${texts.length}, or of different lengths`);
}

async function ask(server: EmbeddingServer, texts: readonly string[]): Promise<unknown> {
  const { url, model, apiKey, timeout = 60_000, maximumBytes = 32 * 1024 * 1024 } = server;
  const signal = AbortSignal.timeout(timeout);
  try {
    const response = await ky.post(`${url.replace(/\/+$/, "")}/embeddings`, {
      json: { model, input: texts, encoding_format: "float" },
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      retry: { limit: 2, methods: ["post"] },
      redirect: "error",
      timeout: false,
      signal,
    });
    return JSON.parse(await boundedText(response, maximumBytes));
  } catch (cause) {
    throw failure(server, reasonOf(cause, timeout, signal), cause);
  }
}

async function boundedText(response: Response, maximumBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maximumBytes) throw new RangeError(`the answer is longer than ${maximumBytes} bytes`);
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

function reasonOf(cause: unknown, timeout: number, signal: AbortSignal): string {
  if (signal.aborted) return `it gave no answer within ${timeout / 1000} s`;
  if (cause instanceof HTTPError) return `it answers with status ${cause.response.status}`;
  return cause instanceof Error ? cause.message : String(cause);
}

function failure({ url, model }: EmbeddingServer, reason: string, cause?: unknown): ModelError {
  const message = `The embedding server ${url} (model ${model}) cannot be used: ${reason}. Start it, or leave out the address to search by words.`;
  return new ModelError(message, { url, model }, cause === undefined ? undefined : { cause });
}
