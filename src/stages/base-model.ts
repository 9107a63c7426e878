/** What a run is told of its base model. */
import type { Engine } from "../spec/index.js";
import type { RenderContext } from "../text/index.js";

/** The base model of a run. */
export interface BaseModel {
  /** Its tokenizer, template and limits. */
  readonly context: RenderContext;
  /** SHA-256 that changes when the model does, e.g. `fingerprintPath` of its folder. */
  readonly fingerprint: string;
  /** Opens the base model; with a folder, the model that a stage of full training wrote there. */
  openEngine(folder?: string): Promise<Engine>;
}
