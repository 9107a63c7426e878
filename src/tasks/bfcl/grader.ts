/** The grader of result files: verdicts item by item, and what they amount to. */
import type { GradeSummary, JsonValue, ResultGrader, Verdict } from "../../spec/index.js";
import { field, isJsonObject } from "../json-text.js";
import { type BfclBench, itemOf } from "./bench.js";
import { type BfclCategory, judgingOf } from "./category.js";
import type { Fault } from "./check/fault.js";
import { type CountedFault, deficiencyOf } from "./deficiency.js";
import { type BfclSummary, renderBfclSummary, summarise } from "./grade-summary.js";
import type { BfclItem } from "./item.js";
import { judgeCalls } from "./judge-calls.js";
import { judgeTranscript } from "./judge-transcript.js";
import { startAllowance } from "./python/allowance.js";
import type { CategoryCount } from "./scores.js";
import { judgeStrictly } from "./strict.js";

/** A verdict with, on request, the one without the official code's quirks. */
export interface BfclVerdict extends Verdict {
  readonly strict?: { readonly valid: boolean; readonly error_type: string | null };
}

/**
 * What is wrong with the result of an item; nothing where it is right.
 * @param native Whether the model was offered the functions as native tools: its texts then hold no calls. Lists of calls
 * are always read as such.
 */
export function judgeItem(
  bench: BfclBench,
  item: BfclItem,
  result: JsonValue,
  native?: boolean,
): Fault | undefined {
  startAllowance();
  if (judgingOf(item.category) === "multi-turn")
    return judgeTranscript(result, item, bench.setting, { native });
  return judgeCalls(result, item, bench.parsers, native);
}

/** How result lines are judged. */
export interface BfclGraderOptions {
  /** Adds the verdicts without the official code's quirks. */
  readonly strict: boolean;
  /** Texts are answers of native tool calling. @default false: a text is read as in prompting mode */
  readonly native?: boolean;
}

/** Judges result lines `{"id", "result"}`, in any order and with repeated ids: every line counts. */
export class BfclGrader implements ResultGrader {
  readonly #bench: BfclBench;
  readonly #strict: boolean;
  readonly #native: true | undefined;
  readonly #counts = new Map<BfclCategory, CategoryCount>();
  readonly #faults: CountedFault[] = [];
  #strictValid = 0;
  #unknown = 0;

  constructor(bench: BfclBench, { strict, native }: BfclGraderOptions) {
    this.#bench = bench;
    this.#strict = strict;
    this.#native = native === true ? true : undefined;
  }

  grade(row: JsonValue): BfclVerdict {
    const id = isJsonObject(row) ? (field(row, "id") ?? null) : null;
    const item = typeof id === "string" ? itemOf(this.#bench, id) : undefined;
    const result = isJsonObject(row) ? field(row, "result") : undefined;
    if (item === undefined || result === undefined) {
      this.#unknown += 1;
      return {
        id,
        valid: false,
        error_type: item === undefined ? "result_line:unknown_id" : "result_line:no_result",
      };
    }
    const fault = judgeItem(this.#bench, item, result, this.#native);
    this.#count(item.category, fault);
    const verdict = { id, valid: fault === undefined, error_type: fault?.type ?? null };
    return this.#strict ? { ...verdict, strict: this.#judgeStrictly(item, result, fault) } : verdict;
  }

  #judgeStrictly(
    item: BfclItem,
    result: JsonValue,
    fault: Fault | undefined,
  ): BfclVerdict["strict"] & object {
    const strict = judgeStrictly({ bench: this.#bench, item, result, native: this.#native }, fault);
    if (strict === undefined) this.#strictValid += 1;
    return { valid: strict === undefined, error_type: strict?.type ?? null };
  }

  #count(category: BfclCategory, fault: Fault | undefined): void {
    const { correct, total } = this.#counts.get(category) ?? { correct: 0, total: 0 };
    this.#counts.set(category, { correct: correct + (fault === undefined ? 1 : 0), total: total + 1 });
    if (fault === undefined) return;
    const { tool, type } = fault;
    this.#faults.push({ category, deficiency: deficiencyOf(fault), tool, type });
  }

  /** Scores, and every failed item by class, category and tool. */
  result(): BfclSummary {
    return summarise({
      counts: this.#counts,
      faults: this.#faults,
      unknown: this.#unknown,
      strictValid: this.#strict ? this.#strictValid : undefined,
    });
  }

  summary(): GradeSummary {
    const summary = this.result();
    return { data: { ...summary }, text: renderBfclSummary(summary) };
  }
}
