/**
 * The stages of a run, one file each, and the pipeline that calls them in order. A stage reads and writes the run
 * directory through its ports and never calls another stage.
 */
export type { BaseModel } from "./base-model.js";
export { compare, type EvaluatedPolicy } from "./compare.js";
export { type DataSettings, dataSettingsSchema } from "./data-source.js";
export { type DataRecord, dataRecordSchema, type SideCount, type SourceCount } from "./data-tally.js";
export { type EvaluateInputs, type EvaluateSettings, evaluate, evaluateSettingsSchema } from "./evaluate.js";
export {
  type ExploreInputs,
  type ExploreRecord,
  type ExploreSettings,
  explore,
  exploreSettingsSchema,
} from "./explore.js";
export { nearestKey } from "./nearest-key.js";
export {
  type PairInputs,
  type PairRecord,
  type PairStageSettings,
  pair,
  pairSettingsSchema,
} from "./pair.js";
export {
  jsonSchemaOf,
  parseSettings,
  printSettings,
  type RecipeSource,
  type SettingsShape,
} from "./parse-settings.js";
export { type PipelineInputs, type RunManifest, runManifestSchema, runPipeline } from "./pipeline.js";
export { evaluatedPolicies } from "./pipeline-stages.js";
export { planRun, type RunPlan, type Speeds, type StagePlan } from "./plan.js";
export {
  createPolicySource,
  type PolicyName,
  type PolicySource,
  type PolicySourceOptions,
  policyFolder,
  type TrainedPolicy,
} from "./policies.js";
export type { StagePorts } from "./ports.js";
export {
  type HardRow,
  hardRowSchema,
  type PreferInputs,
  type PreferSettings,
  prefer,
  preferSettingsSchema,
} from "./prefer.js";
export {
  countData,
  type PrepareInputs,
  type PrepareSettings,
  prepare,
  prepareSettingsSchema,
} from "./prepare.js";
export {
  type PerplexityRow,
  perplexityRowSchema,
  type RankInputs,
  type RankRecord,
  type RankSettings,
  rank,
  rankSettingsSchema,
} from "./rank.js";
export { parseRecipe, type Recipe, recipeSchema } from "./recipe.js";
export {
  runStages,
  type StageListener,
  type StageOutcome,
  type StageRun,
  type StageTime,
  stageTimeSchema,
} from "./stage-run.js";
export { type TrainingSettings, trainingFields } from "./training-settings.js";
export {
  type AdapterSettings,
  adapterSettingsSchema,
  type WarmupInputs,
  type WarmupSettings,
  warmup,
  warmupSettingsSchema,
} from "./warmup.js";
