/**
 * One model on the server. Its requests are numbered and submitted one after the other, each when the one before is
 * acknowledged, without waiting for results: hosted servers work in the order of the numbers, SkyRL in that of arrival.
 * Repeating a pass or a step under its number and with the same body is harmless, so a lost answer trains nothing twice.
 */
import { z } from "zod";
import { type JsonObject, type JsonValue, ServerError } from "../../spec/index.js";
import { type HttpAnswer, jsonOf } from "../remote/http.js";
import { pause } from "../remote/pause.js";
import type { UsageMeter } from "../remote/usage-meter.js";
import type { PassResult } from "./codec.js";
import type { CodecChoice } from "./codec-choice.js";
import type { ApiCall, Connection } from "./connection.js";
import { LostAnswerError, LostModelError } from "./failures.js";
import { type FutureType, requestIdOf, retrieve } from "./futures.js";
import { parseResult } from "./json-codec.js";
import { chunkPass, type Pass } from "./passes.js";
import { type ClientConfig, freshName, type Session } from "./session.js";

/** What the models of one engine share. */
export interface ServerLink {
  readonly connection: Connection;
  readonly session: Session;
  readonly codec: CodecChoice;
  readonly config: ClientConfig;
  readonly meter: UsageMeter;
}

/** AdamW as the API names it. */
export type AdamParameters = Readonly<
  Record<"learning_rate" | "beta1" | "beta2" | "eps" | "weight_decay" | "grad_clip_norm", number>
>;

const savedSchema = z.looseObject({ path: z.string().nullish(), sampling_session_id: z.string().nullish() });
const stepSchema = z.looseObject({ metrics: z.record(z.string(), z.unknown()).nullish() });
const checkpointsSchema = z.looseObject({
  checkpoints: z.array(z.looseObject({ checkpoint_id: z.string(), tinker_path: z.string() })),
});

/** How long a server is asked to unload a model, in milliseconds. */
const UNLOAD_PATIENCE = 10_000;
/** How often a sampler is saved under another number where the server says that its name is taken. */
const SAMPLER_ATTEMPTS = 3;

/** A model that was created on the server. */
export class RemoteModel {
  readonly id: string;
  readonly #link: ServerLink;
  #number: number;
  #last: Promise<unknown> = Promise.resolve();
  /** Why it is not known which numbers the server has seen. */
  #unsure: LostModelError | undefined;

  /** @param used Numbers that are taken. */
  constructor(id: string, link: ServerLink, used = 0) {
    this.id = id;
    this.#link = link;
    this.#number = used;
  }

  /** Log-probabilities of a pass. The signal ends the waiting; the server's work goes on. */
  async forward(pass: Pass, signal?: AbortSignal, onChunk?: (data: number) => void): Promise<PassResult> {
    return this.#pass(pass, { forwardOnly: true, ...(signal && { signal }), ...(onChunk && { onChunk }) });
  }

