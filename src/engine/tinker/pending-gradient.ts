/**
 * The gradient between two steps. It is kept here, as sequences and ∂loss/∂logp, until the step: so what an objective
 * refuses never reaches the server, which cannot forget a gradient, and servers that take means get the number of
 * sequences of the whole step. Passes that went to the server early are kept as well, for the case that their model is lost.
 */
import type { Weighted } from "./passes.js";
import type { RemoteModel } from "./remote-model.js";

/** The share of one `accumulate`. */
export interface GradientShare {
  readonly weighted: readonly Weighted[];
  /** The model that has it already. */
  sentTo: RemoteModel | undefined;
}

/** The shares in the order of the calls. */
export class PendingGradient {
  #slots: { share: GradientShare | undefined }[] = [];

  /** A place in the order; it counts once it is filled. */
  reserve(): { fill(share: GradientShare): void } {
    const slot: { share: GradientShare | undefined } = { share: undefined };
    this.#slots.push(slot);
    return {
      fill: (share) => {
        slot.share = share;
      },
    };
  }

  get shares(): readonly GradientShare[] {
    return this.#slots.flatMap(({ share }) => share ?? []);
  }

  clear(): void {
    this.#slots = [];
  }
}
