/**
 * The engine on a GPU cluster: a client of the Tinker training API, as Thinking Machines' service and SkyRL's open server
 * speak it. One session an engine, one model a policy; the base model is an adapter that was never trained.
 */
import {
  type AdapterOptions,
  ConfigError,
  type Engine,
  InputError,
  type ModelInfo,
  type Policy,
  type PolicyOptions,
} from "../../spec/index.js";
import { checkAddress, checkKey } from "../remote/address.js";
import { UsageMeter } from "../remote/usage-meter.js";
import { CodecChoice } from "./codec-choice.js";
import { Connection } from "./connection.js";
import { Credential } from "./credential.js";
import { ModelHolder } from "./model-holder.js";
import type { ModelStart, ServerLink } from "./remote-model.js";
import { type RemoteWeights, readRemoteWeights } from "./remote-weights.js";
import { SamplingTraffic } from "./sampler.js";
import { kindByAddress, probeServer, SERVER_ALPHA } from "./server-traits.js";
import { type ClientConfig, negotiate, Session, type SupportedModel, supportedModels } from "./session.js";
import { defaultTiming, type ServerKind, type TinkerOptions } from "./tinker-options.js";
import { TinkerPolicy } from "./tinker-policy.js";

const BASE_RANK = 16;
const SAMPLES_IN_FLIGHT = 256;

/**
 * Connects to the server and begins a session.
 * @throws ConfigError for options out of range, or a model that the server does not have. @throws ServerError where it does not answer
 */
export async function openTinkerEngine(options: TinkerOptions): Promise<Engine> {
  checkOptions(options);
  const { link, config } = await connect(options);
  const models = await supportedModels(link.connection);
  const { name, contextLength } = chooseModel(options.model, models, options.url);
  const start = options.weights === undefined ? undefined : await readRemoteWeights(options.weights);
  await link.session.current();
  const info = {
    name,
    vocabularySize: options.vocabularySize,
    contextLength: Math.min(options.contextLength, contextLength ?? Number.POSITIVE_INFINITY),
    parameterCount: undefined,
  };
  return new TinkerEngine(info, options, { ...link, config }, start);
}

async function connect(
  options: TinkerOptions,
): Promise<{ readonly link: ServerLink; readonly config: ClientConfig }> {
  const credential = new Credential(options.apiKey);
  const codec = new CodecChoice(options.codec);
  const connection = new Connection({
    url: options.url,
    timing: { ...defaultTiming, ...options.timing },
    credential,
    accept: codec.reader.accept,
    warn: options.onWarning ?? (() => undefined),
  });
  const config = await negotiate(connection);
  if (config.pjwt_auth_enabled) {
    const plain = new Connection({
      url: options.url,
      timing: connection.timing,
      credential: new Credential(options.apiKey),
      accept: "application/json",
      warn: connection.warn,
    });
    credential.useTokens(() => plain.send({ path: "auth/token", json: {} }));
  }
  const session = new Session(connection);
  return { link: { connection, session, codec, config, meter: options.meter ?? new UsageMeter() }, config };
}

function checkOptions(options: TinkerOptions): void {
  const {
    vocabularySize,
    contextLength,
    baseRank = BASE_RANK,
    samplesInFlight = SAMPLES_IN_FLIGHT,
  } = options;
  for (const [field, value] of Object.entries({ vocabularySize, contextLength, baseRank, samplesInFlight })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ConfigError(`The tinker engine's ${field} is ${value}, but must be an integer ≥ 1.`, {
      field,
      value,
    });
  }
  checkAddress(options.url, "tinker", "http://localhost:8000");
  checkKey(options.apiKey, "tinker");
}

/**
 * The server's name of the model. SkyRL trains its own model whatever name it is sent, so the name is checked here: it must
 * be the server's, or end like it (a server may know its model by a path).
 */
function chooseModel(
  model: string,
  supported: readonly SupportedModel[] | undefined,
  url: string,
): SupportedModel {
  if (supported === undefined) return { name: model, contextLength: undefined };
  const last = (name: string): string => name.split(/[/\\]/).filter(Boolean).at(-1) ?? "";
  const found =
    supported.find(({ name }) => name === model) ?? supported.find(({ name }) => last(name) === last(model));
  if (found !== undefined) return found;
  const names = supported.map(({ name }) => name);
  const message = `The server at ${url} has no model ${model}. It has ${names.join(", ") || "none"}: name one of these as model.`;
  throw new ConfigError(message, { url, model, supported: names });
}

class TinkerEngine implements Engine {
  readonly kind = "tinker";
  readonly model: ModelInfo;
  readonly #options: TinkerOptions;
  readonly #link: ServerLink;
  readonly #start: RemoteWeights | undefined;
  readonly #traffic: SamplingTraffic;
  readonly #policies: Policy[] = [];
  readonly #told = new Set<string>();
  #server: Promise<ServerKind> | undefined;
  #closed = false;

