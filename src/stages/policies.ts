/**
 * The policies of a run. Between stages a policy is a folder — an adapter, or a whole model under full training — and it
 * is always opened from there, so a run that goes on after a kill works with the same weights as one that never stopped.
 */
import { deriveSeed } from "../method/index.js";
import type { Engine, Policy, PolicyOptions, Store } from "../spec/index.js";
import { runPaths } from "../store/index.js";
import type { AdapterSettings } from "./warmup.js";

/** A trained policy by its place in the run: after the warm-up, or after a round (counted from 1). */
export type TrainedPolicy = "warmup" | number;

/** Any policy of a run. */
export type PolicyName = "base" | TrainedPolicy;

/** Opens the policies of one run. At most one is open at a time. */
export interface PolicySource {
  /** For scoring and sampling. The same policy is handed out again as long as it is the last that was asked for. */
  toRead(name: PolicyName): Promise<Policy>;
  /** For training from where `name` ended, with a fresh optimiser; `base` gets a fresh adapter. */
  toTrain(name: PolicyName): Promise<Policy>;
  /** Closes everything that is open. */
  close(): Promise<void>;
}

/** What the policies are made from. */
export interface PolicySourceOptions {
  readonly store: Store;
  readonly adapter: AdapterSettings;
  readonly seed: number;
  /** Opens the base model, or the model in a folder of the run. */
  readonly openEngine: (folder?: string) => Promise<Engine>;
}

/** A source with nothing open. */
export function createPolicySource(options: PolicySourceOptions): PolicySource {
  const engines = new Map<string, Engine>();
  let current: { readonly key: string; readonly policy: Policy } | undefined;

  const closePolicy = async () => {
    const open = current;
    current = undefined;
    await open?.policy.close();
  };
  const engineOf = async (name: PolicyName): Promise<Engine> => {
    const isWhole = options.adapter.train === "full" && name !== "base";
    const folder = isWhole ? policyFolder(name, "full") : undefined;
    const open = engines.get(folder ?? "");
    if (open !== undefined) return open;
    for (const [key, engine] of [...engines]) {
      engines.delete(key);
      await engine.close();
    }
    const engine = await options.openEngine(folder === undefined ? undefined : options.store.path(folder));
    engines.set(folder ?? "", engine);
    return engine;
  };
  const open = async (name: PolicyName, mode: "read" | "train"): Promise<Policy> => {
    const key = `${mode} ${name}`;
    if (mode === "read" && current?.key === key) return current.policy;
    await closePolicy();
    const engine = await engineOf(name);
    const policy = await engine.createPolicy(policyOptions(name, mode, options));
    current = { key, policy };
    return policy;
  };
  return {
    toRead: (name) => open(name, "read"),
    toTrain: (name) => open(name, "train"),
    close: async () => {
      await closePolicy();
      for (const engine of engines.values()) await engine.close();
      engines.clear();
    },
  };
}

/** Folder of a trained policy's adapter, or of its whole model under full training. */
export function policyFolder(name: TrainedPolicy, train: AdapterSettings["train"]): string {
  const paths = name === "warmup" ? runPaths.warmup : runPaths.round(name);
  return train === "full" ? paths.model : paths.adapter;
}

function policyOptions(
  name: PolicyName,
  mode: "read" | "train",
  options: PolicySourceOptions,
): PolicyOptions {
  const { adapter, store, seed } = options;
  if (adapter.train === "full") return { train: mode === "read" ? "none" : "full" };
  const train = mode === "read" ? "none" : "adapter";
  if (name !== "base") return { adapter: store.path(policyFolder(name, "adapter")), train };
  if (mode === "read") return { train };
  const { rank, alpha, targets } = adapter;
  return { adapter: { rank, alpha, targets }, train, seed: deriveSeed(seed, "adapter") };
}
