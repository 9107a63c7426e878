/** What the graders of all benchmarks share. */
import type { ResultGrader } from "../../../spec/index.js";
import type { FinderFlags } from "../../api-bank/open-finder.js";

/** What a grader is made of. */
export interface GraderSettings extends FinderFlags {
  /** Folder of the benchmark's data. */
  readonly data: string;
  /** Adds the verdicts without the official code's quirks, where the benchmark has them. */
  readonly strict: boolean;
  /** The results are those of native tool calling: their texts hold no calls. @default false */
  readonly native?: boolean;
}

/** Reads what a benchmark's grader needs. @throws ConfigError where the folder does not hold it */
export type GraderOpener = (settings: GraderSettings) => Promise<ResultGrader>;
