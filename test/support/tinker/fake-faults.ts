/** Faults that a fake server is told to commit, each at the next requests that fit. */

/** What goes wrong with one request. */
export type Fault =
  /** Answered so, instead of being carried out. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
    }
  /** The connection is cut before the request is carried out. */
  | { readonly kind: "refuse" }
  /** Carried out, and the connection cut before the answer. */
  | { readonly kind: "lose-answer" }
  /** Taken, and never answered; the connection stays open. */
  | { readonly kind: "hang" }
  /** Answered late. */
  | { readonly kind: "delay"; readonly milliseconds: number };

/** Where and how often. */
export interface PlannedFault {
  /** The path of the request ends with this. */
  readonly path: string;
  /** For polls: only those for this kind of work. */
  readonly type?: string;
  readonly fault: Fault;
  /** @default 1 */
  readonly times?: number;
  /** Requests that fit and are spared first. @default 0 */
  readonly after?: number;
}

/** The faults still to come. */
export class FaultPlan {
  readonly #planned: { readonly fault: PlannedFault; times: number; after: number }[] = [];

  add(fault: PlannedFault): void {
    this.#planned.push({ fault, times: fault.times ?? 1, after: fault.after ?? 0 });
  }

  /** The fault that this request meets. */
  next(path: string, type: string | undefined): Fault | undefined {
    for (const planned of this.#planned) {
      const { fault } = planned;
      if (planned.times === 0 || !path.endsWith(fault.path)) continue;
      if (fault.type !== undefined && fault.type !== type) continue;
      if (planned.after > 0) {
        planned.after -= 1;
        continue;
      }
      planned.times -= 1;
      return fault.fault;
    }
    return undefined;
  }

  clear(): void {
    this.#planned.length = 0;
  }
}
