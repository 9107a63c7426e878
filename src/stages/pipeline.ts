/**
 * The whole loop of the paper (method.md §1–3): base → warm-up → R rounds of rank, explore, pair, prefer, with an
 * evaluation after each. The best description of the method in this repository: `pipeline-stages.ts`, top to bottom.
 */
import { z } from "zod";
import type { Store } from "../spec/index.js";
import { runPaths, writeDocument } from "../store/index.js";
import type { BaseModel } from "./base-model.js";
import type { OutsideJudge } from "./judge.js";
import { printSettings } from "./parse-settings.js";
import { stagesOf } from "./pipeline-stages.js";
import { createPolicySource } from "./policies.js";
import type { StagePorts } from "./ports.js";
import type { Recipe } from "./recipe.js";
import { runStages, type StageListener, type StageOutcome } from "./stage-run.js";
import { orderSteps } from "./step-log.js";

/** What a run works on. */
export interface PipelineInputs {
  readonly recipe: Recipe;
  readonly model: BaseModel;
  /** Whom `explore.judge` of the recipe names. */
  readonly judge?: OutsideJudge;
  /** Told when a stage begins or is skipped. */
  readonly onStage?: StageListener;
}

/** `manifest.json` of a run directory. */
export interface RunManifest {
  readonly version: 1;
  readonly name: string;
  readonly seed: number;
  readonly model: string;
  readonly modelFingerprint: string;
  readonly engine: string;
  /** Whether every stage is complete. */
  readonly complete: boolean;
}

export const runManifestSchema: z.ZodType<RunManifest> = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  seed: z.int(),
  model: z.string(),
  modelFingerprint: z.string(),
  engine: z.string(),
  complete: z.boolean(),
});

/**
 * Runs every stage whose result is not in the run directory yet. The same call after a kill continues, and ends with the
 * same bytes.
 *
 * @throws whatever a stage throws; what is complete stays, and what is under way continues from its last checkpoint
 */
export async function runPipeline(
  inputs: PipelineInputs,
  ports: StagePorts,
): Promise<readonly StageOutcome[]> {
  const { recipe, model } = inputs;
  const { store } = ports;
  await store.writeText(runPaths.config, printSettings(recipe));
  await writeManifest(inputs, store, false);
  const { adapter, seed } = recipe;
  const openEngine = (folder?: string) => model.openEngine(folder);
  const policies = createPolicySource({ store, adapter, seed, openEngine });
  try {
    const stages = await stagesOf(recipe, model, policies, inputs.judge);
    const outcomes = await runStages(stages, ports, inputs.onStage);
    await orderSteps(
      store,
      stages.map(({ name }) => name),
    );
    await writeManifest(inputs, store, true);
    return outcomes;
  } finally {
    await policies.close();
  }
}

async function writeManifest(
  { recipe, model }: PipelineInputs,
  store: Store,
  complete: boolean,
): Promise<void> {
  const manifest: RunManifest = {
    version: 1,
    name: recipe.name,
    seed: recipe.seed,
    model: recipe.model,
    modelFingerprint: model.fingerprint,
    engine: recipe.engine.kind,
    complete,
  };
  await writeDocument(store, runPaths.manifest, manifest);
}
