/**
 * A server with the Tinker API for tests, on loopback. The numbers are real: models are policies of an engine that the test
 * gives. It behaves as one of three kinds of server do, traps included, and commits the faults that it is told to.
 */
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Engine } from "../../../src/spec/index.js";
import { type Fault, FaultPlan, type PlannedFault } from "./fake-faults.js";
import { type FakeAnswer, type FakeRequest, type Listener, listen } from "./fake-http.js";
import { type Checkpoint, FakeModel, type OpenEngine, packArchive } from "./fake-models.js";
import type { FakePass, Flavour } from "./fake-pass.js";
import { readPassRequest, writePassResult, writeSamples } from "./fake-protobuf.js";

/** How a fake server is made. */
export interface FakeServerOptions {
  readonly flavour: Flavour;
  readonly open: OpenEngine;
  /** What it calls its model. */
  readonly model: string;
  /** Folder of its checkpoints. */
  readonly folder: string;
  /** Milliseconds from a request to its result. @default 0 */
  readonly resultDelay?: number;
  /** Milliseconds that a poll is held. @default 2000 */
  readonly pollHold?: number;
  /** @default 8 */
  readonly maximumModels?: number;
  /** @default any free one */
  readonly port?: number;
  /** Fields of the answer to client/config. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What archives are, instead of what they should be. */
  readonly archive?: (whole: Uint8Array) => Uint8Array;
  /** Whether answers to passes and samples are in protobuf where the client accepts it. @default only hosted */
  readonly protobuf?: boolean;
  /** What passes may be written in: newer servers refuse JSON, older ones protobuf. @default both */
  readonly reads?: "json" | "protobuf";
}

/** What a server has seen. */
export interface Traffic {
  /** Requests by the last part of their path. */
  readonly requests: Map<string, number>;
  /** Samples that were asked for and not answered. */
  samplesInFlight: number;
  mostSamplesInFlight: number;
  /** Moments and numbers of samples in flight, for means over time. */
  readonly inFlightLog: (readonly [number, number])[];
  readonly keys: Set<string | undefined>;
  /** Steps carried out by model. */
  readonly steps: Map<string, number>;
  /** Losses of passes by model. */
  readonly losses: Map<string, Set<string>>;
}

interface FakeFuture {
  readonly type: string;
  readonly done: Promise<void>;
  outcome:
    | { readonly result: unknown; readonly encoded?: Uint8Array }
    | { readonly failure: string }
    | undefined;
}

/** A failed task. */
class TaskFailure extends Error {}

/** The server. */
export class FakeServer {
  readonly faults = new FaultPlan();
  readonly traffic: Traffic = {
    requests: new Map(),
    samplesInFlight: 0,
    mostSamplesInFlight: 0,
    inFlightLog: [],
    keys: new Set(),
    steps: new Map(),
    losses: new Map(),
  };
  readonly #options: FakeServerOptions;
  readonly #checkpoints = new Map<string, Checkpoint>();
  readonly #samplers = new Map<string, Checkpoint>();
  readonly #signed = new Map<string, Checkpoint>();
  #models = new Map<string, FakeModel>();
  #sessions = new Set<string>();
  #futures = new Map<string, FakeFuture>();
  #engine!: Engine;
  #listener!: Listener;
  #ids = 0;
  #stopped = new AbortController();

  private constructor(options: FakeServerOptions) {
    this.#options = options;
  }