  constructor(model: ModelInfo, options: TinkerOptions, link: ServerLink, start: RemoteWeights | undefined) {
    this.model = model;
    this.#options = options;
    this.#link = link;
    this.#start = start;
    const most = Math.min(
      options.samplesInFlight ?? SAMPLES_IN_FLIGHT,
      link.config.sample_max_concurrent_requests,
    );
    this.#traffic = new SamplingTraffic(most, link.connection.timing.samplingPause);
  }

  async createPolicy(options: PolicyOptions = {}): Promise<Policy> {
    if (this.#closed) throw closed();
    const { adapter, train = adapter === undefined ? "none" : "adapter" } = options;
    const weights = typeof adapter === "string" ? await readRemoteWeights(adapter) : this.#start;
    if (typeof adapter === "object") this.#tellIgnored(adapter);
    const start = this.#startOf(options, weights);
    const trained = train === "none" ? undefined : await this.#serverKind(start);
    const holder = await ModelHolder.create(start, this.#link);
    if (this.#closed) {
      await holder.unload();
      throw closed();
    }
    const policy = new TinkerPolicy({
      info: this.model,
      holder,
      link: this.#link,
      traffic: this.#traffic,
      weights: {
        baseModel: this.model.name,
        policy: weights?.policy ?? { train: train === "full" ? "full" : "adapter", rank: start.rank },
        hasAdapter: adapter !== undefined || weights !== undefined,
      },
      trained,
      warnOnce: (message) => this.#warnOnce(message),
    });
    this.#policies.push(policy);
    return policy;
  }

  async close(): Promise<void> {
    this.#closed = true;
    try {
      await Promise.all(this.#policies.map((policy) => policy.close()));
    } finally {
      this.#link.session.close();
    }
  }

  #startOf({ adapter, train, seed = 0 }: PolicyOptions, weights: RemoteWeights | undefined): ModelStart {
    const base = { baseModel: this.model.name, seed: seed >>> 1, groups: groupsOf(adapter) };
    if (weights !== undefined) {
      if (train === "full" && weights.policy.train !== "full") throw notFull();
      const { rank } = weights.policy;
      return { ...base, rank, checkpoint: { path: weights.checkpoint, optimizer: false } };
    }
    if (train === "full") return { ...base, rank: 0 };
    const rank = typeof adapter === "object" ? adapter.rank : (this.#options.baseRank ?? BASE_RANK);
    if (Number.isInteger(rank) && rank >= 1) return { ...base, rank };
    throw new ConfigError(`The adapter's rank is ${rank}, but must be an integer ≥ 1.`, { rank });
  }

  /** What answers, asked once. */
  #serverKind(start: ModelStart): Promise<ServerKind> {
    const known = this.#options.server ?? kindByAddress(this.#options.url);
    if (known !== undefined) return Promise.resolve(known);
    const { checkpoint: _, ...fresh } = start;
    this.#server ??= probeServer(fresh, this.#probeTokens(), this.#link).catch((error: unknown) => {
      this.#server = undefined;
      throw error;
    });
    return this.#server;
  }

  #probeTokens(): number[] {
    return Array.from({ length: 5 }, (_, index) => index % this.model.vocabularySize);
  }

  /** The API has no field for the scale of an adapter, and knows groups of linears only. */
  #tellIgnored({ alpha, targets }: AdapterOptions): void {
    if (alpha !== SERVER_ALPHA) {
      this.#warnOnce(
        `adapter.alpha ${alpha} is ignored: servers of the Tinker API scale every adapter by ${SERVER_ALPHA}.`,
      );
    }
    const partial = LINEAR_GROUPS.filter((group) => {
      const chosen = group.filter((name) => targets?.includes(name) ?? true).length;
      return chosen > 0 && chosen < group.length;
    });
    for (const group of partial) {
      this.#warnOnce(
        `adapter.targets names some of ${group.join(", ")}: the server trains all of them or none.`,
      );
    }
  }

  #warnOnce(message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#link.connection.warn(message);
  }
}

const ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"];
const MLP = ["gate_proj", "up_proj", "down_proj"];
const LINEAR_GROUPS = [ATTENTION, MLP];

function groupsOf(adapter: PolicyOptions["adapter"]): ModelStart["groups"] {
  const targets = typeof adapter === "object" ? adapter.targets : undefined;
  if (targets === undefined) return { attention: true, mlp: true, unembed: false };
  const has = (names: readonly string[]): boolean => names.some((name) => targets.includes(name));
  return { attention: has(ATTENTION), mlp: has(MLP), unembed: has(["lm_head"]) };
}

function closed(): InputError {
  return new InputError("The engine is closed. Open it again.");
}

function notFull(): ConfigError {
  return new ConfigError(
    "All weights are to be trained, but the folder's weights are an adapter on the server. Start from the base model, or train: adapter.",
  );
}