  /** Adds a pass to the gradient; resolves when all of it is submitted, with a promise of the result. */
  async forwardBackward(pass: Pass): Promise<{ readonly result: Promise<PassResult> }> {
    const submitted = this.#submitPass(pass, false);
    const results = (await Promise.all(submitted)).map((id) => this.#passResult(id, "ForwardBackward"));
    const result = Promise.all(results).then(joinResults);
    result.catch(() => undefined);
    return { result };
  }

  /** Submits an optimiser step; resolves with a promise of its metrics. */
  async step(
    adam: AdamParameters,
  ): Promise<{ readonly metrics: Promise<Readonly<Record<string, unknown>>> }> {
    this.#link.meter.add({ requests: 1 });
    const id = await this.#submit((seq_id) => ({
      path: "optim_step",
      json: { type: "optim_step", model_id: this.id, seq_id, adam_params: { ...adam } },
    }));
    const metrics = this.#result(id, "OptimStep").then(
      (answer) => parseResult(stepSchema, answer).metrics ?? {},
    );
    metrics.catch(() => undefined);
    return { metrics };
  }

  /** Saves weights and optimiser on the server and returns the checkpoint's path. */
  async saveWeights(): Promise<string> {
    const name = freshName("state");
    return this.#save("save_weights", "SaveWeights", name, "weights");
  }

  /** Saves the weights for sampling under a name, and returns path and name. */
  async saveSampler(): Promise<{ readonly path: string; readonly name: string }> {
    const name = freshName("sampler");
    return {
      path: await this.#save("save_weights_for_sampler", "SaveWeightsForSampler", name, undefined),
      name,
    };
  }

  /** A sampling session with the weights as they are now. */
  async openSampler(): Promise<string> {
    const id = await this.#inTurn((seq_id) => this.#submitSampler(seq_id));
    const { sampling_session_id } = parseResult(savedSchema, await this.#result(id, "SaveWeightsForSampler"));
    if (sampling_session_id) return sampling_session_id;
    throw new ServerError("The server saved weights for sampling and gave no sampling session.", {
      model: this.id,
    });
  }

  /** Restores a checkpoint; only as the very first request of a model. @throws LostAnswerError where it is not known whether it was */
  async loadWeights(path: string, optimizer: boolean): Promise<void> {
    const id = await this.#submit((seq_id) => ({
      path: "load_weights",
      json: { type: "load_weights", model_id: this.id, path, optimizer, seq_id },
      repeatable: false,
    }));
    await this.#result(id, "LoadWeights");
  }

  /** Frees the model's place on the server. Does not throw: a server that is gone has freed it. */
  async unload(): Promise<void> {
    const { connection } = this.#link;
    try {
      const json = { type: "unload_model", model_id: this.id };
      // Nothing is lost where it fails, and a command that ends does not wait for a server that is away.
      const patience = Math.min(UNLOAD_PATIENCE, connection.timing.patience);
      const call = { path: "unload_model", json, repeatable: false, patience };
      const requestId = requestIdOf(await connection.object(call));
      await retrieve(connection, {
        requestId,
        type: "UnloadModel",
        limit: connection.timing.request,
      });
    } catch (error) {
      if (error instanceof LostModelError) return;
      const reason = error instanceof Error ? error.message : String(error);
      connection.warn(
        `Model ${this.id} could not be unloaded; the server drops it with its session. ${reason}`,
      );
    }
  }

  async #pass(
    pass: Pass,
    options: {
      readonly forwardOnly: boolean;
      readonly signal?: AbortSignal;
      readonly onChunk?: (data: number) => void;
    },
  ): Promise<PassResult> {
    const chunks = this.#chunks(pass);
    const results = this.#submitChunks(chunks, true).map(async (submitted, index) => {
      const result = await this.#passResult(await submitted, "Forward", options.signal);
      options.onChunk?.(chunks[index]!.data.length);
      return result;
    });
    return joinResults(await Promise.all(results));
  }

  #chunks(pass: Pass): Pass[] {
    const { config, codec } = this.#link;
    const limits = { data: config.fwdbwd_max_chunk_len, bytes: config.fwdbwd_max_chunk_bytes_count };
    return chunkPass(pass, limits, codec.current);
  }

  #submitPass(pass: Pass, forwardOnly: boolean): Promise<string>[] {
    return this.#submitChunks(this.#chunks(pass), forwardOnly);
  }

  #submitChunks(chunks: readonly Pass[], forwardOnly: boolean): Promise<string>[] {
    return chunks.map((chunk) => {
      const tokens = chunk.data.reduce((sum, { input }) => sum + input.length, 0);
      this.#link.meter.add({ [forwardOnly ? "read" : "trained"]: tokens, requests: 1 });
      return this.#inTurn((sequenceNumber) =>
        this.#link.codec.use((codec) => {
          const { path, body, contentType } = codec.encodePass({
            ...chunk,
            modelId: this.id,
            sequenceNumber,
            forwardOnly,
          });
          return this.#accepted({ path, encoded: { body, contentType } });
        }),
      );
    });
  }

  #submit(call: (sequenceNumber: number) => ApiCall): Promise<string> {
    return this.#inTurn((sequenceNumber) => this.#accepted(call(sequenceNumber)));
  }

  async #accepted(call: ApiCall): Promise<string> {
    return requestIdOf(await this.#link.connection.object(call));
  }

  /**
   * A server that got the request and whose answer was lost has the name already (SkyRL names the save by both numbers):
   * it is saved again under the next number.
   */
  async #submitSampler(seq_id: number): Promise<string> {
    const { connection, session } = this.#link;
    for (let attempt = 1; ; attempt += 1) {
      const sampling_session_seq_id = (await session.current()).nextSampler();
      const json = { type: "save_weights_for_sampler", model_id: this.id, seq_id, sampling_session_seq_id };
      const expected = attempt < SAMPLER_ATTEMPTS ? [409] : [];
      const answer = await connection.send({ path: "save_weights_for_sampler", json, expected });
      if (answer.status !== 409) return requestIdOf(jsonOf(answer));
    }
  }

  /**
   * Waits for its turn and submits under the next number, which counts as used once the server has accepted it. Where a
   * submission ends without a word of the server, it may have been accepted: nothing more is sent to this model then,
   * because the same number with another body could be taken for it.
   */
  #inTurn<T>(submit: (sequenceNumber: number) => Promise<T>): Promise<T> {
    const submitted = this.#last.then(async () => {
      if (this.#unsure !== undefined) throw this.#unsure;
      try {
        const result = await submit(this.#number + 1);
        this.#number += 1;
        return result;
      } catch (error) {
        if (!isRefusal(error)) this.#unsure = unsureAfter(error, this.id);
        throw error;
      }
    });
    this.#last = submitted.catch(() => undefined);
    return submitted;
  }

  async #passResult(requestId: string, type: FutureType, signal?: AbortSignal): Promise<PassResult> {
    return this.#link.codec.reader.decodePass(await this.#result(requestId, type, signal));
  }

  #result(requestId: string, type: FutureType, signal?: AbortSignal): Promise<HttpAnswer> {
    return retrieve(this.#link.connection, { requestId, type, ...(signal && { signal }) });
  }

  /**
   * The path of a named save. After a lost answer the server refuses the name (409): the save was accepted then, and its
   * path is found in the list of checkpoints.
   */
  async #save(path: string, type: FutureType, name: string, folder: string | undefined): Promise<string> {
    const { connection } = this.#link;
    const submitted = await this.#submitSave(path, name);
    const saved =
      submitted === undefined
        ? await this.#findCheckpoint(name)
        : parseResult(savedSchema, await retrieve(connection, { requestId: submitted, type })).path;
    if (saved) return saved;
    const place = folder === undefined ? name : `${folder}/${name}`;
    throw new ServerError(`The server saved ${place} and gave no path.`, { model: this.id, name });
  }

  /** `undefined` where the name is there already. */
  #submitSave(path: string, name: string): Promise<string | undefined> {
    return this.#inTurn(async (seq_id) => {
      const json: JsonObject = { type: path, model_id: this.id, path: name, seq_id };
      const answer = await this.#link.connection.send({ path, json, expected: [409] });
      return answer.status === 409 ? undefined : requestIdOf(jsonOf(answer));
    });
  }

  async #findCheckpoint(name: string): Promise<string> {
    const { connection } = this.#link;
    const deadline = performance.now() + connection.timing.patience;
    while (performance.now() < deadline) {
      const call = { method: "GET" as const, path: `training_runs/${this.id}/checkpoints` };
      const { checkpoints } = checkpointsSchema.parse(await connection.object(call));
      const found = checkpoints.find(({ checkpoint_id }) => checkpoint_id.split("/").at(-1) === name);
      if (found !== undefined) return found.tinker_path;
      await pause(connection.timing.retry);
    }
    const message = `The server accepted checkpoint ${name} and does not list it. Run the same command again.`;
    throw new LostAnswerError(message, { model: this.id, name });
  }
}

