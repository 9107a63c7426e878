/** How far a piece of work is; for progress bars and logs. */
export interface ProgressEvent {
  /** The stage, e.g. `warmup` or `round-01/explore`. */
  readonly stage: string;
  /** What is being counted, e.g. `rows`, `steps`. */
  readonly unit: string;
  readonly done: number;
  /** 0 where it is not known yet. */
  readonly total: number;
  /** One phrase on the state, e.g. `loss 0.83`. */
  readonly note?: string;
}

/** Receives events; must not throw. */
export type ProgressListener = (event: ProgressEvent) => void;
