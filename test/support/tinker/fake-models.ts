/** The models of a fake server: policies of a real engine, so that every number it answers is computed. */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Engine, Policy, Sample, SampleRequest, StepOptions } from "../../../src/spec/index.js";
import {
  type FakePass,
  type Flavour,
  gradientObjective,
  knowsLoss,
  type PendingDatum,
  sequenceOf,
} from "./fake-pass.js";
import { makeTar } from "./fake-tar.js";

/** The scale that the server gives every adapter. */
const ALPHA = 32;

/** Opens an engine over the base model, or over the weights in a folder. */
export type OpenEngine = (weights?: string) => Promise<Engine>;

/** A checkpoint that outlives models and restarts. */
export interface Checkpoint {
  readonly modelId: string;
  readonly name: string;
  readonly kind: "training" | "sampler";
  readonly path: string;
  readonly folder: string;
  readonly rank: number;
}

/** One model. Callers run its work `inOrder`. */
export class FakeModel {
  readonly id: string;
  readonly rank: number;
  readonly sessionId: string;
  /** Numbers of requests by their body: the same again is answered with the same future. */
  readonly numbered = new Map<number, { readonly body: string; readonly requestId: string }>();
  readonly #engine: Engine;
  readonly #open: OpenEngine;
  readonly #flavour: Flavour;
  #own: Engine | undefined;
  #policy: Policy;
  #pending: PendingDatum[] = [];
  /** The sampler whose weights are in the model's slot. */
  #inSlot: string | undefined;
  readonly #snapshots = new Map<string, Policy>();
  /** Full training on shared GPUs: a pass puts the copy for sampling away. */
  #asleep = false;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    id: string,
    rank: number,
    sessionId: string,
    parts: {
      readonly engine: Engine;
      readonly open: OpenEngine;
      readonly flavour: Flavour;
      readonly policy: Policy;
    },
  ) {
    this.id = id;
    this.rank = rank;
    this.sessionId = sessionId;
    this.#engine = parts.engine;
    this.#open = parts.open;
    this.#flavour = parts.flavour;
    this.#policy = parts.policy;
  }

  static async create(
    id: string,
    options: { readonly rank: number; readonly seed: number; readonly sessionId: string },
    parts: { readonly engine: Engine; readonly open: OpenEngine; readonly flavour: Flavour },
  ): Promise<FakeModel> {
    const { rank, seed, sessionId } = options;
    const adapter = { adapter: { rank, alpha: ALPHA }, seed };
    const policy = await parts.engine.createPolicy(rank === 0 ? { train: "full" } : adapter);
    return new FakeModel(id, rank, sessionId, { ...parts, policy });
  }

  /** Does its work after all that came before. */
  inOrder<T>(work: (model: FakeModel) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => work(this));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async forward({ data, loss }: FakePass): Promise<Float32Array[]> {
    this.#check(loss);
    this.#asleep = this.rank === 0;
    return this.#policy.score(data.map(sequenceOf));
  }

  async forwardBackward(pass: FakePass): Promise<Float32Array[]> {
    const logprobs = await this.forward(pass);
    const { loss, config } = pass;
    this.#pending.push(...pass.data.map((datum) => ({ ...datum, loss, config })));
    return logprobs;
  }

  /** The norm of the gradient. */
  async step(adam: Readonly<Record<string, number>>): Promise<number> {
    const data = this.#pending;
    this.#pending = [];
    const sequences = data.length === 0 ? [[0, 0]] : data.map(sequenceOf);
    const nothing = (logprobs: readonly Float32Array[]) => ({
      loss: 0,
      gradients: logprobs.map(({ length }) => new Float32Array(length)),
    });
    await this.#policy.accumulate(
      sequences,
      data.length === 0 ? nothing : gradientObjective(data, this.#flavour),
    );
    return (await this.#policy.step(this.#stepOptions(adam))).gradientNorm;
  }

  /** What the step of another model does to this one. The moments go as well: nobody may count on them here. */
  async decay(learningRate: number, weightDecay: number): Promise<void> {
    const nothing = (logprobs: readonly Float32Array[]) => ({
      loss: 0,
      gradients: logprobs.map(({ length }) => new Float32Array(length)),
    });
    await this.#policy.accumulate([[0, 0]], nothing);
    await this.#policy.step({ learningRate, weightDecay, beta1: 0, beta2: 0 });
  }

  /** Writes a checkpoint: state, and what samples and archives are made of. */
  async save(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await this.#policy.save(join(folder, "state"));
    if (this.rank > 0) await this.#policy.exportAdapter(join(folder, "adapter"));
    else await this.#policy.exportModel(join(folder, "model"));
  }

  async load({ folder }: Checkpoint, optimizer: boolean): Promise<void> {
    if (optimizer) return this.#policy.load(join(folder, "state"));
    await this.#policy.close();
    if (this.rank > 0) {
      this.#policy = await this.#engine.createPolicy({ adapter: join(folder, "adapter"), train: "adapter" });
      return;
    }
    this.#own = await this.#open(join(folder, "model"));
    this.#policy = await this.#own.createPolicy({ train: "full" });
  }

  /** Makes the weights as they are ready for sampling under an id. */
  async addSampler(id: string, folder: string): Promise<void> {
    await this.save(folder);
    this.#asleep = false;
    this.#inSlot = id;
    if (this.#flavour === "skyrl-jax") return;
    for (const old of this.#flavour === "skyrl-torch" ? [...this.#snapshots.values()] : []) await old.close();
    if (this.#flavour === "skyrl-torch") this.#snapshots.clear();
    this.#snapshots.set(id, await this.#readOnly(folder));
  }

  /** Samples of the weights that the flavour gives for this sampler, which are not always those that were saved. */
  async sample(id: string, folder: string, request: SampleRequest, signal: AbortSignal): Promise<Sample[]> {
    if (this.#asleep) return Array.from({ length: request.n }, () => nonsense(request.maxTokens));
    const policy = await this.#samplingPolicy(id, folder);
    const requests = Array.from({ length: request.n }, (_, index) => ({
      ...request,
      n: 1,
      seed: request.seed + index,
    }));
    return (await policy.sample(requests, { signal })).map(([sample]) => sample!);
  }

  async close(): Promise<void> {
    for (const policy of [this.#policy, ...this.#snapshots.values()]) await policy.close();
    await this.#own?.close();
  }

  async #samplingPolicy(id: string, folder: string): Promise<Policy> {
    if (this.#flavour === "hosted") return this.#snapshots.get(id)!;
    if (this.#flavour === "skyrl-torch") return [...this.#snapshots.values()].at(-1)!;
    // JAX: the adapter of another sampler is loaded into the slot that is being trained.
    if (this.#inSlot !== id) await this.#policy.load(join(folder, "state"));
    this.#inSlot = id;
    return this.#policy;
  }

  async #readOnly(folder: string): Promise<Policy> {
    if (this.rank > 0) return this.#engine.createPolicy({ adapter: join(folder, "adapter"), train: "none" });
    const engine = await this.#open(join(folder, "model"));
    return engine.createPolicy();
  }

  #check(loss: string): void {
    if (!knowsLoss(loss, this.#flavour)) throw new Error(`Loss ${loss} is not supported by this backend`);
  }

  #stepOptions(adam: Readonly<Record<string, number>>): StepOptions {
    const { learning_rate, beta1, beta2, eps, weight_decay, grad_clip_norm } = adam;
    const learningRate = learning_rate ?? 0;
    if (this.#flavour === "skyrl-torch") {
      return { learningRate, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, clipNorm: 1 };
    }
    return {
      learningRate,
      beta1: beta1 ?? 0.9,
      beta2: beta2 ?? 0.95,
      eps: eps ?? 1e-12,
      weightDecay: weight_decay ?? 0,
      clipNorm: this.#flavour === "hosted" ? (grad_clip_norm ?? 0) : 0,
    };
  }
}

/** What weights that are not there write. */
function nonsense(length: number): Sample {
  return { tokens: new Array(length).fill(0), logprobs: new Float32Array(length).fill(-1), finish: "length" };
}

/** The archive of a sampler checkpoint as the flavour packs it. */
export async function packArchive(
  { folder, rank }: Checkpoint,
  flavour: Flavour,
  open: OpenEngine,
): Promise<Uint8Array> {
  if (flavour === "skyrl-torch") {
    const model = join(folder, "model");
    if (rank > 0) await mergeInto(model, join(folder, "adapter"), open);
    return makeTar(await entriesOf(model, ""));
  }
  const entries = await entriesOf(join(folder, "adapter"), flavour === "hosted" ? "./" : "");
  if (flavour === "hosted") return makeTar(entries);
  const loosened = entries.map((entry) =>
    entry.name.endsWith("adapter_config.json") ? { ...entry, content: withoutTargets(entry.content) } : entry,
  );
  // SkyRL packs a folder whole, which gives an entry for the folder itself.
  return gzipSync(makeTar([{ name: "/", folder: true }, ...loosened]), { level: 0 });
}

async function mergeInto(model: string, adapter: string, open: OpenEngine): Promise<void> {
  const engine = await open();
  const policy = await engine.createPolicy({ adapter, train: "none" });
  await policy.exportModel(model);
  await engine.close();
}

async function entriesOf(folder: string, prefix: string): Promise<{ name: string; content: Uint8Array }[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => ({ name: `${prefix}${name}`, content: await readFile(join(folder, name)) })),
  );
}

/** As SkyRL writes it. */
function withoutTargets(content: Uint8Array): Uint8Array {
  const config: Record<string, unknown> = JSON.parse(Buffer.from(content).toString("utf8"));
  return Buffer.from(JSON.stringify({ ...config, target_modules: null, task_type: null }));
}