/** Whether the server itself said no, so that the number is free. */
function isRefusal(error: unknown): boolean {
  const status = error instanceof ServerError ? error.facts.status : undefined;
  return typeof status === "number" && status >= 400 && status < 500 && status !== 408;
}

function unsureAfter(error: unknown, model: string): LostModelError {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `It is not known whether the server has the last request to model ${model}. ${reason}`;
  return new LostModelError(message, { model }, { cause: error });
}

function joinResults(results: readonly PassResult[]): PassResult {
  const [first] = results;
  return { logprobs: results.flatMap(({ logprobs }) => logprobs), metrics: first?.metrics ?? {} };
}

/** How a new model begins. */
export interface ModelStart {
  readonly baseModel: string;
  /** 0 trains all weights. */
  readonly rank: number;
  readonly seed: number;
  /** Which groups of linears get an adapter. */
  readonly groups: { readonly attention: boolean; readonly mlp: boolean; readonly unembed: boolean };
  /** Weights to start from, with the optimiser's state or without. */
  readonly checkpoint?: { readonly path: string; readonly optimizer: boolean };
}

/** How often a model whose loading got lost is made anew. */
const LOADING_ATTEMPTS = 3;

/** A new model on the server, its checkpoint loaded. @throws ServerError where the server refuses */
export async function createModel(start: ModelStart, link: ServerLink): Promise<RemoteModel> {
  const { checkpoint } = start;
  if (checkpoint === undefined) return createFresh(start, link);
  if (link.config.create_model_via_load_weights) return createLoaded(checkpoint, link);
  for (let attempt = 1; ; attempt += 1) {
    const model = await createFresh(start, link);
    try {
      await model.loadWeights(checkpoint.path, checkpoint.optimizer);
      return model;
    } catch (error) {
      await model.unload();
      if (!(error instanceof LostAnswerError) || attempt === LOADING_ATTEMPTS) throw error;
      link.connection.warn("The answer to loading a checkpoint was lost: loading it into a new model.");
    }
  }
}

