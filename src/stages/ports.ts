/** What every stage is given besides its settings and inputs. */
import { CancelledError, type ProgressListener, type Store } from "../spec/index.js";

/** The world as a stage sees it. */
export interface StagePorts {
  readonly store: Store;
  readonly onProgress?: ProgressListener;
  /** Asks the stage to stop at the next safe point; it then rejects with `CancelledError`. */
  readonly signal?: AbortSignal;
}

/** @throws CancelledError when the signal has fired; call it only where everything worth keeping is on the disk */
export function stopIfAsked(ports: StagePorts, stage: string): void {
  if (ports.signal?.aborted !== true) return;
  throw new CancelledError(`${stage} was interrupted. The same command goes on from here.`, { stage });
}
