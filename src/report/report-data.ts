/**
 * What the report's page shows, as one readonly record of plain JSON: no function, no token ids, nothing that is not
 * finite, and a size that does not grow with the run (long series are thinned, rows are sampled and counted).
 * `build-report-data.ts` makes it from the records of a run; the page only draws it.
 */
import type { ComparisonRecord, Deficiency, EvaluationRecord, JsonObject, Rejection } from "../spec/index.js";

/** Everything on the page. */
export interface ReportData {
  /** Version of this layout. */
  readonly version: 1;
  readonly title: string;
  /** Shown under the title, e.g. model, seed, engine. */
  readonly facts: readonly Fact[];
  /** In the order of the run: base, warm-up, each round. */
  readonly evaluations: readonly EvaluationRecord[];
  readonly comparisons: readonly ComparisonRecord[];
  /** Public benchmarks; empty in the report of a run. */
  readonly benchmarks: readonly BenchmarkView[];
  /** One entry for each training stage, in the order of the run. */
  readonly training: readonly StageCurves[];
  readonly perplexities: readonly PerplexityChange[];
  /** One entry for each round that has a tree or a pair, in order. */
  readonly rounds: readonly RoundView[];
  readonly imports: ImportView;
  readonly stages: readonly StageTiming[];
  readonly settings: JsonObject;
}

/** A label and its value. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** An evaluation on a public benchmark. */
export interface BenchmarkView {
  readonly name: string;
  readonly correct: number;
  readonly total: number;
  /** Shares with 95 % intervals; the group says by which formulas. */
  readonly figures: readonly {
    readonly name: string;
    readonly group: string;
    readonly accuracy: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly categories: readonly (FaultCounts & { readonly correct: number; readonly total: number })[];
  /** Most failed items first. */
  readonly tools: readonly FaultCounts[];
  /** Functions with failed items that are not in `tools`. */
  readonly omittedTools: number;
}

/** Failed items of a category or function, by class. */
export interface FaultCounts {
  readonly name: string;
  readonly deficiencies: Readonly<Partial<Record<Deficiency, number>>>;
}

/** The curves of one training stage. */
export interface StageCurves {
  readonly stage: string;
  readonly steps: number;
  readonly tokens: number;
  /** `loss`, then the stage's further metrics in order of name, then `gradientNorm` and `learningRate`. */
  readonly curves: readonly Curve[];
}

/** A series over optimiser steps; all arrays have one length. */
export interface Curve {
  readonly metric: string;
  /** Mean step of each point, counted from 1. */
  readonly steps: readonly number[];
  /** Mean over the steps that a point stands for. */
  readonly means: readonly number[];
  /** Smallest and largest value among them; absent where every point is one step. */
  readonly range?: { readonly lows: readonly number[]; readonly highs: readonly number[] };
  /** Steps whose value was not a finite number and is therefore in no point. */
  readonly notFinite: number;
}

/** Perplexity of a round's hard rows, scored by the policy before the round and by the one after it. */
export interface PerplexityChange {
  readonly round: number;
  readonly before: Distribution;
  /** Absent where the rows were not scored again. */
  readonly after?: Distribution;
  /** Share of the rows whose perplexity fell; absent without `after`. */
  readonly fell?: number;
}

/** A distribution of positive numbers in seven. */
export interface Distribution {
  readonly count: number;
  /** exp of the mean logarithm. */
  readonly geometricMean: number;
  /** The 10th, 25th, 50th, 75th and 90th percentile. */
  readonly quantiles: readonly [number, number, number, number, number];
  /** Rows without a finite perplexity, in no other number here. */
  readonly notFinite: number;
}

/** Search and pairs of one round. */
export interface RoundView {
  readonly round: number;
  readonly trees: number;
  readonly nodes: number;
  /** Trees with two siblings of different Q: those that can give a pair. */
  readonly treesWithDifference: number;
  readonly pairs: number;
  /** Mean of chosen minus rejected value; absent without pairs. */
  readonly meanGap?: number;
  readonly shownTrees: readonly TreeView[];
  readonly shownPairs: readonly PairView[];
}

/** One search tree, as text. */
export interface TreeView {
  readonly exampleId: string;
  readonly prompt: ClippedText;
  /** The last user turn; absent where the example is not at hand. */
  readonly request?: ClippedText;
  /** The gold response; absent where the example is not at hand. */
  readonly gold?: ClippedText;
  /** Parents before children; the first is the root. */
  readonly nodes: readonly NodeView[];
  /** Nodes of the tree that are not shown: those visited least. */
  readonly omitted: number;
}

/** One node, with the names of the paper (method §3b). */
export interface NodeView {
  readonly id: number;
  readonly parent: number | null;
  readonly text: ClippedText;
  /** What the simulation wrote after the fragment. */
  readonly continuation: ClippedText;
  readonly visits: number;
  readonly q: number;
  readonly prior: number;
  readonly reward: number;
  readonly outcome: number;
  readonly selfEvaluation: number | null;
  readonly value: number;
  readonly multiplicity: number;
  readonly terminal: boolean;
}

/** One preference pair, as text. */
export interface PairView {
  readonly id: string;
  readonly exampleId: string;
  readonly prompt: ClippedText;
  readonly request?: ClippedText;
  readonly gold?: ClippedText;
  /** The response up to the fragments. */
  readonly prefix: ClippedText;
  readonly chosen: ClippedText;
  readonly rejected: ClippedText;
  readonly chosenValue: number;
  readonly rejectedValue: number;
}

/** A text that may be too long to show whole: `omitted` characters are missing between `head` and `tail`. */
export interface ClippedText {
  readonly head: string;
  readonly omitted: number;
  readonly tail: string;
}

/** What was read and what was set aside. */
export interface ImportView {
  readonly sources: readonly SourceCount[];
  readonly rejected: number;
  /** Most frequent first; equal counts in order of the rule's name. */
  readonly rules: readonly RuleView[];
}

/** One imported file. */
export interface SourceCount {
  readonly file: string;
  /** Rows in the file. */
  readonly read: number;
  /** Rows of which at least one example was made. */
  readonly imported: number;
  readonly examples: number;
}

/** Everything set aside by one rule, with the first few of them. */
export interface RuleView {
  readonly rule: string;
  readonly count: number;
  readonly shown: readonly Rejection[];
}

/** Time and sizes of a stage. */
export interface StageTiming {
  readonly stage: string;
  readonly seconds: number;
  /** What the stage handled, e.g. `rows`, `tokens`, `steps`, `bytes`. */
  readonly sizes: Readonly<Record<string, number>>;
}
