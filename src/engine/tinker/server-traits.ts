/** What differs between servers: how gradients add up, and which settings they ignore. */
import { ConfigError, type StepOptions } from "../../spec/index.js";
import { completeStepOptions } from "../embedded/training/adamw.js";
import type { Normalisation } from "./passes.js";
import { createModel, type ModelStart, type RemoteModel, type ServerLink } from "./remote-model.js";
import type { ServerKind } from "./tinker-options.js";

/** How the server makes a gradient of a pass. */
export function normalisationOf(kind: ServerKind): Normalisation {
  return kind === "skyrl-jax" ? "mean" : "sum";
}

/** What the server does with a step otherwise than asked; empty where it does as asked. */
export function ignoredOfStep(kind: ServerKind, options: StepOptions): string[] {
  const { beta1, beta2, eps, weightDecay, clipNorm } = completeStepOptions(options);
  if (kind === "hosted") return [];
  if (kind === "skyrl-jax") {
    return [
      ...(clipNorm > 0 ? [`clipNorm ${clipNorm} is ignored: gradients are not clipped`] : []),
      ...(weightDecay > 0 ? [`weightDecay ${weightDecay} also decays every other model on the server`] : []),
    ];
  }
  const fixed = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, clipNorm: 1 };
  return Object.entries({ beta1, beta2, eps, weightDecay, clipNorm }).flatMap(([name, asked]) => {
    const own = Object.entries(fixed).find(([field]) => field === name)![1];
    return own === asked
      ? []
      : [`${name} ${asked} is ignored: it is ${own} unless the server was started otherwise`];
  });
}

/** The scale that SkyRL gives every adapter; the API has no field for it. */
export const SERVER_ALPHA = 32;

/** The kind of a server by its address alone; `undefined` where that does not tell. */
export function kindByAddress(url: string): ServerKind | undefined {
  const { hostname } = new URL(url);
  return hostname === "thinkingmachines.dev" || hostname.endsWith(".thinkingmachines.dev")
    ? "hosted"
    : undefined;
}

/** Below this ratio of gradient norms weights 1 and 2 gave the same gradient, above it the second was larger. */
const RATIO_BETWEEN = 1.5;

/**
 * The kind of a SkyRL server, by what two passes with weights 1 and 2 do to the norm of the gradient on a model that is
 * then thrown away. Where the norm is not told, by the totals that only the PyTorch backends give.
 * @throws ConfigError where neither tells
 */
export async function probeServer(
  start: ModelStart,
  tokens: readonly number[],
  link: ServerLink,
): Promise<ServerKind> {
  const model = await createModel(start, link);
  try {
    const first = await probeStep(model, tokens, 1);
    if (first.hasTotals) return "skyrl-torch";
    const second = await probeStep(model, tokens, 2);
    if (first.norm === undefined || second.norm === undefined || !(first.norm > 0)) throw untold(link);
    return second.norm / first.norm > RATIO_BETWEEN ? "skyrl-torch" : "skyrl-jax";
  } finally {
    await model.unload();
  }
}

async function probeStep(
  model: RemoteModel,
  tokens: readonly number[],
  weight: number,
): Promise<{ readonly norm: number | undefined; readonly hasTotals: boolean }> {
  const weights = new Float32Array(tokens.length - 1).fill(weight);
  const data = [{ input: tokens.slice(0, -1), targets: tokens.slice(1), floats: { weights } }];
  const pass = await model.forwardBackward({ loss: "cross_entropy", data });
  const step = await model.step({
    learning_rate: 0,
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
    weight_decay: 0,
    grad_clip_norm: 0,
  });
  const { metrics } = await pass.result;
  return { norm: gradientNormOf(await step.metrics), hasTotals: "total_loss:sum" in metrics };
}

/** The norm among a step's metrics, whatever the server calls it; `undefined` where it is not told, NaN where it is null. */
export function gradientNormOf(metrics: Readonly<Record<string, unknown>>): number | undefined {
  const [, value] = Object.entries(metrics).find(([name]) => /(^|\/)grad_norm(:|$)/.test(name)) ?? [];
  if (value === null) return Number.NaN;
  return typeof value === "number" ? value : undefined;
}

function untold({ connection }: ServerLink): ConfigError {
  const { url } = connection;
  const message = `The server at ${url} does not show how it makes a gradient of many tokens. Set engine.server to hosted, skyrl-jax or skyrl-torch.`;
  return new ConfigError(message, { url });
}
