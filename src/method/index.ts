/**
 * The method of the paper (iTool, arXiv 2501.09766) as pure functions: models, clocks and randomness are arguments.
 * Nothing here touches a disk, a network or a console. `docs/paper-index.md` leads from equations to files.
 */

export {
  type Curriculum,
  type CurriculumOrder,
  classifyDifficulty,
  type DifficultyFacts,
  orderByCurriculum,
} from "./curriculum.js";
export { deficiencyOrder, type GradeRequest, gradeResponse } from "./deficiency.js";
export { layoutPairs, type PairLayout, type PreferenceOptions } from "./objectives/preference.js";
export { readsOfMask, readsOfResponse } from "./objectives/reads.js";
export type { SupervisedOptions } from "./objectives/supervised.js";
export {
  type CpoOptions,
  type OrpoOptions,
  objectives,
  type ReferenceOptions,
  type SimpoOptions,
} from "./objectives.js";
export {
  defaultPairSettings,
  extractPairs,
  fragmentOverlap,
  type PairCounts,
  type PairExtraction,
  type PairRefusal,
  type PairSettings,
} from "./pairs.js";
export {
  generationPerplexity,
  type HardSelection,
  type HardSelectionOptions,
  type RankedItem,
  type StratumCount,
  selectHard,
} from "./perplexity.js";
export { createRandom, deriveSeed, type Random, type RandomState, restoreRandom } from "./random.js";
export { type LearningRateSchedule, learningRateAt, warmupStepsOf } from "./schedule.js";
export type {
  CompleteOptions,
  JudgedState,
  Proposal,
  ProposeOptions,
  SearchModel,
  SearchRoot,
  SearchState,
} from "./search/model.js";
export { outcomeOf, selfEvaluationOf } from "./search/reward.js";
export { runSearch, type SearchCounts, type SearchRequest, type SearchResult } from "./search/search.js";
export {
  defaultSearchSettings,
  type RewardWeights,
  type SearchSettings,
  validateSearchSettings,
} from "./search/settings.js";
export {
  type BootstrapOptions,
  bootstrapMean,
  type ComparisonOptions,
  comparePolicies,
  evaluationOf,
  type Interval,
  type JudgedItem,
  type PairedRun,
  scoreOf,
  wilsonInterval,
} from "./statistics.js";
