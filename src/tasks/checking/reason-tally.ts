/** Counts reasons, and keeps the first places of each. */
import type { Rejection } from "../../spec/index.js";
import { fixOf } from "../rule-fixes.js";
import type { ReasonCount } from "./report.js";
import { createTally } from "./tally.js";

/** Reasons with their first places. */
export interface ReasonTally {
  add(rejection: Rejection): void;
  /** The most frequent first. */
  list(): readonly ReasonCount[];
}

/** A tally of nothing yet. @param places How many places of each rule are kept */
export function createReasonTally(places: number): ReasonTally {
  const tally = createTally<string>();
  const first = new Map<string, Rejection[]>();
  return {
    add(rejection) {
      const { file, row, field, rule, message } = rejection;
      tally.add(rule);
      const kept = first.get(rule) ?? [];
      if (kept.length < places) first.set(rule, [...kept, { file, row, field, rule, message }]);
    },
    list: () =>
      tally
        .entries()
        .map(([rule, count]) => ({ rule, count, fix: fixOf(rule), first: first.get(rule) ?? [] })),
  };
}