  /** A server that listens. */
  static async start(options: FakeServerOptions): Promise<FakeServer> {
    const server = new FakeServer(options);
    server.#engine = await options.open();
    server.#listener = await listen((request) => server.#answer(request), options.port ?? 0);
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.port}`;
  }

  get modelCount(): number {
    return this.#models.size;
  }

  /** The next requests that fit meet these faults. */
  fail(...faults: readonly PlannedFault[]): void {
    for (const fault of faults) this.faults.add(fault);
  }

  /** Unloads every model, as servers do with expired sessions; heartbeats are answered as before. */
  async expireSessions(): Promise<void> {
    for (const model of this.#models.values()) await model.close();
    this.#models = new Map();
  }

  /** Loses everything but the checkpoints, and is away for a while. */
  async restart(awayFor = 0): Promise<void> {
    const { port } = this.#listener;
    await this.#listener.close();
    await this.expireSessions();
    this.#futures = new Map();
    this.#sessions = new Set();
    this.#samplers.clear();
    await new Promise((resolve) => setTimeout(resolve, awayFor));
    this.#listener = await listen((request) => this.#answer(request), port);
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#listener.close();
    await this.#engine.close().catch(() => undefined);
  }

  async #answer(request: FakeRequest): Promise<FakeAnswer | "cut"> {
    const path = request.path.replace(/^.*\/api\/v1\//, "");
    const type = request.headers["x-tinker-request-type"];
    this.#count(path, request);
    const fault = this.faults.next(path, typeof type === "string" ? type : undefined);
    if (fault?.kind === "answer")
      return { status: fault.status, body: fault.body, headers: fault.headers ?? {} };
    if (fault?.kind === "refuse") return "cut";
    if (fault?.kind === "hang") return new Promise(() => undefined);
    if (fault?.kind === "delay") await sleep(fault.milliseconds);
    const answer = await this.#route(path, request);
    return isLoss(fault) ? "cut" : answer;
  }

  #count(path: string, { headers }: FakeRequest): void {
    const name = path.split("/").at(-1)!;
    this.traffic.requests.set(name, (this.traffic.requests.get(name) ?? 0) + 1);
    const key = headers["x-api-key"];
    if (name !== "signed") this.traffic.keys.add(typeof key === "string" ? key : undefined);
  }

  async #route(path: string, request: FakeRequest): Promise<FakeAnswer> {
    const { flavour, model, config } = this.#options;
    const body = request.json;
    switch (path) {
      case "healthz":
        return { status: 200, body: { status: "ok" } };
      case "client/config":
        return { status: 200, body: { pjwt_auth_enabled: false, ...config } };
      case "get_server_capabilities":
        return { status: 200, body: { supported_models: [{ model_name: model }] } };
      case "create_session":
        return this.#createSession();
      case "session_heartbeat":
        return this.#sessions.has(text(body.session_id))
          ? { status: 200, body: {} }
          : notFound("Session not found");
      case "create_model":
        return this.#createModel(body);
      case "unload_model":
        return this.#unload(text(body.model_id));
      case "forward":
      case "forward_backward":
        return this.#pass(request, path === "forward");
      case "optim_step":
        return this.#step(body);
      case "save_weights":
        return this.#save(body, "training");
      case "save_weights_for_sampler":
        return this.#save(body, "sampler");
      case "load_weights":
        return this.#load(body);
      case "asample":
        return this.#sample(body);
      case "retrieve_future":
        return this.#retrieve(text(body.request_id), accepts(request));
      default:
        return this.#routeCheckpoint(path, request, flavour);
    }
  }

  #createSession(): FakeAnswer {
    const session_id = `session_${randomBytes(4).toString("hex")}`;
    this.#sessions.add(session_id);
    return { status: 200, body: { type: "create_session", session_id, info_message: null } };
  }

  #createModel(body: Body): FakeAnswer {
    const sessionId = text(body.session_id);
    if (!this.#sessions.has(sessionId)) return notFound("Session not found");
    const config = object(body.lora_config);
    const rank = Number(config.rank);
    const id =
      this.#options.flavour === "hosted"
        ? `${sessionId}:train:${Number(body.model_seq_id)}`
        : `model_${randomBytes(4).toString("hex")}`;
    return this.#future("CreateModel", async () => {
      const most = this.#options.maximumModels ?? 8;
      if (this.#models.size >= most)
        throw new TaskFailure(`Maximum number of LoRA adapters (${most}) reached`);
      if (rank === 0 && this.#options.flavour !== "skyrl-torch") {
        throw new TaskFailure("LoRA rank 0 must be between 1 and 32");
      }
      const { open, flavour } = this.#options;
      const seed = Number(config.seed ?? 0);
      const made = await FakeModel.create(
        id,
        { rank, seed, sessionId },
        { engine: this.#engine, open, flavour },
      );
      this.#models.set(id, made);
      return { model_id: id };
    });
  }

  #unload(id: string): FakeAnswer {
    return this.#future("UnloadModel", async () => {
      const model = this.#model(id);
      this.#models.delete(id);
      await model.inOrder(() => model.close());
      return { model_id: id, status: "unloaded", type: "unload_model" };
    });
  }

  #pass(request: FakeRequest, forwardRoute: boolean): FakeAnswer {
    const { reads } = this.#options;
    if (reads !== undefined && reads !== formatOf(request)) {
      return { status: 415, body: { detail: `forward_backward requires a ${reads} body` } };
    }
    const pass = passOf(request, forwardRoute);
    const { losses } = this.traffic;
    losses.set(pass.modelId, (losses.get(pass.modelId) ?? new Set()).add(pass.loss));
    if (pass.data.length === 0) return this.#future("Forward", () => new Promise(() => undefined));
    return this.#numbered(pass.modelId, pass.sequence, request.bytes, () =>
      this.#future(pass.forwardOnly ? "Forward" : "ForwardBackward", async () => {
        const model = this.#model(pass.modelId);
        const logprobs = await model.inOrder(() =>
          pass.forwardOnly ? model.forward(pass) : model.forwardBackward(pass),
        );
        const total = logprobs.reduce((sum, row) => sum - row.reduce((part, value) => part + value, 0), 0);
        const metrics = this.#options.flavour === "skyrl-torch" ? { "total_loss:sum": total } : {};
        return {
          json: {
            loss_fn_output_type: "scalar",
            metrics,
            loss_fn_outputs: logprobs.map((row) => ({ logprobs: tensor(row) })),
          },
          encoded: writePassResult(logprobs, metrics),
        };
      }),
    );
  }

  #step(body: Body): FakeAnswer {
    const modelId = text(body.model_id);
    return this.#numbered(modelId, Number(body.seq_id), Buffer.from(JSON.stringify(body)), () =>
      this.#future("OptimStep", async () => {
        const adam = Object.fromEntries(
          Object.entries(object(body.adam_params)).map(([k, v]) => [k, Number(v)]),
        );
        const norm = await this.#model(modelId).inOrder((model) => model.step(adam));
        if (this.#options.flavour === "skyrl-jax") await this.#decayOthers(modelId, adam);
        this.traffic.steps.set(modelId, (this.traffic.steps.get(modelId) ?? 0) + 1);
        const name = this.#options.flavour === "hosted" ? "grad_norm:mean" : "skyrl.ai/grad_norm";
        return { metrics: { [name]: norm } };
      }),
    );
  }

  /** SkyRL on JAX keeps all adapters in one array, and decays all of it. */
  async #decayOthers(modelId: string, { weight_decay = 0, learning_rate = 0 }: Adam): Promise<void> {
    if (weight_decay === 0) return;
    for (const [id, other] of this.#models) {
      if (id !== modelId) await other.inOrder((model) => model.decay(learning_rate, weight_decay));
    }
  }

  #save(body: Body, kind: Checkpoint["kind"]): FakeAnswer {
    const { flavour, folder } = this.#options;
    const modelId = text(body.model_id);
    const ephemeral = body.path === undefined;
    const name = ephemeral
      ? `ss${Number(body.sampling_session_seq_id)}_seq${Number(body.seq_id)}`
      : text(body.path);
    if (!/^[a-zA-Z0-9_-]+$/.test(name))
      return { status: 422, body: { detail: [{ type: "value_error", loc: ["path"] }] } };
    const short = flavour !== "hosted" && kind === "sampler";
    const part = kind === "training" ? "weights" : "sampler_weights";
    const path = short ? `tinker://${modelId}/${name}` : `tinker://${modelId}/${part}/${name}`;
    if (this.#checkpoints.has(path))
      return { status: 409, body: { detail: `Checkpoint '${name}' already exists` } };
    const rank = this.#models.get(modelId)?.rank ?? 0;
    const place = join(folder, createHash("sha256").update(path).digest("hex").slice(0, 16));
    const checkpoint = { modelId, name, kind, path, folder: place, rank };
    this.#checkpoints.set(path, checkpoint);
    return this.#future(kind === "training" ? "SaveWeights" : "SaveWeightsForSampler", async () => {
      const model = this.#model(modelId);
      if (kind === "training") {
        await model.inOrder(() => model.save(place));
        return { path, type: "save_weights" };
      }
      const id = ephemeral ? `sampling_${randomBytes(4).toString("hex")}` : path;
      await model.inOrder(() => model.addSampler(id, place));
      if (ephemeral) this.#samplers.set(id, checkpoint);
      return { path: ephemeral ? null : path, sampling_session_id: ephemeral ? id : null };
    });
  }

  #load(body: Body): FakeAnswer {
    const modelId = text(body.model_id);
    return this.#future("LoadWeights", async () => {
      const model = this.#model(modelId);
      if (Number(body.seq_id) !== 1 || model.numbered.size > 0) {
        throw new TaskFailure(`LoadWeights is not permitted with seq_id ${Number(body.seq_id)}`);
      }
      const checkpoint = this.#checkpoints.get(text(body.path));
      if (checkpoint === undefined) throw new TaskFailure(`Checkpoint ${text(body.path)} does not exist`);
      if (checkpoint.rank !== model.rank) throw new TaskFailure("The rank differs from the checkpoint's");
      await model.inOrder(() => model.load(checkpoint, body.optimizer === true));
      model.numbered.set(1, { body: "", requestId: "" });
      return { path: checkpoint.path, type: "load_weights" };
    });
  }

  #sample(body: Body): FakeAnswer {
    const sampler = this.#samplers.get(text(body.sampling_session_id));
    if (sampler === undefined) return notFound("Sampling session not found");
    const parameters = object(body.sampling_params);
    if (!(Number(parameters.max_tokens) > 0))
      return { status: 400, body: { detail: "max_tokens is required" } };
    const request = {
      prompt: tokensOf(body.prompt),
      n: Number(body.num_samples),
      maxTokens: Number(parameters.max_tokens),
      temperature: Number(parameters.temperature),
      topP: Number(parameters.top_p),
      stop: numbers(parameters.stop),
      seed: Number(parameters.seed),
    };
    this.#changeInFlight(1);
    return this.#future("Sample", async () => {
      try {
        const model = this.#model(sampler.modelId);
        const id = text(body.sampling_session_id);
        const samples = await model.inOrder(() =>
          model.sample(id, sampler.folder, request, this.#stopped.signal),
        );
        return {
          json: {
            sequences: samples.map(({ tokens, logprobs, finish }) => ({
              stop_reason: finish,
              tokens,
              logprobs: Array.from(logprobs),
            })),
            prompt_logprobs: null,
          },
          encoded: writeSamples(samples.map((sample) => ({ ...sample, stopped: sample.finish === "stop" }))),
        };
      } finally {
        await this.#delayed();
        this.#changeInFlight(-1);
      }
    });
  }

  async #retrieve(id: string, protobuf: boolean): Promise<FakeAnswer> {
    const future = this.#futures.get(id);
    if (future === undefined) return notFound("Future not found");
    await Promise.race([future.done, sleep(this.#options.pollHold ?? 2000)]);
    const { outcome } = future;
    const hosted = this.#options.flavour === "hosted";
    if (outcome === undefined) {
      return hosted
        ? { status: 200, body: { type: "try_again", request_id: id, queue_state: "active" } }
        : { status: 408, body: { detail: "Timeout waiting for result" } };
    }
    if ("failure" in outcome) {
      return hosted
        ? { status: 200, body: { error: outcome.failure, category: "User" } }
        : { status: 400, body: { detail: outcome.failure } };
    }
    if (outcome.encoded !== undefined && protobuf && (this.#options.protobuf ?? hosted)) {
      return { status: 200, bytes: outcome.encoded, headers: { "content-type": "application/x-protobuf" } };
    }
    return { status: 200, body: outcome.result };
  }

  async #routeCheckpoint(path: string, request: FakeRequest, flavour: Flavour): Promise<FakeAnswer> {
    const list = /^training_runs\/([^/]+)\/checkpoints$/.exec(path);
    if (list !== null) return this.#list(list[1]!);
    const archive = /^training_runs\/([^/]+)\/checkpoints\/(.+)\/(archive|download)$/.exec(path);
    if (archive !== null)
      return this.#archive({ modelId: archive[1]!, id: archive[2]!, route: archive[3]! }, request, flavour);
    const signed = /^signed\/(.+)$/.exec(path);
    const found = signed === null ? undefined : this.#signed.get(signed[1]!);
    return found === undefined ? notFound("Not Found") : this.#download(found);
  }

  #list(modelId: string): FakeAnswer {
    const checkpoints = [...this.#checkpoints.values()]
      .filter((checkpoint) => checkpoint.modelId === modelId)
      .map(({ name, kind, path }) => ({ checkpoint_id: name, checkpoint_type: kind, tinker_path: path }));
    return { status: 200, body: { checkpoints } };
  }

  async #archive(
    { modelId, id, route }: { readonly modelId: string; readonly id: string; readonly route: string },
    request: FakeRequest,
    flavour: Flavour,
  ): Promise<FakeAnswer> {
    const qualified = id.includes("/");
    if (qualified !== (flavour === "hosted")) return { status: 405, body: { detail: "Method Not Allowed" } };
    const name = id.split("/").at(-1);
    const found = [...this.#checkpoints.values()].find(
      (checkpoint) =>
        checkpoint.modelId === modelId && checkpoint.name === name && checkpoint.kind === "sampler",
    );
    if (found === undefined) return notFound("Checkpoint not found");
    if (route === "download") return this.#download(found);
    if (flavour !== "hosted") {
      return {
        status: 302,
        headers: {
          location: `http://${request.headers.host}${request.path.replace(/archive$/, "download")}`,
        },
      };
    }
    const token = randomBytes(8).toString("hex");
    this.#signed.set(token, found);
    // Another origin than the API's, as a store of signed addresses is.
    return {
      status: 302,
      headers: { location: `http://localhost:${this.#listener.port}/api/v1/signed/${token}` },
    };
  }

  async #download(checkpoint: Checkpoint): Promise<FakeAnswer> {
    const { flavour, open, archive } = this.#options;
    const whole = await packArchive(checkpoint, flavour, open);
    return {
      status: 200,
      bytes: archive?.(whole) ?? whole,
      headers: { "content-type": "application/octet-stream" },
    };
  }

  #model(id: string): FakeModel {
    const model = this.#models.get(id);
    if (model === undefined) throw new TaskFailure(`Model ${id} not loaded`);
    return model;
  }

  /** Same number and body: the same future. Same number and another body: 409. */
  #numbered(modelId: string, number: number, body: Uint8Array, make: () => FakeAnswer): FakeAnswer {
    const model = this.#models.get(modelId);
    const content = Buffer.from(body).toString("latin1");
    const known = model?.numbered.get(number);
    if (known !== undefined) {
      return known.body === content
        ? { status: 200, body: { request_id: known.requestId, status: "pending" } }
        : { status: 409, body: { detail: "Training request sequence number was reused" } };
    }
    const answer = make();
    model?.numbered.set(number, { body: content, requestId: text(object(answer.body).request_id) });
    return answer;
  }

  #future(type: string, work: () => Promise<unknown>): FakeAnswer {
    const id = String(++this.#ids);
    const submitted = Promise.all([this.#run(work), type === "Sample" ? undefined : this.#delayed()]);
    const future: FakeFuture = {
      type,
      outcome: undefined,
      done: submitted.then(
        ([outcome]) => {
          future.outcome = outcome;
        },
        () => undefined,
      ),
    };
    this.#futures.set(id, future);
    return { status: 200, body: { request_id: id, status: "pending" } };
  }

  async #run(work: () => Promise<unknown>): Promise<NonNullable<FakeFuture["outcome"]>> {
    try {
      const result = await work();
      if (typeof result === "object" && result !== null && "json" in result && "encoded" in result) {
        return {
          result: result.json,
          ...(result.encoded instanceof Uint8Array && { encoded: result.encoded }),
        };
      }
      return { result };
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  }

  async #delayed(): Promise<void> {
    const { resultDelay = 0 } = this.#options;
    if (resultDelay > 0) await sleep(resultDelay);
  }

  #changeInFlight(by: number): void {
    const { traffic } = this;
    traffic.samplesInFlight += by;
    traffic.mostSamplesInFlight = Math.max(traffic.mostSamplesInFlight, traffic.samplesInFlight);
    traffic.inFlightLog.push([performance.now(), traffic.samplesInFlight]);
  }
}

