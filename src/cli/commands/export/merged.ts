import { exportMergedModel } from "../../../engine/index.js";
import type { ExportOptions } from "../../../spec/index.js";
import { policyFolder } from "../../../stages/policies.js";
import type { ExportSource } from "./export-format.js";
import { exportedBase } from "./exported-base.js";

/** Writes the policy as a whole model: its adapter merged into the base, or the weights that were trained. */
export async function exportMerged(source: ExportSource, out: string, options: ExportOptions): Promise<void> {
  const { run, recipe, policy } = source;
  const { train } = recipe.adapter;
  const folder = run.path(policyFolder(policy, train));
  if (train === "full") return exportMergedModel({ model: folder }, out, options);
  const { engine } = recipe;
  const format = engine.kind === "embedded" ? { baseBits: engine.baseBits, blockSize: engine.blockSize } : {};
  return exportMergedModel({ model: exportedBase(source), adapter: folder, ...format }, out, options);
}
