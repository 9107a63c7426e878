/**
 * What a run hands to the report: its records, as the stages wrote them, and two functions that turn ids into text.
 */
import type {
  ComparisonRecord,
  EvaluationRecord,
  Example,
  JsonObject,
  PreferencePair,
  Rejection,
  SearchTree,
  StepRecord,
} from "../spec/index.js";
import type { BenchmarkView, Fact, SourceCount, StageTiming } from "./report-data.js";

/** Rows in memory, or read from a file one by one. */
export type Rows<T> = Iterable<T> | AsyncIterable<T>;

/** What of an example a person needs to judge a tree or a pair. */
export type ExampleText = Pick<Example, "messages" | "response">;

/** The records of a run. Every list may be empty. */
export interface ReportInput {
  readonly title: string;
  /** Shown under the title, e.g. model, engine, seed. @default none */
  readonly facts?: readonly Fact[];
  /** The resolved recipe. */
  readonly settings: JsonObject;
  /** In the order of the run: base, warm-up, each round. */
  readonly evaluations: readonly EvaluationRecord[];
  readonly comparisons: readonly ComparisonRecord[];
  /** @default none */
  readonly benchmarks?: readonly BenchmarkView[];
  /** `metrics.jsonl`, in its order. A step that is there twice (after a resume) counts once. */
  readonly steps: Rows<StepRecord>;
  readonly perplexities: readonly PerplexityRows[];
  /** The trees of all rounds. */
  readonly trees: Rows<SearchTree>;
  /** The pairs of all rounds. */
  readonly pairs: Rows<PreferencePair>;
  readonly rejections: Rows<Rejection>;
  /** @default none */
  readonly sources?: readonly SourceCount[];
  /** In the order of the run. */
  readonly stages: readonly StageTiming[];
  /** Text of token ids: special tokens shown, nothing tidied. */
  readonly decode: (ids: readonly number[]) => string;
  /** The example of an id, where it is at hand. @default none is */
  readonly example?: (id: string) => ExampleText | undefined;
}

/** The hard rows of one round: perplexity of the gold response under the policy before and after the round. */
export interface PerplexityRows {
  readonly round: number;
  readonly before: readonly number[];
  /** Same rows in the same order; absent where they were not scored again. */
  readonly after?: readonly number[];
}
