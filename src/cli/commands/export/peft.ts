import { readAdapter, writeAdapter } from "../../../engine/index.js";
import { ConfigError } from "../../../spec/index.js";
import { policyFolder } from "../../../stages/policies.js";
import type { ExportSource } from "./export-format.js";
import { exportedBase } from "./exported-base.js";

/**
 * Writes the policy's adapter, with the folder of its base model in the config.
 * @throws ConfigError where the run trained all weights: there is no adapter.
 */
export async function exportPeft(source: ExportSource, out: string): Promise<void> {
  const { run, recipe, policy } = source;
  if (recipe.adapter.train === "full") {
    const message =
      "The run trained all weights (adapter.train: full), so it has no adapter. Use --format merged.";
    throw new ConfigError(message, { train: recipe.adapter.train });
  }
  const adapter = await readAdapter(run.path(policyFolder(policy, "adapter")));
  await writeAdapter(out, adapter, exportedBase(source));
}
