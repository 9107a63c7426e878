/**
 * What the operators, functions and comparisons of one result or session may cost together, in items and characters made or
 * looked at. A short text can ask for any amount of work; bounds of single values alone do not bound their number. Texts are
 * judged one after the other, so one allowance at a time is enough.
 */
import { PythonError } from "./error.js";

const WHOLE = 40_000_000;

let left = WHOLE;

/** Begins a new allowance. */
export function startAllowance(): void {
  left = WHOLE;
}

/** Takes so much of the allowance; false where it is used up. */
export function spend(cost: number): boolean {
  left -= cost;
  return left >= 0;
}

/** @throws PythonError (`MemoryError`) where the allowance is used up */
export function requireAllowance(cost: number): void {
  if (!spend(cost)) throw new PythonError("MemoryError", "");
}