type Body = Readonly<Record<string, unknown>>;
type Adam = Readonly<Record<string, number>>;

function formatOf({ headers }: FakeRequest): "json" | "protobuf" {
  return headers["content-type"] === "application/x-protobuf" ? "protobuf" : "json";
}

function passOf(request: FakeRequest, forwardRoute: boolean): FakePass {
  if (formatOf(request) === "protobuf") return readPassRequest(request.bytes);
  const input = object(forwardRoute ? request.json.forward_input : request.json.forward_backward_input);
  const data = Array.isArray(input.data) ? input.data : [];
  return {
    modelId: text(request.json.model_id),
    sequence: Number(request.json.seq_id),
    loss: text(input.loss_fn),
    config: Object.fromEntries(
      Object.entries(object(input.loss_fn_config ?? {})).map(([k, v]) => [k, Number(v)]),
    ),
    data: data.map((datum) => ({
      input: tokensOf(object(datum).model_input),
      tensors: Object.fromEntries(
        Object.entries(object(object(datum).loss_fn_inputs)).map(([name, value]) => [
          name,
          numbers(object(value).data),
        ]),
      ),
    })),
    forwardOnly: forwardRoute,
  };
}

function tokensOf(input: unknown): number[] {
  const { chunks } = object(input);
  return (Array.isArray(chunks) ? chunks : []).flatMap((chunk) => numbers(object(chunk).tokens));
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : String(value);
}

function object(value: unknown): Body {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function tensor(row: Float32Array): unknown {
  return { data: Array.from(row), dtype: "float32", shape: [row.length] };
}

function accepts({ headers }: FakeRequest): boolean {
  return String(headers.accept ?? "").includes("application/x-protobuf");
}

function notFound(detail: string): FakeAnswer {
  return { status: 404, body: { detail } };
}

function isLoss(fault: Fault | undefined): boolean {
  return fault?.kind === "lose-answer";
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
