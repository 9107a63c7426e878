/**
 * Every loss of the method as a pure function of log-probabilities that returns the loss and its exact gradients
 * (spec `Objective`). Written once here, it trains on every engine. Definitions and numbers: `docs/paper-index.md`; checked
 * against PyTorch in `objectives.test.ts`.
 */
import type { Objective } from "../spec/index.js";
import { cpoLoss, dpoLoss, ipoLoss, orpoLoss, simpoLoss } from "./objectives/pair-losses.js";
import { type PreferenceOptions, preferenceObjective } from "./objectives/preference.js";
import { supervised } from "./objectives/supervised.js";

/** Settings of SimPO. */
export interface SimpoOptions extends PreferenceOptions {
  /** Scale of the length-averaged rewards. @default 2.5 */
  readonly beta?: number;
  /** Target margin, absolute. @default 0.5 */
  readonly gamma?: number;
}

/** Settings of DPO and IPO. */
export interface ReferenceOptions extends PreferenceOptions {
  /** Strength of the pull towards the reference. @default 0.1 */
  readonly beta?: number;
  /** Σ log π_ref over the response tokens of each sequence: 2P numbers in the order of the sequences. */
  readonly referenceSums: readonly number[];
}

/** Settings of ORPO. */
export interface OrpoOptions extends PreferenceOptions {
  /** Factor of the odds-ratio term. @default 0.1 */
  readonly lambda?: number;
}

/** Settings of CPO. */
export interface CpoOptions extends PreferenceOptions {
  /** Scale of the log-probability difference. @default 0.1 */
  readonly beta?: number;
}

/** The losses by name; each returns an objective for one batch. */
export const objectives = {
  /** Negative log-likelihood of trained tokens. */
  supervised,
  /** SimPO: −log σ((β/|w|) Σ log π_w − (β/|l|) Σ log π_l − γ). */
  simpo: (options: SimpoOptions): Objective =>
    preferenceObjective(options, simpoLoss(options.beta ?? 2.5, options.gamma ?? 0.5)),
  /** DPO: −log σ(β · difference of log-ratios to the reference). */
  dpo: (options: ReferenceOptions): Objective => preferenceObjective(options, dpoLoss(options.beta ?? 0.1)),
  /** IPO: (difference of length-averaged log-ratios − 1 / 2β)². */
  ipo: (options: ReferenceOptions): Objective => preferenceObjective(options, ipoLoss(options.beta ?? 0.1)),
  /** ORPO: length-averaged NLL of chosen − λ log σ(log odds ratio). */
  orpo: (options: OrpoOptions): Objective =>
    preferenceObjective({ supervisedWeight: 1, ...options }, orpoLoss(options.lambda ?? 0.1)),
  /** CPO: length-averaged NLL of chosen − log σ(β · difference of summed log-probabilities). */
  cpo: (options: CpoOptions): Objective =>
    preferenceObjective({ supervisedWeight: 1, ...options }, cpoLoss(options.beta ?? 0.1)),
} as const;
