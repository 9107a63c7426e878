/**
 * A session with the server: models live in it, and the server drops them some minutes after its heartbeats stop. A
 * heartbeat is no proof that the models are alive (SkyRL answers it for expired sessions too), only of the connection.
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { jsonOf } from "../remote/http.js";
import type { Connection } from "./connection.js";

/** The version of the official client whose dialect this one speaks; servers choose their features by it. */
export const SDK_VERSION = "0.25.0";

const configSchema = z.looseObject({
  pjwt_auth_enabled: z.boolean().catch(false),
  fwdbwd_max_chunk_len: z.int().min(1).catch(1024),
  fwdbwd_max_chunk_bytes_count: z.int().min(1).catch(5_000_000),
  sample_max_concurrent_requests: z.int().min(1).catch(2000),
  create_model_via_load_weights: z.boolean().catch(false),
});

/** What the server asks of its clients. */
export type ClientConfig = z.infer<typeof configSchema>;

/** The server's settings for clients; its defaults where it gives none. @throws ServerError where it does not answer */
export async function negotiate(connection: Connection): Promise<ClientConfig> {
  const json = { sdk_version: SDK_VERSION };
  const answer = await connection.send({ path: "client/config", json, expected: [404, 405] });
  return configSchema.parse(answer.status === 200 ? (jsonOf(answer) ?? {}) : {});
}

const capabilitiesSchema = z.looseObject({
  supported_models: z.array(z.looseObject({ model_name: z.string(), max_context_length: z.int().nullish() })),
});

/** A model that the server has. */
export interface SupportedModel {
  readonly name: string;
  readonly contextLength: number | undefined;
}

/** The models that the server has; `undefined` where it does not tell. */
export async function supportedModels(
  connection: Connection,
): Promise<readonly SupportedModel[] | undefined> {
  const call = { method: "GET" as const, path: "get_server_capabilities", expected: [404, 405] };
  const parsed = capabilitiesSchema.safeParse(jsonOf(await connection.send(call)));
  return parsed.data?.supported_models.map(({ model_name, max_context_length }) => ({
    name: model_name,
    contextLength: max_context_length ?? undefined,
  }));
}

const sessionSchema = z.looseObject({
  session_id: z.string(),
  info_message: z.string().nullish(),
  warning_message: z.string().nullish(),
  error_message: z.string().nullish(),
});

/** One session, made anew when the server has forgotten it. */
export class Session {
  readonly #connection: Connection;
  #current: Promise<SessionState> | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The session that is alive, begun if there is none. */
  async current(): Promise<SessionState> {
    this.#current ??= this.#begin();
    try {
      return await this.#current;
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
  }

  /** The next call begins a new session. Heartbeats of this one go on: other models may live in it. */
  renew(): void {
    this.#current = undefined;
  }

  /** Ends all heartbeats: the server drops what is left some minutes later. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
    this.#current = undefined;
  }

  async #begin(): Promise<SessionState> {
    const json = { type: "create_session", tags: ["itool"], user_metadata: {}, sdk_version: SDK_VERSION };
    const session = sessionSchema.parse(await this.#connection.object({ path: "create_session", json }));
    for (const message of [session.info_message, session.warning_message, session.error_message]) {
      if (message) this.#connection.warn(`The server says: ${message}`);
    }
    this.#startHeartbeats(session.session_id);
    return new SessionState(session.session_id);
  }

  /** Its own timer: a call that takes long must not starve it. */
  #startHeartbeats(sessionId: string): void {
    const { timing, warn } = this.#connection;
    let last = performance.now();
    let warned = false;
    const beat = async (): Promise<void> => {
      const status = await this.#beat(sessionId);
      if (status === 404) this.#stopHeartbeats(timer);
      if (status === 200) {
        last = performance.now();
        warned = false;
      } else if (!warned && performance.now() - last > timing.heartbeatWarning) {
        warned = true;
        warn(
          `The server has not answered a heartbeat for ${Math.round((performance.now() - last) / 1000)} seconds.`,
        );
      }
    };
    const timer = setInterval(() => void beat(), timing.heartbeat);
    timer.unref();
    this.#timers.add(timer);
  }

  /** The server does not know the session. */
  #stopHeartbeats(timer: NodeJS.Timeout): void {
    clearInterval(timer);
    this.#timers.delete(timer);
    this.#current = undefined;
  }

  /** The status of the answer; `undefined` where there was none. Never throws: nobody waits for a heartbeat. */
  async #beat(sessionId: string): Promise<number | undefined> {
    const json = { type: "session_heartbeat", session_id: sessionId };
    try {
      const call = {
        path: "session_heartbeat",
        json,
        timeout: Math.min(10_000, this.#connection.timing.request),
      };
      return (await this.#connection.attempt(call)).status;
    } catch {
      return undefined;
    }
  }
}

/** The counters of a session. */
export class SessionState {
  readonly id: string;
  #models = 0;
  #samplers = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** `model_seq_id` of the next model. */
  nextModel(): number {
    return this.#models++;
  }

  /** `sampling_session_seq_id` of the next sampler. */
  nextSampler(): number {
    return this.#samplers++;
  }
}

/** A name for a checkpoint that no other has: servers refuse one that is there already. */
export function freshName(purpose: string): string {
  return `itool-${purpose}-${randomUUID().slice(0, 13)}`;
}
