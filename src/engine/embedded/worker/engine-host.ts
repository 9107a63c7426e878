/** The worker's half of the embedded engine: one loaded model and its policies. */
import { CancelledError, InputError, type ModelInfo, type PolicyOptions } from "../../../spec/index.js";
import { readDecoderConfig } from "../transformer/decoder-config.js";
import { decoderTensors } from "../transformer/decoder-tensors.js";
import { loadDecoder } from "../transformer/load-decoder.js";
import { type HostedModel, HostedPolicy } from "./hosted-policy.js";
import type { CallContext, CallHandlers, EmbeddedOptions, PolicyReference } from "./protocol.js";

/** The handlers of one worker, with the state they share. */
export function createEngineHost(defaultThreads: number): CallHandlers {
  const host = new EngineHost(defaultThreads);
  return {
    open: (options) => host.open(options),
    createPolicy: ({ options }) => host.createPolicy(options),
    score: (call, context) => host.policy(call).score(call, context),
    accumulateLinear: (call, context) => host.policy(call).accumulateLinear(call, context),
    backward: (call, context) => host.policy(call).backward(call, context),
    dropGradient: async (call) => host.policy(call).dropGradient(),
    sample: (call, context) =>
      host.policy(call).sample(call.requests, checkpointOf(context), context.onProgress),
    step: (call) => host.policy(call).step(call.options),
    save: (call) => host.policy(call).save(call.directory),
    load: (call) => host.policy(call).load(call.directory),
    exportAdapter: (call) => host.policy(call).exportAdapter(call.directory),
    exportModel: (call) => host.policy(call).exportModel(call.directory, call.options),
    closePolicy: (call) => host.closePolicy(call),
    close: () => host.close(),
  };
}

class EngineHost {
  readonly #defaultThreads: number;
  readonly #policies = new Map<number, HostedPolicy>();
  #model: HostedModel | undefined;
  #created = 0;

  constructor(defaultThreads: number) {
    this.#defaultThreads = defaultThreads;
  }

  async open(options: EmbeddedOptions): Promise<ModelInfo> {
    const weights = await loadDecoder(options.model, options);
    const config = readDecoderConfig(weights.config);
    this.#model = { weights, options, threads: options.threads ?? this.#defaultThreads };
    const sizes = [...decoderTensors(config).values()].map((shape) => shape.reduce((a, b) => a * b, 1));
    return {
      name: options.model,
      vocabularySize: config.vocabularySize,
      contextLength: config.contextLength,
      parameterCount: sizes.reduce((sum, size) => sum + size, 0),
    };
  }

  async createPolicy(options: PolicyOptions): Promise<PolicyReference> {
    if (this.#model === undefined) throw new InputError("The engine is closed. Open it again.");
    const policy = await HostedPolicy.create(this.#model, options);
    this.#created += 1;
    this.#policies.set(this.#created, policy);
    return { policy: this.#created };
  }

  policy({ policy: id }: PolicyReference): HostedPolicy {
    const policy = this.#policies.get(id);
    if (policy === undefined) throw new InputError("The policy is closed. Create a new one.", { policy: id });
    return policy;
  }

  async closePolicy(reference: PolicyReference): Promise<void> {
    const policy = this.policy(reference);
    this.#policies.delete(reference.policy);
    await policy.close();
  }

  async close(): Promise<void> {
    for (const policy of this.#policies.values()) await policy.close();
    this.#policies.clear();
    this.#model = undefined;
  }
}

function checkpointOf({ isCancelled }: CallContext): () => void {
  return () => {
    if (isCancelled()) throw new CancelledError("The work was cancelled.");
  };
}
