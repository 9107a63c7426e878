/**
 * The model of one policy, made anew where that loses nothing. Servers drop models when they restart or when a session
 * expires; as long as no step was taken since the point it can be restored from, the same model is made again and the call
 * goes on. After a step that is not possible: the call fails and the stage goes on from its last checkpoint.
 */
import { ServerError } from "../../spec/index.js";
import { LostModelError } from "./failures.js";
import { createModel, type ModelStart, type RemoteModel, type ServerLink } from "./remote-model.js";

/** How often one call may lose its model. */
const REVIVALS = 3;

/** Keeps one model on the server. */
export class ModelHolder {
  readonly #link: ServerLink;
  #start: ModelStart;
  #model: RemoteModel;
  #stepsSinceStart = 0;
  #revival: Promise<void> | undefined;
  #broken: ServerError | undefined;

  private constructor(start: ModelStart, model: RemoteModel, link: ServerLink) {
    this.#start = start;
    this.#model = model;
    this.#link = link;
  }

  /** Makes the model. @throws ServerError where the server refuses */
  static async create(start: ModelStart, link: ServerLink): Promise<ModelHolder> {
    return new ModelHolder(start, await createModel(start, link), link);
  }

  /** Calls `work` with the model, and again with a new one where the server lost it. @throws ServerError where that would lose steps */
  async use<T>(work: (model: RemoteModel) => Promise<T>): Promise<T> {
    for (let revivals = 0; ; revivals += 1) {
      if (this.#broken !== undefined) throw this.#broken;
      const model = this.#model;
      try {
        return await work(model);
      } catch (error) {
        if (!(error instanceof LostModelError) || revivals === REVIVALS) throw error;
        await this.#revive(model, error);
      }
    }
  }

  /** A step was taken: from now on a lost model loses training. */
  countStep(): void {
    this.#stepsSinceStart += 1;
  }

  /** The model's weights and optimiser are safe at this checkpoint. */
  restoreFrom(checkpoint: string): void {
    this.#start = { ...this.#start, checkpoint: { path: checkpoint, optimizer: true } };
    this.#stepsSinceStart = 0;
  }

  /** What the server has of the model is not known: no further call until a checkpoint is loaded. */
  break(cause: unknown): ServerError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `A training step failed on the server, and what it did to the weights is not known. The same command goes on from the last checkpoint. ${reason}`;
    this.#broken = new ServerError(message, { model: this.#model.id }, { cause });
    return this.#broken;
  }

  /** Puts a new model, restored from the checkpoint, in place of the present one. */
  async replaceBy(checkpoint: string): Promise<void> {
    await this.#model.unload();
    const start = { ...this.#start, checkpoint: { path: checkpoint, optimizer: true } };
    this.#model = await createModel(start, this.#link);
    this.#start = start;
    this.#stepsSinceStart = 0;
    this.#broken = undefined;
  }

  async unload(): Promise<void> {
    await this.#model.unload();
  }

  /** Many calls may lose the same model: it is made anew once. */
  async #revive(lost: RemoteModel, cause: LostModelError): Promise<void> {
    if (this.#model !== lost) return;
    if (this.#stepsSinceStart > 0) {
      const steps = this.#stepsSinceStart;
      const message = `The server lost the model ${steps} step${steps === 1 ? "" : "s"} after its last checkpoint. The same command goes on from there. ${cause.message}`;
      this.#broken = new ServerError(message, { model: lost.id, steps }, { cause });
      throw this.#broken;
    }
    this.#revival ??= this.#makeAgain(lost);
    await this.#revival;
  }

  async #makeAgain(lost: RemoteModel): Promise<void> {
    const { connection, session } = this.#link;
    try {
      connection.warn(
        `The server lost model ${lost.id}; nothing was trained since it was made: making it again.`,
      );
      session.renew();
      this.#model = await createModel(this.#start, this.#link);
    } finally {
      this.#revival = undefined;
    }
  }
}
