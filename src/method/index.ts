/**
 * The method of the paper (iTool, arXiv 2501.09766) as pure functions: models, clocks and randomness are arguments.
 * Nothing here touches a disk, a network or a console. `docs/paper-index.md` leads from equations to files.
 */

export { layoutPairs, type PairLayout, type PreferenceOptions } from "./objectives/preference.js";
export type { SupervisedOptions } from "./objectives/supervised.js";
export {
  type CpoOptions,
  type OrpoOptions,
  objectives,
  type ReferenceOptions,
  type SimpoOptions,
} from "./objectives.js";
export { createRandom, deriveSeed, type Random, type RandomState, restoreRandom } from "./random.js";
