/** `itool export`: what a run has trained, in the formats of others. */
import { readdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, type ExportOptions, type Store } from "../../../spec/index.js";
import { policyFolder, type TrainedPolicy } from "../../../stages/policies.js";
import { parseRecipe, type Recipe } from "../../../stages/recipe.js";
import { openRunDirectory, roundName, runPaths } from "../../../store/index.js";
import { requireRun } from "../../input-files.js";
import type { ExportFormat } from "./export-format.js";
import { EXPORT_FORMATS, type ExportFormatName } from "./formats.js";

/** Options of the command. */
export interface ExportRunOptions extends ExportOptions {
  readonly directory: string;
  readonly format: ExportFormatName;
  readonly out: string;
  /** `warmup`, `round-01` … @default the last that is complete */
  readonly policy?: string;
  /** Folder of the base model, where it is no longer what the recipe says. */
  readonly model?: string;
}

/** What was written. */
export interface ExportedRun {
  /** Absolute. */
  readonly out: string;
  readonly format: ExportFormatName;
  /** Name of the policy. */
  readonly policy: string;
}

/**
 * Writes a policy of the run to a new folder.
 * @throws ConfigError where `directory` is not a run, the policy is not there, or `out` is.
 */
export async function exportRun(options: ExportRunOptions): Promise<ExportedRun> {
  const { directory, out, policy, model, dtype, shardBytes } = options;
  const format: ExportFormat = EXPORT_FORMATS[options.format];
  requireRun(directory);
  requireNew(out);
  if (!format.writesWeights && (dtype ?? shardBytes) !== undefined) {
    const message = `--format ${options.format} copies the weights as they are; --dtype and --shard-size belong to --format merged.`;
    throw new ConfigError(message, { format: options.format });
  }
  const run = await openRunDirectory(directory);
  try {
    const text = await run.readText(runPaths.config);
    const recipe = parseRecipe({ file: run.path(runPaths.config), text });
    const chosen = await choosePolicy(run, recipe, policy);
    const source = { run, recipe, policy: chosen, ...(model !== undefined && { model }) };
    const weights = {
      ...(dtype !== undefined && { dtype }),
      ...(shardBytes !== undefined && { shardBytes }),
    };
    await format.write(source, resolve(out), weights);
    return { out: resolve(out), format: options.format, policy: nameOf(chosen) };
  } finally {
    await run.close();
  }
}

/** One line for people. */
export function renderExport({ out }: ExportedRun): string {
  return out;
}

/** The policy of that name, or the last one, among those whose training is complete. */
async function choosePolicy(run: Store, recipe: Recipe, name: string | undefined): Promise<TrainedPolicy> {
  const all: TrainedPolicy[] = ["warmup", ...Array.from({ length: recipe.rounds }, (_, index) => index + 1)];
  const there: TrainedPolicy[] = [];
  for (const policy of all) {
    if (await run.exists(policyFolder(policy, recipe.adapter.train))) there.push(policy);
  }
  const known = there.map(nameOf).join(", ");
  const found = name === undefined ? there.at(-1) : there.find((policy) => nameOf(policy) === name);
  if (found !== undefined) return found;
  const message =
    known === ""
      ? "The run has not trained anything yet. Let `itool run` finish its warm-up."
      : `--policy is ${name}; the run has ${known}.`;
  throw new ConfigError(message, { policy: name, known: there.map(nameOf) });
}

function nameOf(policy: TrainedPolicy): string {
  return policy === "warmup" ? policy : roundName(policy);
}

/** An export replaces nothing: a mistyped folder must not cost anybody their files. */
function requireNew(out: string): void {
  const stats = statSync(out, { throwIfNoEntry: false });
  if (stats === undefined || (stats.isDirectory() && readdirSync(out).length === 0)) return;
  throw new ConfigError(`--out is ${out}, which is there already. Name a new folder.`, { out });
}
