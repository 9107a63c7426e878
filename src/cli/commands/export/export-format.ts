/** What every format of trained weights is and gets. */
import type { ExportOptions, Store } from "../../../spec/index.js";
import type { TrainedPolicy } from "../../../stages/policies.js";
import type { Recipe } from "../../../stages/recipe.js";

/** What a format exports from. */
export interface ExportSource {
  readonly run: Store;
  readonly recipe: Recipe;
  /** The policy that was asked for; its stage is complete. */
  readonly policy: TrainedPolicy;
  /** `--model`: where the base model is, if it is no longer where the recipe says. */
  readonly model?: string;
}

/** A format of `itool export`. */
export interface ExportFormat {
  /** For the help. */
  readonly summary: string;
  /** True where it writes weights: `--dtype` and `--shard-size` then have a meaning. */
  readonly writesWeights: boolean;
  /** Writes the folder or file `out`, whole or not at all. */
  readonly write: (source: ExportSource, out: string, options: ExportOptions) => Promise<void>;
}
