/** When a check fails: how often a rule may be broken. */
import type { DataCheck } from "./report.js";

/** Most that a rule may be found, as a share of the rows read. */
export interface Threshold {
  readonly rule: string;
  readonly share: number;
}

/** The thresholds that a report passes. `set-aside` counts all rows set aside, `no-call` the imported rows without a call. */
export function exceeded(check: DataCheck, thresholds: readonly Threshold[]): readonly Threshold[] {
  return thresholds.filter(({ rule, share }) => countOf(check, rule) > share * check.rows.read);
}

function countOf({ rows, setAside, findings }: DataCheck, rule: string): number {
  if (rule === "set-aside") return rows.setAside;
  if (rule === "no-call") return rows.withoutCall;
  return [...setAside, ...findings]
    .filter((reason) => reason.rule === rule)
    .reduce((sum, { count }) => sum + count, 0);
}