async function createFresh(start: ModelStart, link: ServerLink): Promise<RemoteModel> {
  const { baseModel, rank, seed, groups } = start;
  const lora_config = {
    rank,
    seed,
    train_attn: groups.attention,
    train_mlp: groups.mlp,
    train_unembed: groups.unembed,
  };
  const body = {
    type: "create_model",
    base_model: baseModel,
    user_metadata: { client: "itool" },
    lora_config,
  };
  return createBy("create_model", body, link, 0);
}

/** Some servers make the model of a checkpoint in one request. */
function createLoaded(
  { path, optimizer }: NonNullable<ModelStart["checkpoint"]>,
  link: ServerLink,
): Promise<RemoteModel> {
  return createBy("load_weights", { type: "load_weights", path, optimizer }, link, 0);
}

async function createBy(
  path: string,
  body: JsonObject,
  link: ServerLink,
  used: number,
): Promise<RemoteModel> {
  const { connection, session } = link;
  const { id, nextModel } = await numberedSession(session);
  const json: Record<string, JsonValue> = { ...body, session_id: id, model_seq_id: nextModel };
  const requestId = requestIdOf(await connection.object({ path, json }));
  const answer = await retrieve(connection, { requestId, type: "CreateModel" });
  const { model_id } = parseResult(z.looseObject({ model_id: z.string() }), answer);
  return new RemoteModel(model_id, link, used);
}

async function numberedSession(
  session: Session,
): Promise<{ readonly id: string; readonly nextModel: number }> {
  const current = await session.current();
  return { id: current.id, nextModel: current.nextModel() };
}
