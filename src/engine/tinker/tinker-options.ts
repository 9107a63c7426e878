/** Options of the engine that drives a server with the Tinker training API. */
import type { UsageMeter } from "../remote/usage-meter.js";

/**
 * What answers at the address, because servers differ in what a gradient is and in what they ignore: Thinking Machines'
 * service (`hosted`), SkyRL on JAX (`skyrl-jax`), SkyRL on PyTorch with FSDP or Megatron (`skyrl-torch`).
 */
export type ServerKind = "hosted" | "skyrl-jax" | "skyrl-torch";

/** How passes over the model are written; everything else is JSON. */
export type CodecName = "json" | "protobuf";

/** Options of the engine. */
export interface TinkerOptions {
  readonly kind: "tinker";
  /** Address of the server, with or without a path and a final slash. */
  readonly url: string;
  /** Name of the base model, as the server gives it in its capabilities. */
  readonly model: string;
  /** Size of the model's vocabulary: the server does not tell. */
  readonly vocabularySize: number;
  /** Longest sequence in tokens: most servers do not tell. */
  readonly contextLength: number;
  /** @default none is sent */
  readonly apiKey?: string;
  /** @default asked by two small steps on a model that is thrown away, before the first training */
  readonly server?: ServerKind;
  /** How passes are written. @default protobuf, which newer servers demand, and JSON where a server refuses that */
  readonly codec?: CodecName;
  /** A folder that `exportAdapter` or `exportModel` wrote: policies without an adapter of their own start from it. */
  readonly weights?: string;
  /** Rank of the untrained adapter through which the base model is scored and sampled. @default 16 */
  readonly baseRank?: number;
  /** Most sample requests under way at once. @default 256 */
  readonly samplesInFlight?: number;
  /** Counts what is asked of the server; engines may share one. @default counts for nobody */
  readonly meter?: UsageMeter;
  readonly timing?: Partial<TinkerTiming>;
  /** Told what people should know: ignored settings, pauses of the server, lost answers. */
  readonly onWarning?: (message: string) => void;
}

/** Times in milliseconds. */
export interface TinkerTiming {
  /** Between heartbeats of the session. @default 10 000 */
  readonly heartbeat: number;
  /** Without a heartbeat that came through, after which people are told. @default 120 000 */
  readonly heartbeatWarning: number;
  /** Of one request. @default 60 000 */
  readonly request: number;
  /** Of one long poll for a result. @default 45 000 */
  readonly poll: number;
  /** Least time between two polls for the same result. @default 50 */
  readonly pollPause: number;
  /** First wait before a request is sent again; doubles up to 60 times this. @default 500 */
  readonly retry: number;
  /** How long a server may not answer at all before the call fails. @default 300 000 */
  readonly patience: number;
  /** How long one result may take. The first model of a large server takes minutes. @default 3 600 000 */
  readonly result: number;
  /** Wait while the account is paused for billing. @default 5 000 */
  readonly billingPause: number;
  /** Wait while an archive is being packed. @default 30 000 */
  readonly archivePause: number;
  /** How long all sampling waits when the server says that it is too much; five times as long for large prompts. @default 1 000 */
  readonly samplingPause: number;
}

/** The defaults of `TinkerTiming`. */
export const defaultTiming: TinkerTiming = {
  heartbeat: 10_000,
  heartbeatWarning: 120_000,
  request: 60_000,
  poll: 45_000,
  pollPause: 50,
  retry: 500,
  patience: 300_000,
  result: 3_600_000,
  billingPause: 5_000,
  archivePause: 30_000,
  samplingPause: 1_000,
};
