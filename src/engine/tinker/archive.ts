/**
 * The archive of a sampler checkpoint: asked for under its qualified name and then under the bare one, packed by the server
 * while we wait, fetched from where it says — without our key, unless that is the server itself — and unpacked as it comes.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ModelError, ServerError } from "../../spec/index.js";
import { type HttpAnswer, jsonOf, NoAnswerError, withoutQuery, withResponse } from "../remote/http.js";
import { pause } from "../remote/pause.js";
import { type Connection, isObject, refusal } from "./connection.js";
import { unpackTar } from "./tar.js";

/** Which archive, and what of it. */
export interface ArchiveRequest {
  readonly modelId: string;
  /** Name of the sampler checkpoint. */
  readonly name: string;
  readonly connection: Connection;
  /** Files to unpack; absent: all. */
  readonly keep?: readonly string[];
}

/** An adapter of any model of today is far smaller. */
const LARGEST_ADAPTER = 2 ** 38;
/** How often a server may say that it is still packing. */
const PACKING_ATTEMPTS = 6;
/** How often an archive is fetched that comes cut short. */
const FETCH_ATTEMPTS = 3;
/** Of the transfer of one archive. */
const TRANSFER_LIMIT = 3_600_000;

/**
 * Unpacks the archive's files into the folder and returns their names.
 * @throws ModelError for an archive that stays damaged. @throws ServerError where there is none
 */
export async function fetchArchive(folder: string, request: ArchiveRequest): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchOnce(folder, request);
    } catch (error) {
      const passing = error instanceof NoAnswerError || error instanceof ModelError;
      if (!passing || attempt === FETCH_ATTEMPTS) throw error;
      request.connection.warn(`${error.message} Fetching it again.`);
      await pause(request.connection.timing.retry);
    }
  }
}

async function fetchOnce(folder: string, request: ArchiveRequest): Promise<string[]> {
  const { connection, keep } = request;
  const url = await locate(request);
  const own = sameOrigin(url, connection.url);
  const headers = own ? await connection.headers() : {};
  const transfer = {
    method: "GET" as const,
    url,
    headers: { ...headers, accept: "*/*" },
    timeout: TRANSFER_LIMIT,
  };
  return withResponse(transfer, async (response) => {
    if (response.status < 200 || response.status > 299) {
      const facts = { url: withoutQuery(url), status: response.status };
      throw new ServerError(`The archive at ${facts.url} was answered with ${response.status}.`, facts);
    }
    const source = withoutQuery(url);
    try {
      const limits = keep === undefined ? {} : { keep, maximumBytes: LARGEST_ADAPTER };
      return await unpackTar(inflated(response.body), folder, { source, ...limits });
    } catch (cause) {
      for (const file of keep ?? []) await rm(join(folder, file), { force: true });
      if (cause instanceof ModelError || cause instanceof NoAnswerError) throw cause;
      throw new ModelError(
        `The archive from ${source} cannot be used: it is cut short or damaged.`,
        { source },
        { cause },
      );
    }
  });
}

/** The address of the archive's bytes. */
async function locate({ modelId, name, connection }: ArchiveRequest): Promise<string> {
  for (const id of [`sampler_weights/${name}`, name]) {
    const path = `training_runs/${modelId}/checkpoints/${id}/archive`;
    const answer = await packed(path, connection);
    if (answer.status === 404 || answer.status === 405) continue;
    const location = answer.headers.get("location") ?? urlIn(answer);
    if (location === undefined) throw refusal(path, answer);
    return addressOf(location, connection.address(path));
  }
  throw new ServerError(`The server has no archive of ${name}.`, { model: modelId, name });
}

/** The answer once the archive is packed. */
async function packed(path: string, connection: Connection): Promise<HttpAnswer> {
  const expected = [301, 302, 303, 307, 308, 404, 405, 503];
  for (let attempt = 1; ; attempt += 1) {
    const answer = await connection.send({ method: "GET", path, expected });
    if (answer.status !== 503) return answer;
    if (attempt === PACKING_ATTEMPTS) throw refusal(path, answer);
    await pause(connection.timing.archivePause);
  }
}

/** @throws ServerError where it is no address of the web */
function addressOf(location: string, base: string): string {
  const url = URL.canParse(location, base) ? new URL(location, base) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.href;
  throw new ServerError("The server names a place for the archive that is no http address.", { base });
}

function urlIn(answer: HttpAnswer): string | undefined {
  const body = jsonOf(answer);
  return isObject(body) && typeof body.url === "string" ? body.url : undefined;
}

function sameOrigin(url: string, base: string): boolean {
  return new URL(url).origin === new URL(base).origin;
}

/** Servers call every archive `.tar.gz`; whether it is compressed, its first bytes tell. */
async function* inflated(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const parts = body[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array();
  while (start.length < 2) {
    const next = await parts.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  const whole = prepend(start, parts);
  if (start[0] === 0x1f && start[1] === 0x8b) yield* gunzip(whole);
  else yield* whole;
}

async function* prepend(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (;;) {
    const next = await rest.next();
    if (next.done === true) return;
    yield next.value;
  }
}

async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(bytes);
  const gzip = createGunzip();
  source.on("error", (error) => gzip.destroy(error));
  for await (const part of source.pipe(gzip)) yield part;
}
